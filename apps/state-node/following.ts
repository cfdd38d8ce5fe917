import type { Clock } from '#kernel/clock';
import type { Events } from '#modules/events';

const yearMs = 365 * 86_400_000;

export type Followed = { officeId: string; publisher: string; eventType: string; purpose: string; fields: string[] };

/** Subscriptions of this node's offices, each asked for once by a process; asking again renews it. */
export function createFollowing({ clock, events }: { clock: Clock; events: Pick<Events, 'subscribe'> }) {
  const subscriptions = new Map<string, Promise<string>>();
  return (followed: Followed): Promise<string> => {
    const { officeId, publisher, eventType, purpose } = followed;
    const key = [officeId, publisher, eventType, purpose].join(' ');
    const until = new Date(clock.now().getTime() + yearMs).toISOString();
    const known =
      subscriptions.get(key) ?? events.subscribe({ ...followed, until }).then(({ subscriptionId }) => subscriptionId);
    subscriptions.set(key, known);
    known.catch(() => subscriptions.delete(key));
    return known;
  };
}
export type Following = ReturnType<typeof createFollowing>;
