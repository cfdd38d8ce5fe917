import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';
import { assuranceLevels } from '#protocol/assurance';
import {
  Audience,
  Channel,
  Cost,
  closed,
  Id,
  Keywords,
  LegalBasis,
  ListedRequirement,
  ServiceLevel,
  State,
  VersionLabel,
} from './descriptions/contract.ts';
import { EligibilityAnswer, EligibilityCheck } from './eligibility/contract.ts';
import { pauseFields } from './paused.ts';

/** Where a value is found in a case: `evidence.<type>.<field>`, `answers.<question>`, `data.<file>`, `today.year`. */
export const ValuePath = Type.String({ pattern: '^(evidence|answers|data|today|decision|case)(\\.[A-Za-z0-9_-]+)+$' });
export type ValuePath = Static<typeof ValuePath>;

export const Offering = Type.Object({ state: State, office: Id, names: Text }, closed);
export type Offering = Static<typeof Offering>;

export const AskedField = Type.Object(
  {
    name: Type.String(),
    /** Without it there can be no decision. The person may leave every other field out. */
    essential: Type.Boolean(),
    /** What happens when the person leaves an optional field out. */
    ifWithheld: Type.Optional(Text),
  },
  closed,
);
export type AskedField = Static<typeof AskedField>;

/**
 * Who gives it: the person's home state, with consent; or the state that decides, of its own record of a person of another state,
 * where the person has had it linked. Nobody has to have one, so nothing of it is essential.
 */
const ProvidedBy = Type.Union([Type.Literal('home-state'), Type.Literal('this-state')]);

/** CPSV-AP cv:holdsRequirement, with the evidence that proves it and the fields that are asked for. */
export const ServiceRequirement = Type.Object(
  {
    /** A requirement of the protocol's catalogue. */
    id: Id,
    why: Text,
    evidence: Type.Object(
      {
        type: Id,
        providedBy: ProvidedBy,
        fields: Type.Array(AskedField, { minItems: 1 }),
        /** It has to stand still when the case is sent and when an officer approves it, and is asked for again then. */
        standing: Type.Optional(Type.Literal(true)),
      },
      closed,
    ),
  },
  closed,
);
export type ServiceRequirement = Static<typeof ServiceRequirement>;

/** A line of the issued document: the value per language, by path, and words for values that are codes. */
export const DocumentFact = Type.Object(
  {
    label: Text,
    value: Type.Object({ ar: ValuePath, en: ValuePath }, closed),
    words: Type.Optional(Type.Record(Type.String(), Text)),
  },
  closed,
);
export type DocumentFact = Static<typeof DocumentFact>;

