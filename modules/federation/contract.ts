import { type Static, Type } from 'typebox';
import { bytes, type Contract, defineContract, type Endpoint } from '#kernel/contract';
import type { JWK } from '#kernel/keys';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';
import { deskEndpoints, deskProblems } from './desk/contract.ts';

/** What a state node says of itself under the entity type `jisr_node`. */
export const JisrNodeMetadata = Type.Object({
  state: Type.String({ pattern: '^[A-Z]{2,3}$' }),
  exchange_endpoint: Type.String({ maxLength: 2048 }),
  /** Where subscriptions are asked for and events are received; absent at a node that takes no part in events. */
  events_endpoint: Type.Optional(Type.String({ maxLength: 2048 })),
  /** Where letters about shared cases are taken; absent at a node that sees none of other states. */
  shared_cases_endpoint: Type.Optional(Type.String({ maxLength: 2048 })),
  ledger_origin: Type.String({ maxLength: 2048 }),
  ledger_endpoint: Type.String({ maxLength: 2048 }),
  ledger_key: Type.String({ maxLength: 2048 }),
  witness_endpoint: Type.String({ maxLength: 2048 }),
  witness_key: Type.String({ maxLength: 2048 }),
  /** Further keys of the same witness: ML-DSA-44 beside Ed25519. */
  more_witness_keys: Type.Optional(Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 4 })),
  /** Keys of consent receipts. */
  receipt_keys: Type.Optional(
    Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown()), { maxItems: 20 }) }),
  ),
  /** The certification authority under which the state's offices seal documents, PEM. */
  ca_certificate: Type.Optional(Type.String({ maxLength: 16_384 })),
});
export type JisrNodeMetadata = Static<typeof JisrNodeMetadata>;

/** What an office says of itself under the entity type `jisr_office`. */
export const JisrOfficeMetadata = Type.Object({
  state: Type.String({ pattern: '^[A-Z]{2,3}$' }),
  names: Text,
  x_road_client: Type.String({ pattern: '^[A-Z]{2,3}/[A-Za-z0-9_-]+/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?$' }),
  provides: Type.Array(Type.String(), { maxItems: 1000 }),
  /** HTTP message signature algorithms (RFC 9421) that the office takes beside `ecdsa-p256-sha256`. */
  signature_algorithms: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 20 })),
  /** Event types of which this office tells those who may subscribe. */
  announces: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
  jwks: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown()), { minItems: 1, maxItems: 20 }) }),
});
export type JisrOfficeMetadata = Omit<Static<typeof JisrOfficeMetadata>, 'jwks'> & { jwks: { keys: JWK[] } };

export type VerifiedTrustMark = {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each trust mark type has its own claims
  claims: Record<string, any>;
  issuer: string;
  expiresAt?: Date;
  token: string;
};

/** An entity as a trust chain shows it: metadata with every superior's rules applied. */
export type Resolved = {
  entityId: string;
  anchor: string;
  /** The entity one step above; absent for a trust anchor. */
  superior?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each entity type has its own metadata
  metadata: Record<string, Record<string, any>>;
  /** Federation keys, as the superior vouches for them. */
  jwks: JWK[];
  trustMarks: VerifiedTrustMark[];
  /** Signed statements from the entity up to the anchor. */
  chain: string[];
  expiresAt: Date;
  /** True when the last try to refresh failed: still valid, and counting down to `expiresAt`. */
  stale: boolean;
};

export type State = { entityId: string; state: string; names: Text; node: JisrNodeMetadata };
export type Office = { entityId: string; office: JisrOfficeMetadata; resolved: Resolved };
export type ChainStatus = { entityId: string; anchor: string; expiresAt: Date; refreshAt: Date; stale: boolean };

