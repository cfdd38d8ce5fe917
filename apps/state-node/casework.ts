import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Jobs } from '#kernel/jobs';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import { type Cases, createCases, type ReceivedEvidence } from '#modules/cases';
import type { Catalogue } from '#modules/catalogue';
import type { Credentials } from '#modules/credentials';
import type { Evidence, ExchangeDoor } from '#modules/exchange';
import type { Federation } from '#modules/federation';
import type { Identity } from '#modules/identity';
import type { Ledger } from '#modules/ledger';
import type { Mandates } from '#modules/mandates';
import type { Notifications } from '#modules/notifications';
import type { Payments } from '#modules/payments';
import type { Sharing } from '#modules/sharing';
import type { Signatures } from '#modules/signatures';
import { issueDocuments } from './documents.ts';
import type { Officers } from './officers.ts';
import { createSources } from './sources.ts';
import { calendarOf, type StateDescription } from './state-folder.ts';

/** The cases of a state with what is issued for their decisions, and ended with them. */
export function createCasesFor(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Ledger;
  jobs: Jobs;
  catalogue: Catalogue;
  state: StateDescription;
  officers: Officers;
  virusScanner: string | undefined;
  /** Late, because modules are made one after another. */
  later(): {
    credentials: Credentials;
    signatures: Signatures;
    payments: Pick<Payments, 'isDue' | 'isUnsettled' | 'eraseOfCase'>;
    notifications: Pick<Notifications, 'getSettings'> & { mailbox: Pick<Notifications['mailbox'], 'eraseOfCase'> };
    sharing: Pick<Sharing, 'eraseShares'>;
    exchange: Pick<
      ExchangeDoor,
      | 'askAgain'
      | 'fetchDocument'
      | 'findClientOf'
      | 'forgetConsentsOf'
      | 'lookUps'
      | 'monitoring'
      | 'proveQuestion'
      | 'recogniseSystem'
    >;
    federation: Pick<Federation, 'listStates'>;
    http: HttpClient;
    identity: { persons: Pick<Identity['persons'], 'findPerson'> };
    mandates: Pick<Mandates, 'wasRepresentative'>;
  };
}): Cases {
  const { later, jobs, state, officers, ...rest } = needs;
  const nameOf = async (personId: string) => (await later().identity.persons.findPerson(personId))?.names;
  const cases = createCases({
    ...rest,
    jobs,
    state: state.code,
    calendar: calendarOf(state),
    registers: {
      find: (...asked) => later().exchange.lookUps.find(...asked),
      findAddressRegister: () => later().exchange.lookUps.findAddressRegister(),
      search: (...asked) => later().exchange.lookUps.search(...asked),
    },
    fees: { isDue: (...asked) => later().payments.isDue(...asked) },
    nameOf,
    roles: officers.roles,
    rolesIn: async (personId, officeId) => {
      const officer = await officers.find(personId);
      if (officer?.officeId === officeId) return officer.roles;
      const clientId = await later().exchange.findClientOf(personId, officeId);
      return clientId === undefined ? [] : officers.rolesOfSystem(clientId);
    },
    findAddresses: async (personId) => {
      const { addresses } = await later().notifications.getSettings(personId, 'ar');
      const confirmed = (way: 'email' | 'sms') =>
        addresses.find((one) => one.way === way && one.state === 'confirmed')?.address;
      const [email, mobile] = [confirmed('email'), confirmed('sms')];
      return { ...(email ? { email } : {}), ...(mobile ? { mobile } : {}) };
    },
    isSuspended: async (personId) => (await later().identity.persons.findPerson(personId))?.isSuspended === true,
    recogniseSystem: async (request) => {
      const { clientId, ...system } = await later().exchange.recogniseSystem(request);
      return { ...system, roles: await officers.rolesOfSystem(clientId) };
    },
    proveEvidence: (of) =>
      orNone(['exchange-unknown', 'exchange-unfinished'], () =>
        later().exchange.proveQuestion({ ...of, form: 'whole' }),
      ),
    fetchEvidenceDocument: ({ values, ...of }) =>
      orNone(['exchange-unknown', 'document-unknown'], () => later().exchange.fetchDocument({ ...of, fields: values })),
    actsFor: (...asked) => later().mandates.wasRepresentative(...asked),
    colleagues: async (officeId) => {
      const ours = (await officers.list()).filter((officer) => officer.officeId === officeId);
      return Promise.all(
        ours.map(async ({ personId, roles }) => {
          return { personId, names: (await nameOf(personId)) ?? { ar: '', en: '' }, roles };
        }),
      );
    },
    askAgain: async ({ officeId, providerState, evidenceType, reference }) => {
      const again = { officeId, providerState, evidenceType, caseId: reference };
      return received(await later().exchange.askAgain(again));
    },
    sources: createSources(later),
    keepsOpen: (tx, caseId) => later().payments.isUnsettled(tx, caseId),
    onErased: async (tx, { caseId, reference, officeId, decisionIds }) => {
      const { credentials, exchange, payments, notifications, sharing } = later();
      for (const decisionId of decisionIds) await credentials.eraseDecision(tx, decisionId);
      await exchange.forgetConsentsOf(tx, { officeId, caseId: reference });
      await payments.eraseOfCase(tx, caseId);
      await notifications.mailbox.eraseOfCase(tx, caseId);
      await sharing.eraseShares(tx, caseId);
    },
    onDecisionEnded: (tx, { decisionId, as }) =>
      later().credentials.endDecision(tx, decisionId, as === 'superseded' ? 'superseded' : 'revoked'),
  });
  jobs.work('case-decided', async (data) =>
    issueDocuments(
      { database: needs.database, clock: needs.clock, timeZone: state.timeZone, cases, ...later() },
      String(data['caseId']),
    ),
  );
  return cases;
}

/** Undefined where the refusal says that there is none. */
async function orNone<Found>(codes: readonly string[], find: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof Problem && codes.includes(error.code)) return undefined;
    throw error;
  }
}

/** An answer as a case keeps it. */
function received(evidence: Evidence & { consentId: string }): ReceivedEvidence {
  return {
    evidenceType: evidence.evidenceType,
    providerState: evidence.provider.state,
    providerOffice: evidence.provider.entityId,
    values: evidence.fields,
    consentId: evidence.consentId,
    questionId: evidence.questionId,
    receipts: { own: evidence.ownReceipt, theirs: evidence.theirReceipt, signatures: evidence.signatures },
  };
}
