import type { Text } from '#kernel/languages';

/** An amount of money: whole minor units (three decimals in BHD, KWD and OMR), never a fraction. */
export type Money = { amountMinor: number; currency: string };

/** A page of the provider on which one amount can be paid once. */
export type OpenedSession = { sessionRef: string; payUrl: string; endsAt: Date };

/** What the provider itself says of a page, asked over its own address with our secret. */
export type SessionReading = {
  state: 'open' | 'paid' | 'failed' | 'expired';
  /** What we named when the page was opened. */
  reference: string;
  money: Money;
  /** Of a payment: what a refund names. */
  paymentRef?: string;
};

export type RefundReading = { refundRef: string; state: 'pending' | 'refunded' | 'failed'; money: Money };

/** What a message of the provider is about. It is only ever a reason to ask: nothing in it is believed. */
export type Hint = { sessionRef?: string; refundRef?: string };

/** One movement in the provider's own books. */
export type ListedMovement = { kind: 'payment' | 'refund'; ref: string; money: Money; at: Date };

/**
 * A payment provider with a page of its own: no card data comes near this node. Every call has a deadline and throws a Problem:
 * `provider-unreachable` when nothing is known of what it did (ask again with the same id), `provider-refused` when it said no.
 */
export type PaymentProvider = {
  id: string;
  names: Text;
  /** Nothing that is paid here is worth anything. */
  isPlayMoney: boolean;
  /** Where a person may be sent: origins for the content security policy of our pages. */
  pageOrigins: string[];
  /** Why an amount cannot be taken; undefined when it can. */
  refusalOf(money: Money): string | undefined;
  /** The smallest amount of a currency that it moves, in minor units: what it takes and gives back is a multiple of it. */
  stepMinorOf(currency: string): number;
  /** Asked twice with one `id`, it answers with one page. */
  openSession(order: {
    id: string;
    money: Money;
    /** In both languages: the page of the provider chooses its own. */
    title: Text;
    returnUrl: string;
    cancelUrl: string;
    endsAt: Date;
  }): Promise<OpenedSession>;
  readSession(sessionRef: string): Promise<SessionReading>;
  /** Gives back a payment or a part of it. Asked twice with one `id`, it gives back once. */
  refund(order: { id: string; paymentRef: string; money: Money }): Promise<RefundReading>;
  readRefund(refundRef: string): Promise<RefundReading>;
  /** What a message is about, when its signature is right and it is of now; undefined otherwise. */
  readMessage(headers: Record<string, string>, body: Buffer, now: Date): Hint | undefined;
  /** Everything between two moments, the first included. */
  listMovements(from: Date, until: Date): Promise<ListedMovement[]>;
};