/** service.json: one public service, in the terms of CPSV-AP 3.2 where it has one. */
export const ServiceDefinition = Type.Object(
  {
    id: Id,
    version: VersionLabel,
    title: Text,
    summary: Text,
    outcome: Text,
    whoMayApply: Text,
    /** cv:thematicArea, of vocabulary.json. */
    theme: Id,
    /** cv:isGroupedBy, of vocabulary.json: what happens in a person's life. */
    lifeEvents: Type.Array(Id, { minItems: 1 }),
    audience: Type.Array(Audience, { minItems: 1 }),
    keywords: Keywords,
    /** cv:hasCompetentAuthority, per state. */
    offeredBy: Type.Array(Offering, { minItems: 1 }),
    /** `this-state`: only people whose home is the state that offers it; `companies`: only who signs for a company; everybody when absent. */
    applicants: Type.Optional(Type.Enum(['this-state', 'companies'])),
    /**
     * Questions of the form, and evidence as `evidence.<type>.<field>`: where all of these are the same, it is given once to one person, child or
     * company. Empty: once, whatever was answered.
     */
    oncePer: Type.Optional(Type.Array(Type.String())),
    /** Until when another one is in the way: its decision (`open`), or the end of the calendar year in which it was approved; as long as it is valid when absent. */
    onceWhile: Type.Optional(Type.Enum(['open', 'year'])),
    /** A purpose of the protocol's catalogue: what the evidence may be used for. */
    purpose: Id,
    /** How strongly a person has to be signed in; `substantial` when it does not say. */
    assurance: Type.Optional(Type.Enum([...assuranceLevels])),
    requirements: Type.Array(ServiceRequirement, { minItems: 1 }),
    /** How long evidence is kept after the decision, as an ISO 8601 duration. */
    retention: Type.Object({ duration: Type.String({ pattern: '^P\\d{1,4}[YMD]$' }), text: Text }, closed),
    legalBasis: Type.Array(LegalBasis, { minItems: 1 }),
    outputs: Type.Array(
      Type.Object(
        { id: Id, title: Text, carriers: Type.Array(Type.Enum(['pdf', 'credential']), { minItems: 1 }) },
        closed,
      ),
      { minItems: 1 },
    ),
    channels: Type.Array(Channel, { minItems: 1 }),
    cost: Cost,
    serviceLevel: ServiceLevel,
    decision: Type.Object(
      { name: Type.String(), inputs: Type.Record(Type.String(), ValuePath), howDecided: Text },
      closed,
    ),
    /**
     * How long what was approved holds, from the day of the decision, and how long before its end the person is offered to renew it: ISO
     * 8601 durations. Documents and credentials end with it. It holds for ever when absent.
     */
    validity: Type.Optional(
      Type.Object(
        {
          duration: Type.String({ pattern: '^P[1-9]\\d{0,3}[YMD]$' }),
          renewBefore: Type.String({ pattern: '^P[1-9]\\d{0,3}[YMD]$' }),
          text: Text,
        },
        closed,
      ),
    ),
    document: Type.Object({ title: Text, facts: Type.Array(DocumentFact, { minItems: 1 }) }, closed),
  },
  closed,
);
export type ServiceDefinition = Static<typeof ServiceDefinition>;

export const Outcome = Type.Enum(['approve', 'review', 'refuse']);
export type Outcome = Static<typeof Outcome>;

/** reasons.json: why a case was decided as it was. `forOfficer` reasons may be chosen by an officer too. */
export const Reason = Type.Object({ outcome: Outcome, text: Text, forOfficer: Type.Optional(Type.Boolean()) }, closed);
export type Reason = Static<typeof Reason>;
export const Reasons = Type.Record(Id, Reason);
export type Reasons = Static<typeof Reasons>;

/** texts.json: what the service says to people outside its form. */
export const ServiceTexts = Type.Object(
  {
    beforeYouStart: Text,
    whatHappensNext: Text,
    outcomeApproved: Text,
    outcomeRefused: Text,
    statementApproved: Text,
    statementRefused: Text,
    sealNote: Text,
    ifRefused: Text,
  },
  closed,
);
export type ServiceTexts = Static<typeof ServiceTexts>;

/** notifications.json, which a service may leave out: its own words for messages about it, by kind of message. */
export const ServiceNotifications = Type.Record(
  Type.String({ pattern: '^[a-z][a-z-]{2,40}$' }),
  Type.Object(
    { subject: Type.Optional(Text), text: Type.Optional(Text), short: Type.Optional(Text) },
    { ...closed, minProperties: 1 },
  ),
);
export type ServiceNotifications = Static<typeof ServiceNotifications>;

/** credential.json: the wallet credential (SD-JWT VC) that carries the same decision. */
export const CredentialDefinition = Type.Object(
  {
    vct: Type.String({ minLength: 3 }),
    names: Text,
    claims: Type.Array(
      Type.Object(
        {
          claim: Type.String({ pattern: '^[a-z][a-z0-9_]*$' }),
          value: ValuePath,
          names: Text,
          /** Shown only when the holder chooses to. */
          disclosable: Type.Boolean(),
        },
        closed,
      ),
      { minItems: 1 },
    ),
  },
  closed,
);
export type CredentialDefinition = Static<typeof CredentialDefinition>;

export const Finding = Type.Object({ file: Type.String(), problem: Type.String() });
export type Finding = Static<typeof Finding>;

