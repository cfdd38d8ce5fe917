import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Log } from '#kernel/log';
import type { Cases } from '#modules/cases';
import type { ConsentDoor } from '#modules/consent';
import type { ExchangeDoor } from '#modules/exchange';
import type { Identity } from '#modules/identity';
import type { Ledger } from '#modules/ledger';
import { createMandates, type Mandates } from '#modules/mandates';
import type { NationalIdSchemeId } from '#protocol/national-ids';

/** Joins mandates to the people, the registers and the consents of this state. Late, because modules are made one after another. */
export function createActingFor(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Ledger;
  scheme: string;
  consent: ConsentDoor;
  later(): { identity: Identity; exchange: ExchangeDoor; cases: Pick<Cases, 'endRepresentation'> };
}): Mandates {
  const { database, clock, log, ledger, consent } = needs;
  return createMandates({
    database,
    clock,
    log,
    ledger,
    findParty: (personId) => needs.later().identity.persons.findPerson(personId),
    admitParty: ({ kind, nationalId, names }) => {
      const scheme = kind === 'signatory' ? 'company' : (needs.scheme as NationalIdSchemeId);
      return needs.later().identity.persons.admit({ scheme, nationalId, names });
    },
    readRegister: (...asked) => needs.later().exchange.readOwn(...asked),
    onEnded: async (tx, ended) => {
      await consent.withdrawUnder(tx, ended.mandateId);
      const { identity, cases } = needs.later();
      await cases.endRepresentation(tx, identity.ownMandateHandle(ended.mandateId));
      await identity.tellMandateEnded(tx, ended);
    },
  });
}
