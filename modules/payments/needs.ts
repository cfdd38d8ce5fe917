import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import type { Jobs } from '#kernel/jobs';
import { dateIn, type Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import {
  type AskedFee,
  askedFee,
  type Catalogue,
  type FeeDefinition,
  formFor,
  isFeeKnown,
  keepAsked,
  type Service,
} from '#modules/catalogue';
import { problem } from './problems.ts';
import type { PaymentProvider } from './providers/provider.ts';

/** What this module has to know of a case: what decides about its fee, whose it is, and how far it has come. */
export type PaidCase = {
  caseId: string;
  serviceId: string;
  serviceVersion: string;
  evidence: Record<string, Record<string, unknown>>;
  answers: Record<string, unknown>;
  personId: string;
  officeId: string;
  state: string;
  wasSent: boolean;
  wasTaken: boolean;
  /** Once it was sent: the day by which its exemptions count. */
  sentAt?: Date;
};

/** Who pays, or looks: the person, or whoever acts for that person now. */
export type Payer = { personId: string; representative?: { personId: string; kind: string } };

/** Whoever acts for an office, with the roles held now. */
export type RefundOfficer = { personId: string; officeId: string; roles?: readonly string[] };

export type PaymentsNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  /** Writes the entry of a fact in the same transaction. No person's identifier goes into `record`. */
  ledger: {
    append(
      tx: Tx,
      entry: { kind: string; record: Record<string, string | number>; personId?: string },
    ): Promise<{ leafHash: string }>;
  };
  jobs: Pick<Jobs, 'queue' | 'send' | 'work'>;
  catalogue: Pick<Catalogue, 'getService' | 'listDelivered'>;
  /** A case; with a payer, only if that payer may read it. */
  findCase(caseId: string, payer?: Payer): Promise<PaidCase | undefined>;
  /**
   * How an officer stands to the fee of a case: whether they are a party to it, and, where none of theirs does, which roles
   * would let them give money back.
   * Undefined where they may not know of it.
   */
  describeOfficer(
    officer: RefundOfficer,
    caseId: string,
  ): Promise<{ isParty: boolean; rolesNeeded?: Text } | undefined>;
  /** New payments go to the first; the others finish what they began. */
  providers: PaymentProvider[];
  /** ISO 3166-1 alpha-2 of the state whose offices take the fees, and the place whose days it reckons by. */
  state: string;
  timeZone: string;
  /** The address to which people come back, without a trailing slash. */
  publicUrl: string;
};

export type FeeFacts = Pick<PaidCase, 'caseId' | 'serviceId' | 'serviceVersion' | 'evidence' | 'answers' | 'sentAt'>;

/** `isKnown`: everything is there that an exemption could hang on. */
export type FeeOfCase = AskedFee & {
  service: Service;
  fee: FeeDefinition;
  due: FeeDefinition['due'];
  isKnown: boolean;
};

/** What a case costs here, less what it is exempt from; undefined where the service is free. It goes by the day on which it was sent. */
export async function feeOf(needs: PaymentsNeeds, facts: FeeFacts): Promise<FeeOfCase | undefined> {
  const service = await needs.catalogue.getService(facts.serviceId, facts.serviceVersion);
  const answers = keepAsked(formFor(service.form, facts.evidence), facts.answers as never);
  const date = dateIn(facts.sentAt ?? needs.clock.now(), needs.timeZone);
  const { evidence } = facts;
  const asked = askedFee(service, needs.state, { evidence, answers, today: { date, year: Number(date.slice(0, 4)) } });
  if (!service.fee || !asked) return undefined;
  return {
    ...asked,
    service,
    fee: service.fee,
    due: asked.amount.due ?? service.fee.due,
    isKnown: facts.sentAt !== undefined || isFeeKnown(service, { evidence, answers }),
  };
}

/** The provider that opened a page, or the one that opens new ones. */
export function providerOf({ providers }: PaymentsNeeds, id = providers[0]?.id): PaymentProvider {
  const found = providers.find((provider) => provider.id === id);
  if (!found) throw problem(providers.length === 0 ? 'provider-missing' : 'provider-unknown');
  return found;
}
