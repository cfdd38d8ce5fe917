import type { Clock } from '#kernel/clock';
import { randomToken } from '#kernel/ids';

/** Things kept in memory for a while, under handles that nobody can guess; the oldest leaves when there are too many. */
export type Kept<Thing> = {
  keep(thing: Thing, handle?: string): string;
  find(handle: string | undefined): Thing | undefined;
  take(handle: string | undefined): Thing | undefined;
  list(): Array<[string, Thing]>;
};

const mostKept = 10_000;

export function createKept<Thing>(clock: Clock, seconds: number): Kept<Thing> {
  const things = new Map<string, { thing: Thing; until: number }>();
  const now = () => clock.now().getTime();
  const find = (handle: string | undefined) => {
    const found = handle === undefined ? undefined : things.get(handle);
    return found && found.until > now() ? found.thing : undefined;
  };
  return {
    keep: (thing, handle = randomToken()) => {
      const [oldest] = things.keys();
      if (things.size >= mostKept && oldest !== undefined) things.delete(oldest);
      things.set(handle, { thing, until: now() + seconds * 1_000 });
      return handle;
    },
    find,
    take: (handle) => {
      const thing = find(handle);
      if (handle !== undefined) things.delete(handle);
      return thing;
    },
    list: () => [...things].filter(([, { until }]) => until > now()).map(([handle, { thing }]) => [handle, thing]),
  };
}
