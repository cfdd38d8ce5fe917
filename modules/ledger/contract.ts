import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { defineProblems } from '#kernel/problem';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What other modules write down. */
export type LedgerEntry = {
  /** Fact, past tense, kebab-case: `evidence-answered`. Hidden in the leaf like all the rest. */
  kind: string;
  /** No identifier of a person. Must not hold a member `kind` of its own. */
  record: Record<string, Json>;
  /** Kept beside the leaf, so that the person finds the entry; never part of what is hashed. */
  personId?: string;
};

const Hash = Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' });
export const LeafHash = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** Proves, with its checkpoint, that a leaf is in the log; says nothing of what the leaf means. */
export const LeafProof = Type.Object({
  leafHash: LeafHash,
  leafIndex: Type.Integer({ minimum: 0 }),
  treeSize: Type.Integer({ minimum: 1 }),
  hashes: Type.Array(Hash, { maxItems: 63 }),
  checkpoint: Type.String({ maxLength: 65_536 }),
});
export type LeafProof = Static<typeof LeafProof>;

/** A leaf under a checkpoint that an authority has time-stamped. `token`: base64, a CMS ContentInfo (RFC 3161). */
export const LeafStamp = Type.Object({
  ...LeafProof.properties,
  authority: Type.String({ maxLength: 255 }),
  token: Type.String({ maxLength: 131_072 }),
  stampedAt: Type.String(),
});
export type LeafStamp = Static<typeof LeafStamp>;

/** `record` is the whole committed record, `kind` included: SHA-256 over salt and its canonical text gives `commitment`. */
export type Opening = { salt: string; record: Record<string, Json>; commitment: string };
export type InclusionProof = LeafProof & { opening: Opening };

/** Given only inside the transaction that makes the entry durable. `record` is the committed record, `kind` included. */
export type LedgerReceipt = {
  entryId: string;
  kind: string;
  /** Hexadecimal. */
  leafHash: string;
  /** Base64, 32 bytes each. */
  commitment: string;
  salt: string;
  record: Record<string, Json>;
  appendedAt: Date;
};

/** An entry as it will be written, with its receipt: nothing of it depends on the database. Not yet a promise. */
export type PreparedEntry = {
  receipt: LedgerReceipt;
  /** RFC 8785 text of the record. */
  text: string;
  personId: string | undefined;
  commitmentBytes: Buffer;
  leafHashBytes: Buffer;
  saltBytes: Buffer;
};

export const problem = defineProblems({
  'entry-unknown': {
    status: 404,
    en: 'There is no such entry in this ledger. Check the number that you were given.',
    ar: 'لا يوجد قيد كهذا في هذا السجل. تحقق من الرقم الذي أُعطيته.',
  },
  'leaf-unknown': {
    status: 404,
    en: 'This ledger holds no such leaf yet. An entry made just now appears within a few seconds; then ask again.',
    ar: 'لا يحتوي هذا السجل على هذه الورقة بعد. القيد الجديد يظهر خلال ثوانٍ؛ أعد الطلب بعدها.',
  },
  'stamp-unknown': {
    status: 404,
    en: 'No time-stamp covers this leaf yet. It is in the ledger all the same; ask again in a few minutes.',
    ar: 'لا يغطي أي ختم زمني هذه الورقة بعد. هي في السجل على كل حال؛ أعد الطلب بعد دقائق.',
  },
  'tile-unknown': {
    status: 404,
    en: 'The published ledger has no such tile. Read the checkpoint first and ask for tiles within its size.',
    ar: 'لا يوجد جزء كهذا في السجل المنشور. اقرأ نقطة التحقق أولًا ثم اطلب أجزاء ضمن حجمها.',
  },
  'checkpoint-unknown': {
    status: 404,
    en: 'This ledger has not published a checkpoint yet. Ask again in a few seconds.',
    ar: 'لم ينشر هذا السجل نقطة تحقق بعد. أعد الطلب بعد ثوانٍ.',
  },
  'log-unknown': {
    status: 404,
    en: 'This witness does not know a log with that origin. Only logs of states in the federation are witnessed.',
    ar: 'لا يعرف هذا الشاهد سجلًا بهذا المصدر. لا يُشهد إلا على سجلات الدول المشاركة.',
  },
  'checkpoint-signature-invalid': {
    status: 403,
    en: 'The checkpoint is not signed with the key of that log. Sign it with the key that the federation publishes.',
    ar: 'نقطة التحقق غير موقعة بمفتاح ذلك السجل. وقّعها بالمفتاح المنشور في الاتحاد.',
  },
  'checkpoint-malformed': {
    status: 400,
    en: 'The request does not follow C2SP tlog-witness: an old size, the proof, an empty line, and a checkpoint at least as large.',
    ar: 'الطلب لا يتبع مواصفة C2SP tlog-witness: حجم سابق، ثم البرهان، ثم سطر فارغ، ثم نقطة تحقق لا تقل عنه حجمًا.',
  },
  'log-inconsistent': {
    status: 422,
    en: 'The checkpoint does not continue the log as this witness has seen it, so it is not cosigned.',
    ar: 'نقطة التحقق لا تكمل السجل كما رآه هذا الشاهد، ولذلك لم تُوقّع.',
  },
  'log-disputed': {
    status: 422,
    en: 'This log has signed two histories, so it is not cosigned any more. Read the evidence at this witness, then start a new log under a new name and key.',
    ar: 'وقّع هذا السجل روايتين مختلفتين، ولذلك لم يعد يُشهد عليه. اطّلع على الدليل عند هذا الشاهد ثم ابدأ سجلًا جديدًا باسم ومفتاح جديدين.',
  },
  'too-many-requests': {
    status: 429,
    en: 'Too many requests at once. Wait a few seconds and try again.',
    ar: 'طلبات كثيرة في وقت واحد. انتظر ثواني ثم أعد المحاولة.',
  },
});

