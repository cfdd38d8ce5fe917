import { type Static, Type } from 'typebox';
import { CaseParams } from '../standing.ts';

/** `name`: of the officer, for the office alone; the person reads that it was the office. */
export const Message = Type.Object({
  writtenBy: Type.Enum(['person', 'officer']),
  name: Type.Optional(Type.String()),
  text: Type.String(),
  writtenAt: Type.String(),
});
export type Message = Static<typeof Message>;

export const Note = Type.Object({ name: Type.String(), text: Type.String(), writtenAt: Type.String() });
export type Note = Static<typeof Note>;

const Words = Type.Object({ text: Type.String({ minLength: 1, maxLength: 2000 }) });
const Written = Type.Object({ writtenAt: Type.String() });

export const messageEndpoints = {
  writeMessage: {
    method: 'POST',
    path: '/api/cases/:caseId/messages',
    summary: 'Write to the officers of my case',
    access: 'person',
    scope: 'cases:write',
    params: CaseParams,
    body: Words,
    answer: Written,
    status: 201,
    refusals: ['case-unknown', 'case-step-refused', 'message-empty', 'messages-too-many', 'text-too-long'],
  },
  writeToPerson: {
    method: 'POST',
    path: '/api/office/cases/:caseId/messages',
    summary: 'Write to the person whose case it is',
    access: 'officer',
    params: CaseParams,
    body: Words,
    answer: Written,
    status: 201,
    refusals: ['case-unknown', 'own-case', 'message-empty', 'messages-too-many', 'text-too-long', 'role-needed'],
  },
  writeNote: {
    method: 'POST',
    path: '/api/office/cases/:caseId/notes',
    summary: 'Keep a note for colleagues; the person does not see it',
    access: 'officer',
    params: CaseParams,
    body: Words,
    answer: Written,
    status: 201,
    refusals: ['case-unknown', 'own-case', 'message-empty', 'messages-too-many', 'text-too-long', 'role-needed'],
  },
} as const;