export const ServiceSummary = Type.Object({
  id: Type.String(),
  version: Type.String(),
  title: Text,
  summary: Text,
  /** Whose way of giving it this tells: this node's state where it gives it. */
  state: Type.String(),
  /** All states that give it, ISO 3166-1 alpha-2. */
  givenIn: Type.Array(Type.String()),
  office: Type.Object({ id: Type.String(), names: Text }),
  theme: Type.Object({ id: Type.String(), names: Text }),
  lifeEvents: Type.Array(Type.Object({ id: Type.String(), names: Text })),
  audience: Type.Array(Audience),
  ages: Type.Optional(Type.Object({ from: Type.Optional(Type.Integer()), to: Type.Optional(Type.Integer()) })),
  /** In minor units of the state's currency; 0 is free. */
  costMinor: Type.Integer(),
  workingDays: Type.Integer(),
  /** Offered by several states under one agreed rule. */
  isShared: Type.Boolean(),
  /** Whether people apply for it here; otherwise it is described, with the way to its office. */
  isDelivered: Type.Boolean(),
  ...pauseFields,
});
export type ServiceSummary = Static<typeof ServiceSummary>;

export const AskedEvidence = Type.Object({
  requirementId: Type.String(),
  names: Text,
  why: Text,
  evidenceType: Type.String(),
  evidenceNames: Text,
  providedBy: ProvidedBy,
  /** It is asked for again before the case is sent and approved. */
  isStanding: Type.Boolean(),
  fields: Type.Array(
    Type.Object({ name: Type.String(), names: Text, essential: Type.Boolean(), ifWithheld: Type.Optional(Text) }),
  ),
});
export type AskedEvidence = Static<typeof AskedEvidence>;

/** What only a service that is given here can tell. */
export const Delivery = Type.Object({
  beforeYouStart: Text,
  purpose: Type.Object({ id: Type.String(), names: Text, explanation: Text }),
  asked: Type.Array(AskedEvidence),
  /** What the person is asked for besides evidence: titles of the form's pages. */
  pages: Type.Array(Type.Object({ id: Type.String(), title: Text })),
  retention: Type.Object({ duration: Type.String(), text: Text }),
  howDecided: Text,
  /** Who pays less of the fee in this state, or nothing. */
  feeExemptions: Type.Array(Text),
  /** Whether one can find out before applying whether one may. */
  hasEligibilityCheck: Type.Boolean(),
});
export type Delivery = Static<typeof Delivery>;

export const ServiceDetails = Type.Object({
  ...ServiceSummary.properties,
  versionLabel: Type.String(),
  outcome: Text,
  whoMayApply: Text,
  requirements: Type.Array(ListedRequirement),
  legalBasis: Type.Array(LegalBasis),
  outputs: Type.Array(Type.Object({ id: Type.String(), title: Text })),
  channels: Type.Array(Channel),
  cost: Cost,
  serviceLevel: ServiceLevel,
  delivery: Type.Optional(Delivery),
});
export type ServiceDetails = Static<typeof ServiceDetails>;

export const SearchHit = Type.Object({ service: ServiceSummary, score: Type.Number() });
export type SearchHit = Static<typeof SearchHit>;

export const problem = defineProblems({
  'service-unknown': {
    status: 404,
    en: 'There is no such service here. Search for it by what you need, or look at the list of services.',
    ar: 'لا توجد خدمة بهذا الاسم هنا. ابحث عنها بما تحتاج إليه، أو اطّلع على قائمة الخدمات.',
  },
  'eligibility-absent': {
    status: 404,
    en: 'This service has no questions by which one can find out whether one may apply. Its page says in words who may.',
    ar: 'ليس لهذه الخدمة أسئلة تبيّن هل يحق لك التقديم. تجد في صفحتها من يحق له ذلك.',
  },
  'eligibility-question-unknown': {
    status: 422,
    en: 'An answer belongs to no question of this check. Its questions are: {known}.',
    ar: 'إحدى الإجابات لا تخص أي سؤال هنا. الأسئلة هي: {known}.',
  },
  'eligibility-option-unknown': {
    status: 422,
    en: 'The question “{question}” does not offer that answer. It offers: {known}.',
    ar: 'السؤال «{question}» لا يتيح هذه الإجابة. الإجابات المتاحة: {known}.',
  },
});

