import type { Readable } from 'node:stream';
import { newId } from '#kernel/ids';
import type { DocumentReference } from './answers.ts';
import type {
  AskForMore,
  CaseFeed,
  CaseStanding,
  DecideCase,
  MarkPoint,
  OfficeCase,
  OfficeOfficers,
  TakeCase,
} from './case-types.ts';
import { type Document, readDocument, type SavedDocument, saveDocument } from './documents.ts';

/** `id` of the write: the same one again, with the same content, is the same write and has the same answer. One is made when absent. */
export type Write = {
  id?: string;
  /** The version of the case that you looked at: on another one nothing is done (`case-changed-since`). */
  expectedVersion: number;
  /** The officer of your office who does it; without one, your system does. */
  officerId?: string;
};
/** Of what a system does not do by itself. */
export type NamedWrite = Write & { officerId: string };

/** `questionId` of the evidence, and the value of the field that holds the document. */
export type DocumentInCase = { caseId: string; questionId: string; field: string; reference: DocumentReference };

/** The cases of your office, as far as the roles of your system reach. Everything throws JisrRefusal. */
export type Cases = {
  /** What changed behind a place, each case once. Keep `next` when you have dealt with `cases`. */
  follow(after?: string): Promise<CaseFeed>;
  listOfficers(): Promise<OfficeOfficers['officers']>;
  /** Stands with the person as a reading by your system. */
  read(caseId: string): Promise<OfficeCase>;
  /** A file that the person attached. It was made by a stranger: treat it so. */
  readFile(caseId: string, fileId: string): Promise<{ mediaType: string; bytes: Buffer }>;
  /** The proof file of evidence: `jisr verify` and the verify page check it. */
  readProof(caseId: string, questionId: string): Promise<string>;
  /**
   * A document that evidence names, whole and in memory, every byte of it the one that `reference` names. That the answering office signed
   * for that reference is in the proof file.
   */
  readDocument(of: DocumentInCase): Promise<Document>;
  /** The same, streamed into a new file: under `path` there is never anything but the whole document. */
  saveDocument(of: DocumentInCase, path: string): Promise<SavedDocument>;
  take(caseId: string, write: Write & { takeOver?: TakeCase['takeOver'] }): Promise<CaseStanding>;
  release(caseId: string, write: Write): Promise<CaseStanding>;
  /** For the office alone. */
  note(caseId: string, write: Write & { text: string }): Promise<CaseStanding>;
  /** To the person, in the name of the office. */
  message(caseId: string, write: Write & { text: string }): Promise<CaseStanding>;
  askForMore(caseId: string, write: Write & Omit<AskForMore, keyof Write>): Promise<CaseStanding>;
  markPoint(caseId: string, pointId: string, write: NamedWrite & Omit<MarkPoint, keyof Write>): Promise<CaseStanding>;
  /** The decision of the officer named, or their proposal where the service wants a second one, who confirms at the desk. */
  decide(caseId: string, write: NamedWrite & Omit<DecideCase, keyof Write>): Promise<CaseStanding>;
};

/** One call of the client, tried again until its deadline. */
export type Call = (
  method: 'GET' | 'POST',
  path: string,
  body: object | undefined,
  headers: Record<string, string>,
) => Promise<{ headers: Record<string, string>; bytes: Buffer }>;

const accept = 'application/json, application/problem+json';

/** Opens the stream of a document at the own node. */
export type OpenAt = (path: string, reference: DocumentReference) => Promise<Readable>;

export function createCases(call: Call, openDocument: OpenAt): Cases {
  const get = async <Answer>(path: string): Promise<Answer> =>
    JSON.parse((await call('GET', path, undefined, { accept })).bytes.toString('utf8')) as Answer;
  const of = (caseId: string, ...path: string[]) =>
    `/api/systems/cases/${[caseId, ...path].map(encodeURIComponent).join('/')}`;
  const write = async (path: string, { id = newId(), ...body }: Write): Promise<CaseStanding> =>
    JSON.parse((await call('POST', path, body, { accept, 'x-road-id': id })).bytes.toString('utf8')) as CaseStanding;

  const opening =
    ({ caseId, questionId, field, reference }: DocumentInCase) =>
    () =>
      openDocument(of(caseId, 'questions', questionId, 'documents', field), reference);

  return {
    follow: (after) =>
      get<CaseFeed>(`/api/systems/cases${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`),
    listOfficers: async () => (await get<OfficeOfficers>('/api/systems/officers')).officers,
    read: (caseId) => get<OfficeCase>(of(caseId)),
    readFile: async (caseId, fileId) => {
      const { headers, bytes } = await call('GET', of(caseId, 'files', fileId), undefined, {
        accept: `*/*, ${accept}`,
      });
      return { mediaType: headers['content-type'] ?? '', bytes };
    },
    readProof: async (caseId, questionId) =>
      (
        await call('GET', of(caseId, 'questions', questionId, 'proof'), undefined, { accept: `*/*, ${accept}` })
      ).bytes.toString('utf8'),
    readDocument: (wanted) => readDocument(opening(wanted), wanted.reference),
    saveDocument: (wanted, path) => saveDocument(opening(wanted), wanted.reference, path),
    take: (caseId, asked) => write(of(caseId, 'take'), asked),
    release: (caseId, asked) => write(of(caseId, 'release'), asked),
    note: (caseId, asked) => write(of(caseId, 'notes'), asked),
    message: (caseId, asked) => write(of(caseId, 'messages'), asked),
    askForMore: (caseId, asked) => write(of(caseId, 'requests'), asked),
    markPoint: (caseId, pointId, asked) => write(of(caseId, 'checklist', pointId), asked),
    decide: (caseId, asked) => write(of(caseId, 'decide'), asked),
  };
}