export const problem = defineProblems({
  ...deskProblems,
  'entity-id-invalid': {
    status: 400,
    en: 'This is not an entity identifier. Give the full web address of the entity, without query or fragment.',
    ar: 'هذا ليس معرّف كيان. أدخل عنوان الويب الكامل للكيان دون استعلام أو جزء إضافي.',
  },
  'entity-unknown': {
    status: 404,
    en: 'No entity with this identifier is known here. Check the identifier, or ask the state that hosts it.',
    ar: 'لا يُعرف هنا كيان بهذا المعرّف. تحقق من المعرّف أو راجع الدولة التي تستضيفه.',
  },
  'entity-unreachable': {
    status: 502,
    origin: 'other-node',
    en: 'A part of the trust chain ({host}) could not be reached. Nothing was lost; try again in a few minutes.',
    ar: 'تعذّر الوصول إلى جزء من سلسلة الثقة ({host}). لم يضع شيء؛ أعد المحاولة بعد دقائق.',
  },
  'trust-chain-invalid': {
    status: 400,
    origin: 'other-node',
    en: 'The entity {entityId} cannot be trusted: {reason}. Its operator has to mend this before anyone can rely on it.',
    ar: 'لا يمكن الوثوق بالكيان {entityId}: {reason}. على مشغّله إصلاح ذلك قبل الاعتماد عليه.',
  },
  'trust-anchor-unknown': {
    status: 404,
    origin: 'other-node',
    en: 'The entity does not belong to a federation that this node trusts. Ask its operator to join the federation.',
    ar: 'لا ينتمي هذا الكيان إلى اتحاد تثق به هذه العقدة. اطلب من مشغّله الانضمام إلى الاتحاد.',
  },
  'statement-invalid': {
    status: 400,
    origin: 'other-node',
    en: 'A statement of the federation is not valid: {reason}. Its issuer has to publish it again.',
    ar: 'أحد بيانات الاتحاد غير صالح: {reason}. على الجهة المصدرة نشره من جديد.',
  },
  'policy-invalid': {
    status: 400,
    origin: 'other-node',
    en: 'The rules for {parameter} contradict each other ({reason}). The superiors have to agree on one rule.',
    ar: 'قواعد {parameter} متعارضة ({reason}). على الجهات الأعلى الاتفاق على قاعدة واحدة.',
  },
  'metadata-refused': {
    status: 400,
    origin: 'other-node',
    en: 'The value of {parameter} breaks a rule of the federation ({reason}). The entity has to change it.',
    ar: 'قيمة {parameter} تخالف إحدى قواعد الاتحاد ({reason}). على الكيان تغييرها.',
  },
  'trust-mark-invalid': {
    status: 400,
    origin: 'other-node',
    en: 'The trust mark is not valid: {reason}. Ask its issuer for a new one.',
    ar: 'علامة الثقة غير صالحة: {reason}. اطلب علامة جديدة من مصدرها.',
  },
  'trust-mark-unknown': {
    status: 404,
    en: 'This trust mark was not issued here. Ask the issuer that it names.',
    ar: 'لم تُصدر علامة الثقة هذه هنا. راجع المصدر المذكور فيها.',
  },
  'registration-invalid': {
    status: 400,
    en: 'The registration does not hold: {reason}. Post your entity configuration, or a chain that begins with it, made for this provider.',
    ar: 'التسجيل غير سليم: {reason}. أرسل إعدادات كيانك أو سلسلة تبدأ بها، معدّة لهذا المزوّد.',
  },
  'provider-unknown': {
    status: 404,
    en: 'No sign-in service is known for the state {state}. Try again in a few minutes, or choose another state.',
    ar: 'لا توجد خدمة دخول معروفة للدولة {state}. أعد المحاولة بعد دقائق أو اختر دولة أخرى.',
  },
  'subject-missing': {
    status: 400,
    en: 'The request does not say whom it asks about. Add the parameter {parameter}.',
    ar: 'لا يذكر الطلب الكيان المقصود. أضف المعامل {parameter}.',
  },
  'subject-is-issuer': {
    status: 400,
    en: 'An entity makes no subordinate statement about itself. Read its entity configuration instead.',
    ar: 'لا يصدر الكيان بيان تابع عن نفسه. اقرأ إعدادات الكيان بدلًا من ذلك.',
  },
});

const entityStatement = bytes('application/entity-statement+jwt');
const EntityId = Type.String({ maxLength: 2048 });
const MarkType = Type.String({ maxLength: 2048 });
const TrueOrFalse = Type.Union([Type.Literal('true'), Type.Literal('false')]);

const configurationEndpoint = {
  method: 'GET',
  path: '/.well-known/openid-federation',
  summary: 'The entity configuration: what the entity says of itself (OpenID Federation 1.0 section 9).',
  access: 'anyone',
  answer: entityStatement,
  refusals: ['entity-unknown'],
} as const satisfies Endpoint;

