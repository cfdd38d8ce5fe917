import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';

export const Id = Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 64 });
export const State = Type.String({ pattern: '^[A-Z]{2}$' });
/** For people, such as 1.2.0. What pins a case is the hash over all files of the folder. */
export const VersionLabel = Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$' });
export const closed = { additionalProperties: false } as const;

/** Who a service is for (dct:audience). A resident lives in the state without its nationality; a visitor does not live there. */
export const Audience = Type.Enum(['citizen', 'resident', 'visitor', 'business']);
export type Audience = Static<typeof Audience>;

/** Words people use, dialects and misspellings included; never shown. */
export const Keywords = Type.Object({ ar: Type.Array(Type.String()), en: Type.Array(Type.String()) }, closed);

export const LegalBasis = Type.Object({ id: Id, title: Text, article: Type.Optional(Text) }, closed);
export type LegalBasis = Static<typeof LegalBasis>;

/** cv:hasCost in minor units of the state's currency (three decimals in BHD, KWD and OMR); 0 is free. */
export const Cost = Type.Object({ amountMinor: Type.Integer({ minimum: 0 }), text: Text }, closed);
export type Cost = Static<typeof Cost>;

export const ServiceLevel = Type.Object(
  { workingDays: Type.Integer({ minimum: 1, maximum: 365 }), text: Text },
  closed,
);
export type ServiceLevel = Static<typeof ServiceLevel>;

/** Where a service is had outside this platform. */
export const Channel = Type.Object(
  {
    kind: Type.Enum(['online', 'app', 'phone', 'desk']),
    text: Text,
    url: Type.Optional(Type.String({ pattern: '^https://', maxLength: 300 })),
  },
  closed,
);
export type Channel = Static<typeof Channel>;

/** One state's way of giving a described service. */
export const DescribedOffering = Type.Object(
  {
    state: State,
    authority: Type.Object({ id: Id, names: Text }, closed),
    channels: Type.Array(Channel, { minItems: 1 }),
    cost: Cost,
    serviceLevel: ServiceLevel,
  },
  closed,
);

/** What one must prove, and the record or paper that proves it. */
export const DescribedRequirement = Type.Object({ id: Id, names: Text, evidence: Text }, closed);

export const ListedRequirement = Type.Object({
  ...DescribedRequirement.properties,
  /** A type of the protocol's catalogue, for what offices hand over themselves. */
  evidenceType: Type.Optional(Type.String()),
});
export type ListedRequirement = Static<typeof ListedRequirement>;

/** description.json: a service that people can find and understand here, and that its office gives elsewhere (CPSV-AP 3.2). */
export const ServiceDescription = Type.Object(
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
    /** Whole years of life, both ends included. */
    ages: Type.Optional(
      Type.Object({ from: Type.Optional(Type.Integer()), to: Type.Optional(Type.Integer()) }, closed),
    ),
    keywords: Keywords,
    requirements: Type.Array(DescribedRequirement),
    outputs: Type.Array(Type.Object({ id: Id, title: Text }, closed), { minItems: 1 }),
    legalBasis: Type.Array(LegalBasis, { minItems: 1 }),
    offeredBy: Type.Array(DescribedOffering, { minItems: 1 }),
  },
  closed,
);
export type ServiceDescription = Static<typeof ServiceDescription>;

const Concept = Type.Object({ id: Id, names: Text }, closed);
export const LifeEvent = Type.Object({ id: Id, names: Text, summary: Text }, closed);
export type LifeEvent = Static<typeof LifeEvent>;

/** vocabulary.json, beside the folders of services: the concepts by which services are grouped. */
export const Vocabulary = Type.Object({ lifeEvents: Type.Array(LifeEvent), themes: Type.Array(Concept) }, closed);
export type Vocabulary = Static<typeof Vocabulary>;

/** synonyms.json: words of both languages and of the dialects that say the same, group by group. */
export const Synonyms = Type.Array(Type.Array(Type.String({ minLength: 1, maxLength: 60 }), { minItems: 2 }));
export type Synonyms = Static<typeof Synonyms>;

export type Concepts = { vocabulary: Vocabulary; synonyms: Synonyms };
