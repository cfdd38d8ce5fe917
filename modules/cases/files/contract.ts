import { Type } from 'typebox';
import { bytes } from '#kernel/contract';
import { AttachedFile, fileBytesMax } from '#modules/catalogue';

const Uuid = Type.String({ format: 'uuid' });
const FileParams = Type.Object({ caseId: Uuid, fileId: Uuid });

/** A file's own bytes are the body, and its name stands in Content-Disposition (RFC 6266), never in an address. */
export const fileEndpoints = {
  attachFile: {
    method: 'POST',
    path: '/api/cases/:caseId/questions/:questionId/files',
    summary:
      'Attach a file to a question of a draft, or to what an open request asks for (request.1 …); the same bytes again are the file there is',
    access: 'person',
    scope: 'cases:write',
    params: Type.Object({ caseId: Uuid, questionId: Type.String({ maxLength: 64 }) }),
    raw: true,
    // What counts is what the bytes are.
    rawTypes: ['application/octet-stream', 'application/pdf', 'image/png', 'image/jpeg'],
    bodyBytesMax: fileBytesMax,
    answer: AttachedFile,
    status: 201,
    refusals: [
      'case-unknown',
      'case-not-open',
      'question-unknown',
      'page-not-opened',
      'file-empty',
      'file-too-large',
      'file-type-refused',
      'file-damaged',
      'file-protected',
      'file-active',
      'file-infected',
      'files-too-many',
      'files-too-large',
    ],
  },
  readFile: {
    method: 'GET',
    path: '/api/cases/:caseId/files/:fileId',
    summary: 'A file that I attached',
    access: 'person',
    scope: 'cases:read',
    params: FileParams,
    answer: bytes('application/octet-stream'),
    refusals: ['case-unknown', 'file-unknown', 'file-infected', 'file-altered'],
  },
  removeFile: {
    method: 'DELETE',
    path: '/api/cases/:caseId/files/:fileId',
    summary:
      'Take a file out of a draft, or out of the answer to a request; what the office has had already stays with the case',
    access: 'person',
    scope: 'cases:write',
    params: FileParams,
    answer: Type.Object({ removed: Type.Literal(true) }),
    refusals: ['case-unknown', 'case-not-open', 'page-not-opened', 'question-unknown', 'file-unknown'],
  },
  readFileForOfficer: {
    method: 'GET',
    path: '/api/office/cases/:caseId/files/:fileId',
    summary: 'A file of a case of my office, once the virus scanner has let it through',
    access: 'officer',
    params: FileParams,
    answer: bytes('application/octet-stream'),
    refusals: ['case-unknown', 'file-unknown', 'file-infected', 'file-altered', 'file-not-scanned', 'role-needed'],
  },
} as const;
