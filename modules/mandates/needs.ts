import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { Ledger } from '#modules/ledger';
import type { MandateKind } from '#protocol/representation';

/** Somebody of this state: a person, or a company, which has a number and a name but no sign-in. */
export type Party = { nationalId: string; names: Text; isSuspended: boolean };

export type MandateNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Pick<Ledger, 'append'>;
  findParty(personId: string): Promise<Party | undefined>;
  /** This state's own id for whoever has the number; made, without any way to sign in, for a child or a company it does not know yet. */
  admitParty(party: { kind: MandateKind; nationalId: string; names: Text }): Promise<string>;
  /** The record of a register of this state, of a company's as it is about one signatory; undefined when it holds none. Throws a Problem when it cannot be read. */
  readRegister(
    evidenceType: string,
    nationalId: string,
    signatoryId?: string,
  ): Promise<Record<string, unknown> | undefined>;
  /** Hears in its transaction that a mandate has ended. */
  onEnded?(tx: Tx, ended: { mandateId: string; representedId: string; at: Date }): Promise<void>;
};
