import { type Static, Type } from 'typebox';
import { EntityId } from './text.ts';

/** What a proof file calls itself when it travels over HTTP. */
export const proofFileMediaType = 'application/jisr-proof+json';
export const proofFileVersion = 1;
/** Bytes. A file with a small answer has about 60,000; what is larger is not read. */
export const proofFileBytesMax = 2_097_152;

const Base64 = (bytesMax: number) =>
  Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', maxLength: Math.ceil(bytesMax / 3) * 4 });
const Header = Type.String({ minLength: 1, maxLength: 4_096 });
const Digest = Type.String({ pattern: '^sha-256=:[A-Za-z0-9+/]{43}=:$' });
const Jwt = Type.String({ pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$', maxLength: 131_072 });
const Record = Type.Record(Type.String(), Type.Unknown());

/** A question without its token, which its signature covers by digest only. `body` may be gone; its digest stays. */
export const ProvedQuestion = Type.Object(
  {
    method: Type.Literal('POST'),
    target: EntityId,
    headers: Type.Object(
      {
        'content-type': Header,
        'content-digest': Digest,
        'x-road-client': Header,
        'x-road-id': Header,
        'jisr-requester': Header,
        /** Absent in a question under a law, which has no token. */
        'jisr-authorization-digest': Type.Optional(Digest),
        'signature-input': Header,
        signature: Header,
      },
      { additionalProperties: false },
    ),
    body: Type.Optional(Type.String({ maxLength: 16_384 })),
  },
  { additionalProperties: false },
);

/** The signed answer. `body` holds the values: it is there only while the holder of the file keeps them. */
export const ProvedAnswer = Type.Object(
  {
    status: Type.Integer({ minimum: 200, maximum: 599 }),
    headers: Type.Object(
      {
        'content-type': Header,
        'content-digest': Digest,
        'x-road-id': Header,
        'signature-input': Header,
        signature: Header,
      },
      { additionalProperties: false },
    ),
    body: Type.Optional(Type.String({ maxLength: 1_048_576 })),
  },
  { additionalProperties: false },
);

/**
 * The first time-stamp over an entry: a token over a checkpoint of its log, and the proof that the same leaf is under that
 * checkpoint. It needs no other checkpoint to lean on, so none has to be proved consistent with it.
 */
export const ProvedStamp = Type.Object(
  {
    treeSize: Type.Integer({ minimum: 1 }),
    hashes: Type.Array(Base64(32), { maxItems: 63 }),
    /** With the signature of the log alone: its text is what the token covers. */
    checkpoint: Type.String({ maxLength: 4_096 }),
    /** RFC 3161 TimeStampToken, DER, a CMS ContentInfo. */
    token: Base64(98_304),
  },
  { additionalProperties: false },
);

/** An opened ledger entry: the salt and the whole record give the commitment, the commitment gives the leaf. */
export const ProvedEntry = Type.Object(
  {
    leafHash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    opening: Type.Object({ salt: Base64(32), commitment: Base64(32), record: Record }, { additionalProperties: false }),
    /** Absent while the entry is not numbered yet; the file can be completed later. */
    inclusion: Type.Optional(
      Type.Object(
        {
          leafIndex: Type.Integer({ minimum: 0 }),
          treeSize: Type.Integer({ minimum: 1 }),
          hashes: Type.Array(Base64(32), { maxItems: 63 }),
          /** C2SP tlog-checkpoint with only those cosignatures whose witness has a chain in this file. */
          checkpoint: Type.String({ maxLength: 65_536 }),
          /** Absent while no time-stamp covers the entry. */
          stamp: Type.Optional(ProvedStamp),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/**
 * Everything that proves one exchange, in one file that is checked without asking anybody. Written as RFC 8785 text and in no
 * other way, so that two readers cannot read it differently and a changed byte is a changed file.
 */
export const ProofFile = Type.Object(
  {
    type: Type.Literal('jisr-proof'),
    version: Type.Literal(proofFileVersion),
    question: ProvedQuestion,
    answer: Type.Optional(ProvedAnswer),
    /** The values with the salt of their commitment. Left out of a file that may be shown to others. */
    values: Type.Optional(Type.Object({ fields: Record, salt: Base64(64) }, { additionalProperties: false })),
    entries: Type.Array(ProvedEntry, { minItems: 1, maxItems: 3 }),
    /** Trust chains as they were at the time: entity configuration, statements upwards, the anchor's configuration. */
    chains: Type.Array(Type.Array(Jwt, { minItems: 3, maxItems: 8 }), { maxItems: 64, uniqueItems: true }),
    /** The person's consent receipt (JWS). It holds a pairwise name of the person, so it is left out of a file for others. */
    consentReceipt: Type.Optional(Jwt),
  },
  { additionalProperties: false },
);
export type ProofFile = Static<typeof ProofFile>;
export type ProvedEntry = Static<typeof ProvedEntry>;
