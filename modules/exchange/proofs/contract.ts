import { Type } from 'typebox';
import { bytes, type Endpoint } from '#kernel/contract';
import { proofFileMediaType } from '#protocol/proof-file';
import { Uuid } from '#protocol/text';

export const proofFileName = 'jisr-proof.json';

const file = bytes(proofFileMediaType);
const params = Type.Object({ questionId: Uuid });

export const proofEndpoints = {
  readProofOfUse: {
    method: 'GET',
    path: '/api/uses/:questionId/proof',
    summary: "The proof file of a use of the signed-in person's own data; `shareable` leaves out what names the person",
    access: 'person',
    params,
    query: Type.Object({
      form: Type.Union([Type.Literal('whole'), Type.Literal('shareable')], { default: 'whole' }),
    }),
    answer: file,
    refusals: ['exchange-unknown', 'exchange-unfinished'],
  },
  readProofOfAnswer: {
    method: 'GET',
    path: '/api/answers/:questionId/proof',
    summary:
      'The proof file of an answer for the office that gave it: who asked and what was answered, never the values',
    access: 'officer',
    params,
    answer: file,
    refusals: ['exchange-unknown', 'exchange-unfinished'],
  },
  readProofOfQuestion: {
    method: 'GET',
    path: '/api/questions/:questionId/proof',
    summary: 'The proof file of a question for the office that asked it, without the values',
    access: 'officer',
    params,
    answer: file,
    refusals: ['exchange-unknown', 'exchange-unfinished'],
  },
} as const satisfies Record<string, Endpoint>;

/** A proof file as an answer. The name tells nothing of the person or the case. */
export function proofAnswer(text: string) {
  // As bytes: a text would be sent with a charset, which this media type does not have.
  return { bytes: Buffer.from(text), headers: { 'content-disposition': `attachment; filename="${proofFileName}"` } };
}
