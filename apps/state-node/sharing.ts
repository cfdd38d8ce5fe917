import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Log } from '#kernel/log';
import type { Cases } from '#modules/cases';
import type { Catalogue } from '#modules/catalogue';
import type { ExchangeDoor } from '#modules/exchange';
import type { Federation } from '#modules/federation';
import type { Identity } from '#modules/identity';
import type { Ledger } from '#modules/ledger';
import type { Mandates } from '#modules/mandates';
import { createSharing, type Sharing, type SharingOffice } from '#modules/sharing';
import { calendarOf, type StateDescription } from './state-folder.ts';

/** The person behind a pairwise subject: only the subject that this very client was given names anybody to it. */
export const personOfIn =
  (identity: Identity) =>
  async (subject: string, clientId: string): Promise<string | undefined> => {
    const personId = await identity.findPersonOfSubject(subject);
    return personId !== undefined && (await identity.subjectFor(personId, clientId)) === subject ? personId : undefined;
  };

/** Cases that this state shares with others, and those of others that its people and offices see. */
export function createSharingFor(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  http: HttpClient;
  ledger: Ledger;
  federation: Federation;
  identity: Identity;
  exchange: ExchangeDoor;
  catalogue: Catalogue;
  cases: Cases;
  mandates: Mandates;
  publicUrl: string;
  state: StateDescription;
  offices: readonly SharingOffice[];
}): Sharing {
  const { identity, exchange, mandates, state, ...rest } = needs;
  return createSharing({
    ...rest,
    state: state.code,
    calendar: calendarOf(state),
    findHolder: async (of, evidenceType) => (await exchange.findProvider(of, evidenceType)).entityId,
    personOf: personOfIn(identity),
    actsFor: mandates.wasRepresentative,
    findSubject: async (personId) => (await identity.sessions.findVisitor(personId))?.subject,
  });
}
