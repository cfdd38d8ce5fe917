import { formatCheckpointText, formatSignatureLine, parseVerifierKey } from '../note.ts';
import type { TestState } from './states.ts';

export async function submit(witness: TestState, body: string | Buffer) {
  const answer = await witness.http.request({ method: 'POST', url: `${witness.url}/witness/add-checkpoint`, body });
  return { status: answer.status, type: answer.headers['content-type'] ?? '', text: answer.body.toString() };
}

/** A checkpoint that the state's key really signs, whether or not it is true: what a dishonest operator can make. */
export async function signCheckpoint(
  state: TestState,
  size: number,
  root: Uint8Array,
  origin = state.needs.origin,
): Promise<string> {
  const key = (await parseVerifierKey(state.ledger.keys.ledgerKey))!;
  const text = formatCheckpointText({ origin, size, root });
  const signature = new Uint8Array(await state.logSigner.sign(Buffer.from(text)));
  return `${text}\n${formatSignatureLine({ name: key.name, keyId: key.keyId, signature })}`;
}