export const catalogueContract = defineContract({
  module: 'catalogue',
  title: { ar: 'دليل الخدمات', en: 'Service catalogue' },
  problems: problem,
  endpoints: {
    listServices: {
      method: 'GET',
      path: '/api/services',
      summary:
        'Every public service this state offers, or those that fit a life event, a theme, a kind of person and an age',
      access: 'anyone',
      query: Type.Object({
        lifeEvent: Type.Optional(Type.String({ maxLength: 64 })),
        theme: Type.Optional(Type.String({ maxLength: 64 })),
        audience: Type.Optional(Audience),
        age: Type.Optional(Type.Integer({ minimum: 0, maximum: 150 })),
      }),
      answer: Type.Object({ services: Type.Array(ServiceSummary) }),
      refusals: [],
    },
    searchServices: {
      method: 'GET',
      path: '/api/services/search',
      summary:
        'Services of all states that fit a question in plain Arabic or English, best first; `givenIn` says which states give it',
      access: 'anyone',
      query: Type.Object({ q: Type.String({ maxLength: 200 }) }),
      answer: Type.Object({ hits: Type.Array(SearchHit) }),
      refusals: [],
    },
    getService: {
      method: 'GET',
      path: '/api/services/:serviceId',
      summary: 'One service: what you get, who may apply, what is asked from whom, how it is decided',
      access: 'anyone',
      params: Type.Object({ serviceId: Type.String({ maxLength: 64 }) }),
      answer: ServiceDetails,
      refusals: ['service-unknown'],
    },
    getEligibility: {
      method: 'GET',
      path: '/api/services/:serviceId/eligibility',
      summary: 'The questions by which somebody can find out, before applying and without signing in, whether they may',
      access: 'anyone',
      params: Type.Object({ serviceId: Type.String({ maxLength: 64 }) }),
      answer: EligibilityCheck,
      refusals: ['service-unknown', 'eligibility-absent'],
    },
    checkEligibility: {
      method: 'POST',
      path: '/api/services/:serviceId/eligibility',
      summary:
        'Whether somebody with these answers may apply: may, maybe or may-not, with reasons. What is left out, null or unknown counts as not known. No decision; nothing is kept',
      access: 'anyone',
      params: Type.Object({ serviceId: Type.String({ maxLength: 64 }) }),
      body: Type.Object({
        answers: Type.Record(Type.String(), Type.Union([Type.String({ maxLength: 64 }), Type.Null()]), {
          maxProperties: 20,
        }),
      }),
      bodyBytesMax: 4_096,
      answer: EligibilityAnswer,
      refusals: ['service-unknown', 'eligibility-absent', 'eligibility-question-unknown', 'eligibility-option-unknown'],
    },
    listMisses: {
      method: 'GET',
      path: '/operator/search-misses',
      summary:
        'What people looked for and found no service for: words that at least five askings had, of the last 90 days',
      access: 'operator',
      answer: Type.Object({
        misses: Type.Array(Type.Object({ words: Type.String(), times: Type.Integer(), lastAt: Type.String() })),
      }),
      refusals: [],
    },
    readVersion: {
      method: 'GET',
      path: '/operator/services/:serviceId/files',
      summary: 'The files of a version of a service, of the one in force when none is named: what is kept in git',
      access: 'operator',
      params: Type.Object({ serviceId: Type.String({ maxLength: 64 }) }),
      query: Type.Object({ version: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}$' })) }),
      answer: Type.Object({ version: Type.String(), files: Type.Record(Type.String(), Type.String()) }),
      refusals: ['service-unknown'],
    },
    exportCatalogue: {
      method: 'GET',
      path: '/api/catalogue.jsonld',
      summary: 'The whole catalogue as linked data: CPSV-AP 3.2 in JSON-LD',
      access: 'anyone',
      answer: bytes('application/ld+json'),
      refusals: [],
    },
  },
});
export type CatalogueContract = typeof catalogueContract;