/** Errors of these endpoints are `application/json` with `error` and `error_description` (section 8.9), beside the RFC 9457 members. */
const endpoints = {
  ...deskEndpoints,
  getEntityConfiguration: configurationEndpoint,
  fetchSubordinateStatement: {
    method: 'GET',
    path: '/federation/fetch',
    summary: 'What this node states about one immediate subordinate (section 8.1).',
    access: 'anyone',
    query: Type.Object({ sub: Type.Optional(EntityId) }),
    answer: entityStatement,
    refusals: ['subject-missing', 'subject-is-issuer', 'entity-unknown'],
  },
  listSubordinates: {
    method: 'GET',
    path: '/federation/list',
    summary: 'The identifiers of immediate subordinates, of all or of some entity types (section 8.2).',
    access: 'anyone',
    query: Type.Object({
      entity_type: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 20 })),
      trust_marked: Type.Optional(TrueOrFalse),
      trust_mark_type: Type.Optional(MarkType),
      intermediate: Type.Optional(TrueOrFalse),
    }),
    answer: bytes('application/json'),
    refusals: ['entity-unknown'],
  },
  resolveEntity: {
    method: 'GET',
    path: '/federation/resolve',
    summary: 'An entity of the federation, resolved and signed by this node (section 8.3).',
    access: 'anyone',
    query: Type.Object({
      sub: Type.Optional(EntityId),
      trust_anchor: Type.Optional(Type.Array(EntityId, { maxItems: 20 })),
      entity_type: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 20 })),
    }),
    answer: bytes('application/resolve-response+jwt'),
    refusals: [
      'subject-missing',
      'entity-id-invalid',
      'entity-unknown',
      'trust-anchor-unknown',
      'trust-chain-invalid',
      'entity-unreachable',
    ],
  },
  getTrustMarkStatus: {
    method: 'POST',
    path: '/federation/trust-mark-status',
    summary: 'Whether a trust mark issued here is active, expired, revoked or invalid (section 8.4).',
    access: 'anyone',
    raw: true,
    answer: bytes('application/trust-mark-status-response+jwt'),
    refusals: ['subject-missing', 'trust-mark-unknown'],
  },
  listTrustMarked: {
    method: 'GET',
    path: '/federation/trust-marked',
    summary: 'The entities that hold a trust mark of one type which was issued here and stands (section 8.5).',
    access: 'anyone',
    query: Type.Object({ trust_mark_type: Type.Optional(MarkType), sub: Type.Optional(EntityId) }),
    answer: bytes('application/json'),
    refusals: ['subject-missing', 'entity-unknown'],
  },
  getTrustMark: {
    method: 'GET',
    path: '/federation/trust-mark',
    summary: 'The standing trust mark of an entity, for the entity to publish (section 8.6).',
    access: 'anyone',
    query: Type.Object({ trust_mark_type: Type.Optional(MarkType), sub: Type.Optional(EntityId) }),
    answer: bytes('application/trust-mark+jwt'),
    refusals: ['subject-missing', 'trust-mark-unknown', 'entity-unknown'],
  },
  registerExplicitly: {
    method: 'POST',
    path: '/federation/registration',
    summary: 'Explicit registration of a relying party by its configuration or trust chain (section 12.2).',
    access: 'signed-message',
    raw: true,
    bodyBytesMax: 262_144,
    answer: bytes('application/explicit-registration-response+jwt'),
    refusals: [
      'registration-invalid',
      'statement-invalid',
      'trust-chain-invalid',
      'trust-anchor-unknown',
      'entity-unknown',
      'entity-unreachable',
    ],
  },
  getHistoricalKeys: {
    method: 'GET',
    path: '/federation/historical-keys',
    summary: 'Former keys of this node, so that old signatures stay verifiable (section 8.7).',
    access: 'anyone',
    answer: bytes('application/jwk-set+jwt'),
    refusals: ['entity-unknown'],
  },
} as const satisfies Record<string, Endpoint>;

/** Where a node that has subordinates and issues trust marks is asked, for its `federation_entity` metadata (section 5.1.1). */
export function federationEndpointsOf(publicUrl: string): Record<string, string> {
  const at = ({ path }: Endpoint) => publicUrl.replace(/\/$/, '') + path;
  return {
    federation_fetch_endpoint: at(endpoints.fetchSubordinateStatement),
    federation_list_endpoint: at(endpoints.listSubordinates),
    federation_resolve_endpoint: at(endpoints.resolveEntity),
    federation_trust_mark_status_endpoint: at(endpoints.getTrustMarkStatus),
    federation_trust_mark_list_endpoint: at(endpoints.listTrustMarked),
    federation_trust_mark_endpoint: at(endpoints.getTrustMark),
    federation_historical_keys_endpoint: at(endpoints.getHistoricalKeys),
  };
}

/** Where a provider that this node hosts registers relying parties explicitly (section 12.2). */
export function registrationEndpointOf(publicUrl: string): string {
  return publicUrl.replace(/\/$/, '') + endpoints.registerExplicitly.path;
}

const title = { ar: 'الثقة بين الدول', en: 'Trust between states' };

/** What every node offers at its root. `contractFor` adds one address per further hosted entity. */
export const contract = defineContract({ module: 'federation', title, problems: problem, endpoints });
export type FederationContract = typeof contract;

/** The contract of a node that also hosts entities under `paths` (`/offices/moe`); the names are made from the paths. */
export function contractFor(paths: string[]): Contract {
  const hosted = paths.map((path) => [
    configurationNameOf(path),
    { ...configurationEndpoint, path: `${path}/.well-known/openid-federation` },
  ]);
  return defineContract({
    module: 'federation',
    title,
    problems: problem,
    endpoints: { ...endpoints, ...Object.fromEntries(hosted) },
  });
}

/** `/offices/moe` → `getEntityConfigurationAt:offices:moe`; no path can hold a colon, so no two names meet. */
export function configurationNameOf(path: string): string {
  return `getEntityConfigurationAt${path.replaceAll('/', ':')}`;
}