/** A breach as a file that an outsider can check: both notes are signed by the log that they accuse. */
const BreachFile = Type.Object({
  format: Type.Literal('jisr/ledger-breach/v1'),
  origin: Type.String(),
  logKey: Type.String(),
  kind: Type.Union([Type.Literal('fork'), Type.Literal('inconsistent'), Type.Literal('rewind')]),
  state: Type.Union([Type.Literal('suspected'), Type.Literal('confirmed'), Type.Literal('proven')]),
  seenAt: Type.String(),
  endedAt: Type.Optional(Type.String()),
  notes: Type.Array(Type.String(), { minItems: 1, maxItems: 2 }),
  proof: Type.Optional(Type.Object({ rootAtEarlierSize: Hash, hashes: Type.Array(Hash, { maxItems: 63 }) })),
});

const tilePath = Type.Object({ '*': Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-z0-9/.]+$' }) });

export const ledgerContract = defineContract({
  module: 'ledger',
  title: { en: 'Ledger: a log that others witness', ar: 'السجل: سجل يشهد عليه الآخرون' },
  problems: problem,
  endpoints: {
    readCheckpoint: {
      method: 'GET',
      path: '/ledger/checkpoint',
      summary: 'The newest checkpoint with the cosignatures gathered so far (C2SP tlog-checkpoint).',
      access: 'anyone',
      answer: bytes('text/plain; charset=utf-8'),
      refusals: ['checkpoint-unknown', 'too-many-requests'],
    },
    readEntries: {
      method: 'GET',
      path: '/ledger/tile/entries/*',
      summary: 'A bundle of up to 256 leaves, which are salted commitments (C2SP tlog-tiles).',
      access: 'anyone',
      params: tilePath,
      answer: bytes('application/octet-stream'),
      refusals: ['tile-unknown', 'too-many-requests'],
    },
    readTile: {
      method: 'GET',
      path: '/ledger/tile/*',
      summary: 'A tile of up to 256 hashes of the Merkle tree (C2SP tlog-tiles).',
      access: 'anyone',
      params: tilePath,
      answer: bytes('application/octet-stream'),
      refusals: ['tile-unknown', 'too-many-requests'],
    },
    readProof: {
      method: 'GET',
      path: '/ledger/proof/:leafHash',
      summary: 'The inclusion proof of a leaf, without its opening.',
      access: 'anyone',
      params: Type.Object({ leafHash: LeafHash }),
      answer: LeafProof,
      refusals: ['leaf-unknown', 'too-many-requests'],
    },
    readStamp: {
      method: 'GET',
      path: '/ledger/stamp/:leafHash',
      summary: 'The first time-stamp over a leaf (RFC 3161), with the proof that the leaf is under what was stamped.',
      access: 'anyone',
      params: Type.Object({ leafHash: LeafHash }),
      answer: LeafStamp,
      refusals: ['leaf-unknown', 'stamp-unknown', 'too-many-requests'],
    },
    addCheckpoint: {
      method: 'POST',
      path: '/witness/add-checkpoint',
      summary: "Cosigns another state's checkpoint when it continues what was seen before (C2SP tlog-witness).",
      access: 'signed-message',
      raw: true,
      bodyBytesMax: 16_384,
      answer: bytes('text/plain; charset=utf-8'),
      refusals: [
        'checkpoint-malformed',
        'log-unknown',
        'checkpoint-signature-invalid',
        'log-inconsistent',
        'log-disputed',
        'too-many-requests',
      ],
    },
    listBreaches: {
      method: 'GET',
      path: '/witness/breaches',
      summary:
        'Logs that this witness found to have lost or rewritten entries, each with the signed notes that show it.',
      access: 'anyone',
      answer: Type.Object({ breaches: Type.Array(BreachFile) }),
      refusals: ['too-many-requests'],
    },
  },
});
