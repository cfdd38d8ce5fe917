import { dateIn, formatDate, type Language, type Text } from '#kernel/languages';
import {
  type Answers,
  findOffering,
  formFor,
  type Judged,
  type Service,
  type ValueSource,
  valueAt,
} from '#modules/catalogue';
import type { DecidedItem, Decision } from './contract.ts';
import { itemsOf } from './decisions/items.ts';
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
  /** What was asked for and decided one by one; empty of a service that does not. */
  items: Array<{ label: Text; isGranted: boolean; outcomeText: Text; reasons: Text[] }>;
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
    statement: statementOf(service, decision),
    facts,
    items: (decision.items ?? []).map(({ label, outcome, reasons, ownWords }) => ({
      label,
      isGranted: outcome === 'approved',
      outcomeText: itemWords[outcome],
      reasons: [...reasons.map(({ text }) => text), ...(ownWords ? [ownWords] : [])],
    })),
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

export const itemWords: Record<'approved' | 'refused', Text> = {
  approved: { ar: 'مُنح', en: 'Granted' },
  refused: { ar: 'لم يُمنح', en: 'Not granted' },
};

function statementOf({ texts, casework }: Service, { outcome }: Decision): Text {
  if (outcome === 'approved-in-part') return casework.decisions!.items!.statement;
  return outcome === 'approved' ? texts.statementApproved : texts.statementRefused;
}

/** What a decision says of its items to people, to the facts of a document and to the claims of a credential: their words, one after the other. */
export function itemsInWords({ items = [] }: { items?: ReadonlyArray<Pick<DecidedItem, 'outcome' | 'label'>> }) {
  const say = (outcome: DecidedItem['outcome'], language: Language) =>
    items
      .filter((item) => item.outcome === outcome)
      .map(({ label }) => label[language])
      .join(language === 'ar' ? '، ' : ', ') || nothing[language];
  const words = (outcome: DecidedItem['outcome']): Text => ({ ar: say(outcome, 'ar'), en: say(outcome, 'en') });
  return { granted: words('approved'), refused: words('refused') };
}
const nothing: Text = { ar: 'لا شيء', en: 'none' };

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
  const items = itemsOf(service, formFor(service.form, of.evidence), of.answers as Answers).map((item) => ({
    ...item,
    outcome: 'approved' as const,
    reasons: [],
  }));
  const decision: Decision = {
    number,
    outcome: isRefused ? 'refused' : 'approved',
    decidedBy: 'rules',
    decidedAt: of.at.toISOString(),
    outcomeText: isRefused ? service.texts.outcomeRefused : service.texts.outcomeApproved,
    reasons: carrying.map((id) => ({ id, text: service.reasons[id]!.text })),
    conditions: [],
    ...(isRefused || items.length === 0 ? {} : { items }),
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
      ...(decision.items ? itemsInWords(decision) : {}),
      ...(validity ? { validUntil: validity.until } : {}),
    },
    case: { reference },
  };
  return describeDocument({ service, decision, reference, source, state: of.state, timeZone: of.timeZone });
}
