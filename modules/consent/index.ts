import { type Handlers, personOf } from '#kernel/contract';
import type { ModuleMigrations, Tx } from '#kernel/database';
import { type Consent, contract } from './contract.ts';
import { up as grants } from './migrations/0001-grants.ts';
import { up as withdrawalReceipts } from './migrations/0014-withdrawal-receipts.ts';
import { up as limits } from './migrations/0015-limits.ts';
import { up as mandates } from './migrations/0016-mandates.ts';
import * as service from './service.ts';

export { Consent, ConsentItem, contract as consentContract, problem as consentProblem } from './contract.ts';
export { makeReceipt, verifyReceipt } from './receipts.ts';
export {
  type ConsentQuestion,
  checkEvidenceRequest,
  decideQuestion,
  type EvidenceMark,
  essentialFields,
  isEntitled,
  readDetails,
  readGrants,
} from './rules.ts';
export type { ConsentNeeds, GiveConsent, GivenConsent, QuestionOfConsent } from './service.ts';

export const consentMigrations: ModuleMigrations = {
  module: 'consent',
  migrations: {
    '0001-grants': { up: grants },
    '0014-withdrawal-receipts': { up: withdrawalReceipts },
    '0015-limits': { up: limits },
    '0016-mandates': { up: mandates },
  },
};

export type ConsentDoor = {
  contract: typeof contract;
  handlers: Handlers<typeof contract>;
  give(give: service.GiveConsent): Promise<service.GivenConsent>;
  withdraw(personId: string, consentId: string): Promise<Consent>;
  /** Ends every consent that was given under a mandate, in the transaction that ends the mandate. */
  withdrawUnder(tx: Tx, mandateId: string): Promise<void>;
  /** Judges without counting: before anything is looked up. One refusal, or nothing, per question. */
  checking: typeof service.checkingQuestions;
  /** Judges and counts, in the transaction that saves the answers, which a single refusal must keep from being committed. */
  enforcing: typeof service.enforcingConsents;
  list(personId: string): Promise<Consent[]>;
  get(personId: string, consentId: string): Promise<Consent>;
  getReceipt(personId: string, consentId: string): Promise<string>;
};

export function createConsent(needs: service.ConsentNeeds): ConsentDoor {
  return {
    contract,
    handlers: {
      listConsents: ({ caller }) => service.listConsents(needs, personOf(caller).personId),
      getConsent: ({ caller, params }) => service.getConsent(needs, personOf(caller).personId, params.consentId),
      getConsentReceipt: async ({ caller, params }) => ({
        bytes: await service.getReceipt(needs, personOf(caller).personId, params.consentId),
        headers: { 'content-disposition': `attachment; filename="consent-${params.consentId}.jwt"` },
      }),
      withdrawConsent: ({ caller, params }) =>
        service.withdrawConsent(needs, personOf(caller).personId, params.consentId),
    },
    give: (give) => service.giveConsent(needs, give),
    withdraw: (personId, consentId) => service.withdrawConsent(needs, personId, consentId),
    withdrawUnder: (tx, mandateId) => service.withdrawUnderMandate(needs, tx, mandateId),
    checking: service.checkingQuestions,
    enforcing: service.enforcingConsents,
    list: (personId) => service.listConsents(needs, personId),
    get: (personId, consentId) => service.getConsent(needs, personId, consentId),
    getReceipt: (personId, consentId) => service.getReceipt(needs, personId, consentId),
  };
}
