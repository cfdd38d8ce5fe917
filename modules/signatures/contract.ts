import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';

/** Why a document is not accepted as sealed. `altered` and `appended-after-seal` say that a genuine seal no longer fits. */
export const SealRefusal = Type.Union([
  Type.Literal('not-a-pdf'),
  Type.Literal('no-seal'),
  Type.Literal('altered'),
  Type.Literal('appended-after-seal'),
  Type.Literal('seal-invalid'),
  Type.Literal('untrusted'),
]);
export type SealRefusal = Static<typeof SealRefusal>;

export const SealedBy = Type.Object({ names: Text, state: Type.String(), certificateSerial: Type.String() });
export type SealedBy = Static<typeof SealedBy>;

/** A file that travels inside a document. */
export type Attachment = { name: string; mediaType: string; bytes: Buffer; description?: string };

export type SealVerdict =
  | { ok: true; sealedBy: SealedBy; signedAt?: Date; coversWholeFile: true; attachments: Attachment[] }
  | { ok: false; reason: SealRefusal; sealedBy?: SealedBy; signedAt?: Date; coversWholeFile: boolean };

export const signaturesProblem = defineProblems({
  'office-unknown': {
    status: 404,
    en: 'There is no office “{officeId}” in this state. Check the name of the office.',
    ar: 'لا توجد جهة باسم «{officeId}» في هذه الدولة. تحقق من اسم الجهة.',
  },
});

export const signaturesContract = defineContract({
  module: 'signatures',
  title: { ar: 'الأختام', en: 'Seals' },
  problems: signaturesProblem,
  endpoints: {
    readCaCertificates: {
      method: 'GET',
      path: '/signatures/ca.pem',
      summary: 'The certificates under which the offices of this state seal documents, the one in force first',
      access: 'anyone',
      answer: bytes('application/pem-certificate-chain'),
      refusals: [],
    },
  },
});
