import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { letterReplyComponents, SharedTask } from '#protocol/shared-case';
import { problem } from './problems.ts';

export { problem } from './problems.ts';

const Uuid = Type.String({ format: 'uuid' });
const Moment = Type.String();

/** How many working days a state has left until a day, by its own weekend and holidays. */
export const Clock = Type.Object({
  state: Type.String(),
  workingDaysLeft: Type.Integer(),
  /** 0 for Sunday to 6 for Saturday. */
  weekend: Type.Array(Type.Integer()),
});
export type Clock = Static<typeof Clock>;

export const SeenState = Type.Enum([
  'submitted',
  'in-review',
  'waiting-for-person',
  'under-appeal',
  'approved',
  'refused',
  'cancelled',
  'withdrawn',
]);
export const EndedBecause = Type.Enum(['consent-withdrawn', 'case-withdrawn', 'time-over', 'not-taken']);

export const SharedSummary = Type.Object({
  shareId: Uuid,
  caseId: Uuid,
  reference: Type.String(),
  serviceId: Type.String(),
  serviceTitle: Text,
  /** Entity id. */
  decidingOffice: Type.String(),
  decidingState: Type.String(),
  state: SeenState,
  /** Of one that is approved: not all of what was asked for was granted. */
  isInPart: Type.Boolean(),
  whoseTurn: Type.Enum(['person', 'office', 'nobody']),
  submittedAt: Moment,
  changedAt: Moment,
  /** The day by which the deciding state's law wants the decision, ISO 8601. */
  dueOn: Type.Optional(Type.String()),
  stoppedWorkingDaysLeft: Type.Optional(Type.Integer()),
  /** To `dueOn`: of the deciding state, then of this one. */
  clocks: Type.Array(Clock),
  isEnded: Type.Boolean(),
  endedBecause: Type.Optional(EndedBecause),
  /** This state's office has to answer, by `answerBy` of its own calendar. */
  isAnswerDue: Type.Boolean(),
  answerBy: Type.Optional(Type.String()),
  answerWorkingDaysLeft: Type.Optional(Type.Integer()),
  /** Changed since anybody of the office opened it. */
  hasNews: Type.Boolean(),
});
export type SharedSummary = Static<typeof SharedSummary>;

export const Step = Type.Object({ at: Moment, text: Text, state: Type.String() });
export type Step = Static<typeof Step>;

export const SeenNote = Type.Object({
  isOurs: Type.Boolean(),
  name: Type.Optional(Type.String()),
  text: Type.String(),
  writtenAt: Moment,
});
export type SeenNote = Static<typeof SeenNote>;

export const SeenAnswer = Type.Object({
  outcome: Type.Enum(['confirmed', 'refused']),
  ownWords: Type.Optional(Text),
  at: Moment,
});
export type SeenAnswer = Static<typeof SeenAnswer>;

/** A case of another state, as the person sees it at home. */
export const SharedCase = Type.Object({
  ...SharedSummary.properties,
  timeline: Type.Array(Step),
  /** Where the person acts: the page of the deciding state. */
  pageUrl: Type.String(),
});
export type SharedCase = Static<typeof SharedCase>;

/** A case of another state, as an office that takes part sees it. */
export const SharedCaseForOffice = Type.Object({
  ...SharedSummary.properties,
  timeline: Type.Array(Step),
  role: Type.String(),
  ground: Type.Object({ kind: Type.Enum(['consent', 'law']), law: Type.Optional(Type.String()) }),
  facts: Type.Array(Type.Object({ id: Type.String(), label: Text, value: Text })),
  documents: Type.Array(
    Type.Object({
      documentId: Uuid,
      label: Text,
      name: Type.String(),
      mediaType: Type.String(),
      size: Type.Integer(),
      sha256: Type.String(),
    }),
  ),
  task: Type.Optional(SharedTask),
  answer: Type.Optional(SeenAnswer),
  /** The answer is written and waits for the other side to take it. */
  isWaiting: Type.Boolean(),
  waitingSince: Type.Optional(Moment),
  notes: Type.Array(SeenNote),
});
export type SharedCaseForOffice = Static<typeof SharedCaseForOffice>;

