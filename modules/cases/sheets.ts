import { dateIn, formatDate, type Language, type Text } from '#kernel/languages';
import { findOffering, type Judged, type Service, type ValueSource, valueAt } from '#modules/catalogue';
import type { Decision } from './contract.ts';
import { validityOf } from './renewals/rules.ts';

type Dates = { gregorian: string; hijri: string };

/** The `data` of a service's document template: every sentence on the page, in both languages. */
export type DocumentData = {
  title: Text;
  issuer: Text;
  decisionNumber: string;
  reference: string;
  decidedOn: { ar: Dates; en: Dates };
  outcomeText: Text;
  statement: Text;
  facts: Array<{ label: Text; value: Text }>;
  reasons: Text[];
  legalBasis: Text[];
  sealNote: Text;
};

/** What is decided, and upon what. `state`: which one decides, ISO 3166-1 alpha-2. */
export type Decided = {
  service: Service;
  decision: Decision;
  reference: string;
  source: ValueSource;
  state: string;
  timeZone: string;
};

export function describeDocument({ service, decision, reference, source, state, timeZone }: Decided): DocumentData {
  const { definition, texts } = service;
  const at = new Date(decision.decidedAt);
  const dates = (language: Language): Dates => ({
    gregorian: formatDate(at, language, { timeZone }),
    hijri: formatDate(at, language, { timeZone, calendar: 'islamic-umalqura' }),
  });
  const facts = definition.document.facts.flatMap(({ label, value, words }) => {
    const [ar, en] = [valueAt(source, value.ar), valueAt(source, value.en)];
    if (ar === null || en === null) return [];
    return [{ label, value: { ar: words?.[String(ar)]?.ar ?? String(ar), en: words?.[String(en)]?.en ?? String(en) } }];
  });
  return {
    title: definition.document.title,
    issuer: findOffering(service, state)!.names,
    decisionNumber: decision.number,
    reference,
    decidedOn: { ar: dates('ar'), en: dates('en') },
    outcomeText: decision.outcomeText,
    statement: decision.outcome === 'approved' ? texts.statementApproved : texts.statementRefused,
    facts,
    reasons: [
      ...decision.reasons.map(({ text }) => text),
      ...(decision.ownWords ? [decision.ownWords] : []),
      ...decision.conditions.map(({ text }) => ({ ar: `بشرط: ${text.ar}`, en: `On condition: ${text.en}` })),
      ...(decision.replaces
        ? [{ ar: `يحلّ محل القرار ${decision.replaces}.`, en: `This takes the place of decision ${decision.replaces}.` }]
        : []),
    ],
    legalBasis: [
      ...definition.legalBasis.map(({ title, article }) =>
        article ? { ar: `${title.ar}، ${article.ar}`, en: `${title.en}, ${article.en}` } : title,
      ),
      ...(decision.article ? [decision.article] : []),
    ],
    sealNote: texts.sealNote,
  };
}

/**
 * The document that the rules alone would bring about at this moment: for whoever tries a service that nobody has applied for. Without an outcome of the
 * rules, what an approving officer would sign.
 */
export function trialDocument(
  service: Service,
  { outcome, reasons }: Pick<Judged, 'outcome' | 'reasons'>,
  of: {
    evidence: Record<string, Record<string, unknown>>;
    answers: ValueSource['answers'] & object;
    at: Date;
    state: string;
    timeZone: string;
  },
): DocumentData {
  const isRefused = outcome === 'refuse';
  const chosen = Object.keys(service.reasons).find((id) => {
    const reason = service.reasons[id]!;
    return reason.forOfficer && reason.outcome === 'approve';
  });
  const carrying = outcome === 'review' ? [chosen ?? []].flat() : reasons;
  const [number, reference] = [`${of.state}-0000-000000`, `${of.state}-0000-0000`];
  const decision: Decision = {
    number,
    outcome: isRefused ? 'refused' : 'approved',
    decidedBy: 'rules',
    decidedAt: of.at.toISOString(),
    outcomeText: isRefused ? service.texts.outcomeRefused : service.texts.outcomeApproved,
    reasons: carrying.map((id) => ({ id, text: service.reasons[id]!.text })),
    conditions: [],
  };
  const validity = isRefused ? undefined : validityOf(service, dateIn(of.at, of.timeZone));
  const source: ValueSource = {
    evidence: of.evidence,
    answers: of.answers,
    data: service.data,
    decision: {
      number,
      outcome: decision.outcome,
      decidedOn: dateIn(of.at, of.timeZone),
      ...(validity ? { validUntil: validity.until } : {}),
    },
    case: { reference },
  };
  return describeDocument({ service, decision, reference, source, state: of.state, timeZone: of.timeZone });
}
