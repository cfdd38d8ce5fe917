import type { Clock } from '#kernel/clock';
import { randomToken } from '#kernel/ids';

/** Somebody who takes payments here: what a node's secrets open, and where it is told. */
export type Account = { id: string; secretKey: string; webhookSecret: string; webhookUrl: string };

export type Session = {
  id: string;
  account: string;
  status: 'open' | 'complete' | 'expired';
  payment_status: 'paid' | 'unpaid';
  amount_total: number;
  currency: string;
  client_reference_id: string | null;
  title: string;
  success_url: string;
  cancel_url: string;
  created: number;
  expires_at: number;
  payment_intent: string | null;
};
export type Charge = {
  id: string;
  account: string;
  payment_intent: string;
  amount: number;
  currency: string;
  created: number;
};
export type Refund = {
  id: string;
  account: string;
  payment_intent: string;
  amount: number;
  currency: string;
  status: 'succeeded' | 'pending';
  created: number;
};

/** A refusal in the provider's own form: `{ error: { type, code, message } }`. */
export class ProviderError extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string | undefined;
  constructor(status: number, type: string, message: string, code?: string) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
  }
}

/** All that the simulator knows. In memory, and gone with it. */
export function createBooks(clock: Clock) {
  const sessions = new Map<string, Session>();
  const charges: Charge[] = [];
  const refunds: Refund[] = [];
  const now = () => Math.floor(clock.now().getTime() / 1_000);
  const newRef = (kind: string) => `${kind}_play_${randomToken(12).replaceAll(/[-_]/g, 'x')}`;

  const look = (id: string): Session => {
    const session = sessions.get(id);
    if (!session) throw new ProviderError(404, 'invalid_request_error', 'No such checkout session', 'resource_missing');
    if (session.status === 'open' && session.expires_at <= now()) session.status = 'expired';
    return session;
  };

  return {
    now,
    open: (made: Omit<Session, 'id' | 'status' | 'payment_status' | 'created' | 'payment_intent'>): Session => {
      const session: Session = {
        ...{ id: newRef('cs'), status: 'open', payment_status: 'unpaid', created: now(), payment_intent: null },
        ...made,
      };
      sessions.set(session.id, session);
      return session;
    },
    find: look,
    findOf: (account: Account, id: string): Session => {
      const session = look(id);
      if (session.account !== account.id)
        throw new ProviderError(404, 'invalid_request_error', 'No such checkout session', 'resource_missing');
      return session;
    },
    /** False when it cannot be paid any more. */
    pay: (session: Session): boolean => {
      if (look(session.id).status !== 'open') return false;
      const payment_intent = newRef('pi');
      Object.assign(session, { status: 'complete', payment_status: 'paid', payment_intent });
      const { account, amount_total: amount, currency } = session;
      charges.push({ id: newRef('ch'), account, payment_intent, amount, currency, created: now() });
      return true;
    },
    refund: (account: Account, paymentIntent: string, amount: number, isSlow: boolean): Refund => {
      const charge = charges.find((one) => one.account === account.id && one.payment_intent === paymentIntent);
      if (!charge) throw new ProviderError(404, 'invalid_request_error', 'No such payment_intent', 'resource_missing');
      const given = refunds
        .filter((one) => one.payment_intent === paymentIntent)
        .reduce((all, one) => all + one.amount, 0);
      if (given + amount > charge.amount)
        throw new ProviderError(400, 'invalid_request_error', 'More than was paid', 'charge_already_refunded');
      const refund: Refund = {
        ...{ id: newRef('re'), account: account.id, payment_intent: paymentIntent, amount, currency: charge.currency },
        ...{ status: isSlow ? 'pending' : 'succeeded', created: now() },
      };
      refunds.push(refund);
      return refund;
    },
    findRefund: (account: Account, id: string): Refund => {
      const refund = refunds.find((one) => one.account === account.id && one.id === id);
      if (!refund) throw new ProviderError(404, 'invalid_request_error', 'No such refund', 'resource_missing');
      return refund;
    },
    /** Newest first, as the provider lists them. */
    listCharges: (account: Account) => charges.filter((one) => one.account === account.id).reverse(),
    listRefunds: (account: Account) => refunds.filter((one) => one.account === account.id).reverse(),
  };
}
export type Books = ReturnType<typeof createBooks>;