/** Who of the home state sees a case of this state, and what came of it. */
export const Share = Type.Object({
  role: Type.String(),
  /** Entity id; absent while the other side was not reached for the first time. */
  office: Type.Optional(Type.String()),
  toState: Type.String(),
  beganAt: Moment,
  /** When the other side last took something; absent while it never has. */
  heardAt: Type.Optional(Moment),
  /** Something waits for the other side, which is out of reach since then. */
  waitingSince: Type.Optional(Moment),
  isEnded: Type.Boolean(),
  endedBecause: Type.Optional(EndedBecause),
  /** What it sees of the person, by name. */
  fields: Type.Array(Text),
  ground: Type.Enum(['consent', 'law']),
  task: Type.Optional(SharedTask),
  answerBy: Type.Optional(Type.String()),
  clock: Type.Optional(Clock),
  isSilent: Type.Boolean(),
  answer: Type.Optional(SeenAnswer),
});
export type Share = Static<typeof Share>;

export const ShareForOffice = Type.Object({ ...Share.properties, notes: Type.Array(SeenNote) });
export type ShareForOffice = Static<typeof ShareForOffice>;

export const PartnerAnswer = Type.Object({
  outcome: Type.Enum(['confirmed', 'refused']),
  ownWordsAr: Type.Optional(Type.String({ maxLength: 2000 })),
  ownWordsEn: Type.Optional(Type.String({ maxLength: 2000 })),
});
export type PartnerAnswer = Static<typeof PartnerAnswer>;

const part = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });
const office = { instance: part, memberClass: part, member: part };
const role = Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$' });
const ShareParams = Type.Object({ shareId: Uuid });
const RoleParams = Type.Object({ caseId: Uuid, role });
const NoteBody = Type.Object({ text: Type.String({ maxLength: 4_000 }) });
const messageRefusals = [
  'message-malformed',
  'message-too-large',
  'office-unknown',
  'signature-missing',
  'signature-invalid',
  'message-expired',
  'message-replayed',
  'sender-unknown',
  'sender-unverifiable',
  'share-unknown',
  'share-ended',
] as const;
const limits = { access: 'signed-message', raw: true, bodyBytesMax: 524_288 } as const;

/** A letter that was given up, as an operator sees it. */
export const GivenUpLetter = Type.Object({
  letterId: Uuid,
  shareId: Uuid,
  caseId: Uuid,
  kind: Type.Enum(['status', 'ended', 'answer', 'note']),
  side: Type.Enum(['holder', 'viewer']),
  role: Type.String(),
  /** Entity id of the other office, where it was found. */
  peer: Type.Optional(Type.String()),
  peerState: Type.String(),
  code: Type.String(),
  attempts: Type.Integer(),
  writtenAt: Moment,
  /** False where the person has ended it since: then nothing of it is sent. */
  mayRetry: Type.Boolean(),
});
export type GivenUpLetter = Static<typeof GivenUpLetter>;

