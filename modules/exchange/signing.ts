import { createBatcher } from '#kernel/batching';
import { type JWK, type Signer, verifySignature } from '#kernel/keys';
import { batchAlgorithm, batchSizeMax, openSignature, plainAlgorithm, prepareBatch } from '#protocol/batch-signatures';
import {
  type Message,
  type MessageSignature,
  prepareSignature,
  type SignatureParams,
  signatureField,
} from '#protocol/http-signatures';

export type ToSign = {
  message: Message;
  label: string;
  components: readonly string[];
  params: Omit<SignatureParams, 'alg' | 'keyid'>;
  signer: Signer;
  /** Whether the other side takes a signature that is shared with other messages. */
  mayShare: boolean;
};
export type SignatureHeaders = { 'signature-input': string; signature: string };
export type SignMessage = (toSign: ToSign) => Promise<SignatureHeaders>;

/**
 * Signs the messages of this node. Those that are ready in the same moment and may share a signature get one together: under
 * load a signature is made for a dozen messages, and checked once for all of them. A lone message is signed by itself.
 */
export function createMessageSigning(): SignMessage {
  return createBatcher<ToSign, SignatureHeaders>(
    async (messages) => {
      const sharing = new Map<Signer, number[]>();
      const results: SignatureHeaders[] = [];
      for (const [index, { signer, mayShare }] of messages.entries())
        if (mayShare) sharing.set(signer, [...(sharing.get(signer) ?? []), index]);
      for (const [signer, indexes] of sharing)
        if (indexes.length > 1) {
          const prepared = indexes.map((index) => prepare(messages[index]!, batchAlgorithm));
          const batch = prepareBatch(prepared.map(({ base }) => base));
          const es256 = await signer.sign(batch.toSign);
          for (const [place, index] of indexes.entries())
            results[index] = headersOf(messages[index]!, prepared[place]!.input, batch.signatureOf(place, es256));
        }
      for (const [index, message] of messages.entries()) {
        if (results[index]) continue;
        const { base, input } = prepare(message, plainAlgorithm);
        results[index] = headersOf(message, input, await message.signer.sign(base));
      }
      return results;
    },
    { itemsMax: batchSizeMax },
  );
}

function prepare({ message, label, components, params, signer }: ToSign, alg: string) {
  return prepareSignature({ message, label, components, params: { ...params, keyid: signer.kid, alg } });
}

function headersOf({ label }: ToSign, input: string, signature: Uint8Array): SignatureHeaders {
  return { 'signature-input': input, signature: signatureField(label, signature) };
}

export type CheckSignature = (read: MessageSignature, key: JWK) => boolean;

const sharedMax = 1_000;

/** Checks message signatures of either kind. A shared one that held is not checked again for its other messages. */
export function createSignatureChecking(): CheckSignature {
  const held = new Set<string>();
  return (read, key) => {
    const opened = openSignature(read);
    if (!opened) return false;
    if (read.params.alg === plainAlgorithm) return verifySignature(key, 'ES256', opened.signed, opened.es256);
    const name = `${read.params.keyid} ${key.x} ${Buffer.concat([opened.es256, opened.signed]).toString('latin1')}`;
    if (held.has(name)) return true;
    if (!verifySignature(key, 'ES256', opened.signed, opened.es256)) return false;
    held.add(name);
    if (held.size > sharedMax) held.delete(held.values().next().value!);
    return true;
  };
}
