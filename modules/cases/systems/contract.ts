import { type Static, Type } from 'typebox';
import { bytes, type Endpoint, streamed } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { proofFileMediaType } from '#protocol/proof-file';
import { Marking } from '../checklist/contract.ts';
import { AskForMore } from '../requests/contract.ts';
import { CaseParams, Ids, OwnWords, Standing, Uuid, Version } from '../standing.ts';
import { CaseState } from '../states.ts';
import { documentRefusals } from './problems.ts';

export const feedMax = 200;

/** What changed in the cases of an office: each case once, at the place of its last change. Nothing that the person wrote, and no name. */
export const FeedItem = Type.Object({
  caseId: Uuid,
  reference: Type.String(),
  serviceId: Type.String(),
  serviceVersion: Type.String(),
  /** The applicant's home state, ISO 3166-1 alpha-2. */
  homeState: Type.String(),
  state: CaseState,
  version: Type.Integer(),
  submittedAt: Type.String(),
  /** The last working day for a decision, ISO 8601. */
  dueOn: Type.Optional(Type.String()),
  /** Who has taken it: an officer, or a system by its id. */
  takenBy: Type.Optional(Uuid),
  /** What it held was erased: erase your copy too. */
  erasedAt: Type.Optional(Type.String()),
});
export type FeedItem = Static<typeof FeedItem>;

export const Feed = Type.Object({
  cases: Type.Array(FeedItem),
  /** The place to go on from, now or any time later. */
  next: Type.String(),
  /** There is more already: ask again at once. */
  hasMore: Type.Boolean(),
});
export type Feed = Static<typeof Feed>;

/** Who of the office does it, where a system does not do it by itself; and the version of the case that was looked at. */
const acting = { officerId: Type.Optional(Uuid), expectedVersion: Version };
const named = { officerId: Uuid, expectedVersion: Version };
const Words = Type.String({ minLength: 1, maxLength: 2000 });

export const SystemDecision = Type.Object({
  ...named,
  outcome: Type.Enum(['approve', 'refuse']),
  reasonIds: Ids,
  conditionIds: Type.Optional(Ids),
  ...OwnWords,
});

const calling = ['call-malformed', 'caller-not-recognised', 'calls-too-many', 'role-needed'] as const;
const reading = [...calling, 'case-unknown'] as const;
const writing = [
  ...reading,
  'call-id-used',
  'case-changed-since',
  'case-step-refused',
  'own-case',
  'officer-unknown',
] as const;
const signed = 'signed-message' as const;
const QuestionParams = Type.Object({ ...CaseParams.properties, questionId: Uuid });

/**
 * What an information system may do with the cases of its office. It shows who it is with each call, as on `/r1`; its roles are the state's data.
 * Each write has an `X-Road-Id` of the system's own: the same one again, with the same body, is the same write and has the same answer.
 */