export const sharingContract = defineContract({
  module: 'sharing',
  title: { ar: 'طلبات تراها دولتان', en: 'Cases that two states see' },
  problems: problem,
  endpoints: {
    receiveLetter: {
      method: 'POST',
      path: '/shared-cases/:instance/:memberClass/:member/letters',
      summary: `Takes one letter about a shared case and gives a receipt, signed over ${letterReplyComponents.join(' ')}`,
      params: Type.Object(office),
      refusals: [...messageRefusals, 'letter-out-of-order', 'sharing-not-agreed', 'subject-unknown', 'task-not-open'],
      answer: bytes('application/json; charset=utf-8'),
      ...limits,
    },
    giveDocument: {
      method: 'GET',
      path: '/shared-cases/:instance/:memberClass/:member/shares/:shareId/documents/:documentId',
      summary: 'Gives a document of a shared case to the office that the service lets see it',
      params: Type.Object({ ...office, shareId: Uuid, documentId: Uuid }),
      refusals: [...messageRefusals, 'document-unknown'],
      answer: bytes('application/octet-stream'),
      ...limits,
    },
    listSharedCases: {
      method: 'GET',
      path: '/api/shared-cases',
      summary: 'My applications in other states, as they stand there',
      access: 'person',
      answer: Type.Object({ cases: Type.Array(SharedSummary) }),
      refusals: [],
    },
    getSharedCase: {
      method: 'GET',
      path: '/api/shared-cases/:shareId',
      summary:
        'One of my applications in another state: whose turn it is, what happened in both states, and both clocks',
      access: 'person',
      params: ShareParams,
      answer: SharedCase,
      refusals: ['share-unknown'],
    },
    listShares: {
      method: 'GET',
      path: '/api/cases/:caseId/shares',
      summary: 'Who of my home state sees one of my applications here',
      access: 'person',
      params: Type.Object({ caseId: Uuid }),
      answer: Type.Object({ shares: Type.Array(Share) }),
      refusals: ['share-unknown'],
    },
    endSharing: {
      method: 'POST',
      path: '/api/cases/:caseId/shares/:role/end',
      summary: 'End what somebody of my home state sees of one of my applications here',
      access: 'person',
      params: RoleParams,
      answer: Type.Object({ ended: Type.Literal(true) }),
      refusals: ['share-unknown'],
    },
    listSeenByOffice: {
      method: 'GET',
      path: '/api/office/shared-cases',
      summary: 'Cases of other states in which my office takes part, those it has to answer first',
      access: 'officer',
      answer: Type.Object({ cases: Type.Array(SharedSummary) }),
      refusals: ['role-needed'],
    },
    openSharedCase: {
      method: 'POST',
      path: '/api/office/shared-cases/:shareId/open',
      summary: 'Open a case of another state as an officer; that the office saw it goes into the log',
      access: 'officer',
      params: ShareParams,
      answer: SharedCaseForOffice,
      refusals: ['share-unknown', 'role-needed'],
    },
    answerSharedCase: {
      method: 'POST',
      path: '/api/office/shared-cases/:shareId/answer',
      summary: 'Confirm or refuse what the deciding office of another state asks, with own words',
      access: 'officer',
      params: ShareParams,
      body: PartnerAnswer,
      answer: SharedCaseForOffice,
      refusals: [
        'share-unknown',
        'share-ended',
        'task-not-open',
        'answer-words-missing',
        'text-too-long',
        'own-case',
        'role-needed',
      ],
    },
    writeAboutSharedCase: {
      method: 'POST',
      path: '/api/office/shared-cases/:shareId/notes',
      summary: 'Write to the deciding office of another state',
      access: 'officer',
      params: ShareParams,
      body: NoteBody,
      answer: SharedCaseForOffice,
      refusals: ['share-unknown', 'share-ended', 'note-empty', 'text-too-long', 'own-case', 'role-needed'],
    },
    listSharesForOffice: {
      method: 'GET',
      path: '/api/office/cases/:caseId/shares',
      summary:
        'Which offices of the home state take part in a case of my office, what they answered, and what was written',
      access: 'officer',
      params: Type.Object({ caseId: Uuid }),
      answer: Type.Object({ shares: Type.Array(ShareForOffice) }),
      refusals: ['share-unknown', 'role-needed'],
    },
    writeToPartner: {
      method: 'POST',
      path: '/api/office/cases/:caseId/shares/:role/notes',
      summary: 'Write to the office of the home state that takes part in a case',
      access: 'officer',
      params: RoleParams,
      body: NoteBody,
      answer: Type.Object({ shares: Type.Array(ShareForOffice) }),
      refusals: ['share-unknown', 'share-ended', 'note-empty', 'text-too-long', 'role-needed', 'own-case'],
    },
    listGivenUpLetters: {
      method: 'GET',
      path: '/operator/shared-letters',
      summary: 'Letters about shared cases that were given up, the oldest first; nobody’s name',
      access: 'operator',
      answer: Type.Object({ letters: Type.Array(GivenUpLetter) }),
      refusals: [],
    },
    retryGivenUpLetter: {
      method: 'POST',
      path: '/operator/shared-letters/:letterId/retry',
      summary: 'Sends a letter again that was given up, and what has happened since',
      access: 'operator',
      params: Type.Object({ letterId: Uuid }),
      answer: Type.Object({ letterId: Uuid }),
      refusals: ['letter-unknown', 'share-ended'],
    },
  },
});
export type SharingContract = typeof sharingContract;
