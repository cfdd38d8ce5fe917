import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#kernel/clock';
import type { HttpServer } from '#kernel/http';
import type { HttpClient } from '#kernel/http-client';
import type { Account, Row } from './accounts.ts';
import { rowsOf, strengthOf } from './accounts.ts';
import type { Description } from './description.ts';
import type { Faults } from './faults.ts';
import { skewSeconds } from './faults.ts';
import { problem } from './problem.ts';
import type { Signing } from './signing.ts';

/** One simulator while it runs: what its engine and its pages are given. */
export type Simulator = {
  description: Description;
  publicUrl: string;
  /** How far all ports are from those of the descriptions; undefined where this one took any that was free. */
  portOffset: number | undefined;
  server: HttpServer;
  http: HttpClient;
  clock: Clock;
  accounts: Account[];
  faults: Faults;
  signing: Signing;
  /** Whether people and proofs may be sent there: this machine, or what was allowed at the start. */
  isAllowedReturn(url: string): boolean;
};

/** Refuses an address that leads away from the machine of the developer. */
export function checkReturn(simulator: Simulator, url: unknown): string {
  if (typeof url !== 'string' || url.length > 2_000 || !URL.canParse(url))
    throw problem('request-not-understood', { reason: 'redirect_uri' });
  if (!simulator.isAllowedReturn(url)) throw problem('return-not-local');
  return url;
}

/** Waits as long as this eID takes, then fails if it is to fail. */
export async function hesitate({ description, faults }: Simulator, nationalId: string | undefined): Promise<void> {
  const { usual, slow } = description.delaysMs;
  const ms = faults.strikes('slow', nationalId) ? slow : usual;
  if (ms > 0) await sleep(ms);
  if (faults.strikes('server-error', nationalId)) throw problem('failing-on-purpose');
}

/** Seconds since 1970 by the simulator's clock, which can be made to be slow. */
export function secondsNow({ clock, faults }: Simulator, nationalId: string): number {
  const seconds = Math.floor(clock.now().getTime() / 1_000);
  return faults.strikes('clock-skew', nationalId) ? seconds - skewSeconds : seconds;
}

/**
 * Who is signed in and how, once a person has answered: as chosen, or as a fault makes it. `leastAcr`: what was asked for, below
 * which there is no row, unless the fault `level-lower` gives less and says nothing of it.
 */
export function judge(
  { description, accounts, faults }: Simulator,
  chosen: { nationalId: string; method: string; leastAcr?: string },
): { account: Account; row: Row } | 'level-unmet' {
  const named = accounts.find(({ nationalId }) => nationalId === chosen.nationalId);
  if (named === undefined) throw problem('choice-not-possible');
  const account = faults.strikes('unknown-person', named.nationalId)
    ? accounts.find(({ isStranger }) => isStranger)!
    : named;
  if (faults.strikes('level-lower', named.nationalId)) return { account, row: description.levels[0]! };
  const rows = rowsOf(description, account);
  const row = rows.find(({ method }) => method === chosen.method) ?? (account === named ? undefined : rows.at(-1));
  if (row === undefined) throw problem('choice-not-possible');
  const least = chosen.leastAcr === undefined ? 0 : strengthOf(description, chosen.leastAcr);
  return strengthOf(description, row.acr) >= least ? { account, row } : 'level-unmet';
}

/** Of what a service asks for, the weakest that this eID knows; undefined when it asks for nothing that it knows. */
export function leastAcrOf(description: Description, asked: string | undefined): string | undefined {
  return description.levels.find(({ acr }) => asked?.split(' ').includes(acr))?.acr;
}
