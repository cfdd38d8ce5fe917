import { join } from 'node:path';
import type { Happening, Journal } from '#apps/state-node';
import type { HttpClient } from '#kernel/http-client';
import { readOperatorFolder } from '#kernel/operator';
import type { SampleNode } from '../launcher.ts';
import { inOrder } from './rules.ts';

/** Time for what a new day wakes to begin. */
const wakeMs = 300;
const lookEveryMs = 100;
/** A node that says for so long that something is under way does not hold the others: a register may be down, an app may not answer. */
const settledMsMax = 20_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Waits until a day is over in all nodes: no job, no webhook and no request that is due is left, twice in a row. What is signed on its way from
 * one node to another would otherwise be of another day.
 */
export function createSettling(needs: { nodes: readonly SampleNode[]; dataFolder: string; http: HttpClient }) {
  const states = needs.nodes.filter(({ role }) => role === 'state');
  const seen = new Map<string, number>();

  const look = async ({ id }: SampleNode): Promise<Journal> => {
    const operator = readOperatorFolder(join(needs.dataFolder, id));
    if (!operator) throw new Error(`${id} has no operator address`);
    const answer = await needs.http.request({
      method: 'GET',
      url: `${operator.url}/operator/journal?after=${seen.get(id) ?? 0}`,
      headers: { authorization: `Bearer ${operator.secret}`, accept: 'application/json' },
    });
    if (answer.status !== 200) throw new Error(`${id} does not say what happened: ${answer.status}`);
    return JSON.parse(answer.body.toString('utf8')) as Journal;
  };

  return {
    /** What happened in cases since the last call. */
    settle: async (): Promise<Happening[]> => {
      await pause(wakeMs);
      const untilMs = performance.now() + settledMsMax;
      let journals: Journal[] = [];
      for (let calm = 0; calm < 2 && performance.now() < untilMs; ) {
        if (journals.length > 0) await pause(lookEveryMs);
        journals = await Promise.all(states.map(look));
        calm = journals.every(({ isSettled }) => isSettled) ? calm + 1 : 0;
      }
      for (const [at, { happened }] of journals.entries())
        if (happened.length > 0) seen.set(states[at]!.id, happened.at(-1)!.sequence);
      return inOrder(journals.flatMap(({ happened }) => happened));
    },
    forget: () => seen.clear(),
  };
}
