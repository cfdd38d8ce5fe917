import type { RunningNode } from '#apps/state-node';
import { newId } from '#kernel/ids';
import { contentDigest, signMessage } from '#protocol/http-signatures';
import { letterComponents, letterLabel, letterTag } from '#protocol/shared-case';

/**
 * The headers of a letter as it would leave an office of a state: the message signature of RFC 9421 over what protocol/shared-case.ts names.
 */
export async function signLetter(
  doors: RunningNode['doors'],
  state: string,
  officeId: string,
  url: string,
  body: string,
): Promise<Record<string, string>> {
  const { signer, entityId } = await doors.officeClient(officeId);
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-digest': contentDigest(body),
    'x-road-client': `${state.toUpperCase()}/GOV/${officeId}`,
    'x-road-id': newId(),
    'jisr-requester': entityId,
  };
  const created = Math.floor(Date.now() / 1_000);
  const signed = await signMessage({
    message: { method: 'POST', url, headers },
    label: letterLabel,
    components: letterComponents,
    params: {
      created,
      expires: created + 300,
      nonce: newId(),
      keyid: signer.kid,
      alg: 'ecdsa-p256-sha256',
      tag: letterTag,
    },
    sign: (base) => signer.sign(base),
  });
  return { ...headers, ...signed };
}
