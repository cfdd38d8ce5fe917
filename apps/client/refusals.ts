import type { RefusalCode } from './catalogue.ts';

export type RefusalOrigin = 'caller' | 'own-node' | 'other-node' | 'registry';

/** A coded no. `messages` can be shown to a person, in Arabic and English. */
export class JisrRefusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly origin: RefusalOrigin;
  readonly messages: { ar: string; en: string };
  /** Whether the same call, with the same id, may well succeed a little later. */
  readonly mayPass: boolean;

  constructor(refusal: {
    code: RefusalCode;
    status: number;
    origin: RefusalOrigin;
    messages: { ar: string; en: string };
  }) {
    super(`${refusal.code}: ${refusal.messages.en}`);
    this.name = 'JisrRefusal';
    this.code = refusal.code;
    this.status = refusal.status;
    this.origin = refusal.origin;
    this.messages = refusal.messages;
    this.mayPass = [429, 502, 503, 504].includes(refusal.status);
  }
}

/** An answer that does not prove what it says. `where` names the part that does not hold. Nothing of it can be read. */
export class UnverifiableAnswer extends Error {
  readonly code = 'answer-unverifiable';
  readonly where: string;
  readonly messages: { ar: string; en: string };

  constructor(where: string) {
    const messages = {
      en: `The answer does not hold (${where}), so it was not used. Tell the operator of your node.`,
      ar: `الجواب غير صحيح (${where}) فلم يُستخدم. أبلغ مشغّل عقدتك.`,
    };
    super(`answer-unverifiable: ${messages.en}`);
    this.name = 'UnverifiableAnswer';
    this.where = where;
    this.messages = messages;
  }
}

/** The own node did not answer in time, or not in a form that can be read. */
export function nodeUnreachable(host: string): JisrRefusal {
  return new JisrRefusal({
    code: 'node-unreachable',
    status: 503,
    origin: 'own-node',
    messages: {
      en: `Your node (${host}) did not answer in time. Call again with the same id; nothing is counted twice.`,
      ar: `لم تجب عقدتك (${host}) في الوقت المحدد. أعد النداء بالرقم نفسه؛ لا يُحسب شيء مرتين.`,
    },
  });
}