export const systemEndpoints = {
  followCases: {
    method: 'GET',
    path: '/api/systems/cases',
    summary:
      'For an information system: the cases of its office that changed behind a place, each once, in stable order',
    access: signed,
    query: Type.Object({
      /** `next` of the page before; from the beginning without it. */
      after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: feedMax })),
    }),
    answer: Feed,
    refusals: [...calling, 'feed-place-unknown'],
  },
  listOfficersForSystem: {
    method: 'GET',
    path: '/api/systems/officers',
    summary: 'For an information system: the officers of its office, whom it can name',
    access: signed,
    answer: Type.Object({
      officers: Type.Array(Type.Object({ officerId: Uuid, names: Text, roles: Type.Array(Type.String()) })),
    }),
    refusals: calling,
  },
  readFileForSystem: {
    method: 'GET',
    path: '/api/systems/cases/:caseId/files/:fileId',
    summary: 'For an information system: a file that the person attached, once the case is handed in',
    access: signed,
    params: Type.Object({ ...CaseParams.properties, fileId: Uuid }),
    answer: bytes('application/octet-stream'),
    refusals: [...reading, 'file-unknown', 'file-infected', 'file-altered', 'file-not-scanned'],
  },
  readProofForSystem: {
    method: 'GET',
    path: '/api/systems/cases/:caseId/questions/:questionId/proof',
    summary: 'For an information system: the proof file of evidence in a case, with the values that the case holds',
    access: signed,
    params: QuestionParams,
    answer: bytes(proofFileMediaType),
    refusals: [...reading, 'evidence-not-in-case'],
  },
  readEvidenceDocumentForSystem: {
    method: 'GET',
    path: '/api/systems/cases/:caseId/questions/:questionId/documents/:field',
    summary: 'For an information system: a document that evidence in a case names, streamed from whoever holds it',
    access: signed,
    params: Type.Object({ ...QuestionParams.properties, field: Type.String({ maxLength: 64 }) }),
    answer: streamed('application/octet-stream'),
    refusals: [...reading, 'evidence-not-in-case', ...documentRefusals],
  },
  takeCaseForSystem: {
    method: 'POST',
    path: '/api/systems/cases/:caseId/take',
    summary: 'For an information system: take a case, for itself or for the officer named',
    access: signed,
    params: CaseParams,
    body: Type.Object({ ...acting, takeOver: Type.Optional(Type.Boolean()) }),
    answer: Standing,
    refusals: [...writing, 'case-taken', 'own-decision'],
  },
  releaseCaseForSystem: {
    method: 'POST',
    path: '/api/systems/cases/:caseId/release',
    summary: 'For an information system: give a case back to the queue',
    access: signed,
    params: CaseParams,
    body: Type.Object(acting),
    answer: Standing,
    refusals: [...writing, 'case-not-taken'],
  },
  writeNoteForSystem: {
    method: 'POST',
    path: '/api/systems/cases/:caseId/notes',
    summary: 'For an information system: keep a note for the office; the person does not see it',
    access: signed,
    params: CaseParams,
    body: Type.Object({ ...acting, text: Words }),
    answer: Standing,
    refusals: [...writing, 'message-empty', 'messages-too-many', 'text-too-long', 'case-erased'],
  },
  writeToPersonForSystem: {
    method: 'POST',
    path: '/api/systems/cases/:caseId/messages',
    summary: 'For an information system: write to the person, in the name of the office',
    access: signed,
    params: CaseParams,
    body: Type.Object({ ...acting, text: Words }),
    answer: Standing,
    refusals: [...writing, 'message-empty', 'messages-too-many', 'text-too-long', 'case-erased'],
  },
  askForMoreForSystem: {
    method: 'POST',
    path: '/api/systems/cases/:caseId/requests',
    summary: 'For an information system: ask the person for more; the clock of the office stops',
    access: signed,
    params: CaseParams,
    body: Type.Object({ ...AskForMore.properties, ...acting }),
    answer: Standing,
    refusals: [
      ...writing,
      'case-not-taken',
      'case-taken',
      'request-not-offered',
      'request-empty',
      'request-names-missing',
      'request-files-wrong',
      'reasons-missing',
      'text-too-long',
    ],
  },
  markPointForSystem: {
    method: 'POST',
    path: '/api/systems/cases/:caseId/checklist/:pointId',
    summary: 'For an information system: mark a point of the checklist that the officer named has checked',
    access: signed,
    params: Type.Object({ ...CaseParams.properties, pointId: Type.String({ maxLength: 64 }) }),
    body: Type.Object({ ...Marking.properties, ...named }),
    answer: Standing,
    refusals: [
      ...writing,
      'own-decision',
      'case-not-taken',
      'point-unknown',
      'point-reason-missing',
      'point-marked-meanwhile',
      'text-too-long',
    ],
  },
  decideCaseForSystem: {
    method: 'POST',
    path: '/api/systems/cases/:caseId/decide',
    summary:
      'For an information system: bring the decision of the officer named, or their proposal where a second one confirms',
    access: signed,
    params: CaseParams,
    body: SystemDecision,
    answer: Standing,
    refusals: [
      ...writing,
      'case-not-taken',
      'case-taken',
      'reasons-missing',
      'condition-not-offered',
      'text-too-long',
      'fee-due',
      'consent-lost',
      'partner-awaited',
      'points-open',
      'evidence-stands-no-more',
    ],
  },
} as const satisfies Record<string, Endpoint>;

/** The case itself stands in the contract of the module, which has the view that its answer is. */
export const readingRefusals = reading;
