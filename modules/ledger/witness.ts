import type { Clock } from '#kernel/clock';
import type { RawAnswer } from '#kernel/contract';
import type { Database } from '#kernel/database';
import type { Signer } from '#kernel/keys';
import type { Log } from '#kernel/log';
import { type AddCheckpoint, parseAddCheckpoint } from './add-checkpoint.ts';
import type { ForkProof } from './breaches/evidence.ts';
import { type Breach, insertBreach, listBreachedOrigins } from './breaches/store.ts';
import { problem } from './contract.ts';
import type { Neighbour } from './cosigning.ts';
import {
  cosignatureMessage,
  formatSignatureLine,
  joinCosignature,
  logKeyType,
  mlDsaCosignatureMessage,
  mlDsaWitnessKeyType,
  parseVerifierKey,
  type VerifierKey,
} from './note.ts';
import { type BreachKind, decideCosigning, type Witnessed } from './rules.ts';
import { findWitnessed, replaceWitnessed } from './store.ts';

export type WitnessNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  /** The witness's keys with what signs for each; every one of them cosigns. */
  witnessKeys: Array<{ key: VerifierKey; signer: Signer }>;
  origin: string;
  neighbours: () => Promise<Neighbour[]>;
  announceBreach: (breach: Breach) => void;
};

/** Cosigns the logs of other states (C2SP tlog-witness). What was cosigned is durable before the cosignature leaves. */
export function createWitness(needs: WitnessNeeds) {
  const { database, clock, log } = needs;

  const addCheckpoint = async (body: Uint8Array): Promise<RawAnswer> => {
    const request = parseAddCheckpoint(body);
    if (!request) throw problem('checkpoint-malformed');
    const { origin, size, root } = request.checkpoint;
    const neighbour = (await needs.neighbours()).find((one) => one.origin === origin && one.origin !== needs.origin);
    const logKey = neighbour && (await parseVerifierKey(neighbour.ledgerKey));
    if (!neighbour || logKey?.type !== logKeyType) throw problem('log-unknown');

    for (;;) {
      const witnessed = await findWitnessed(database.db, origin);
      const decision = await decideCosigning(request, logKey, witnessed);
      if ('breach' in decision && decision.breach)
        await report(
          request,
          neighbour.ledgerKey,
          decision.breach,
          witnessed,
          'proof' in decision ? decision.proof : undefined,
        );
      if (decision.decision === 'conflict')
        return { status: 409, contentType: 'text/x.tlog.size', bytes: `${decision.size}\n` };
      if (decision.decision === 'refuse')
        throw problem(
          decision.status === 403
            ? 'checkpoint-signature-invalid'
            : decision.status === 422
              ? 'log-inconsistent'
              : 'checkpoint-malformed',
        );
      // A log that signed two histories stays refused on either of them: it begins anew, under another name and key.
      if ((await listBreachedOrigins(database.db, ['proven'])).includes(origin)) throw problem('log-disputed');
      const after = { size, root, note: request.noteText, at: clock.now() };
      // Where another request came first, the next round sees what it wrote and answers with a conflict.
      if (await replaceWitnessed(database.db, origin, witnessed, after))
        return { bytes: await cosign(request.note.text) };
    }
  };

  const cosign = async (noteText: string): Promise<string> => {
    const cosignedAt = Math.floor(clock.now().getTime() / 1_000);
    const lines = needs.witnessKeys.map(async ({ key, signer }) => {
      const message =
        key.type === mlDsaWitnessKeyType
          ? mlDsaCosignatureMessage(noteText, key.name, cosignedAt)
          : cosignatureMessage(noteText, cosignedAt);
      if (!message) throw new Error('a checkpoint that was read cannot be cosigned');
      const signature = joinCosignature(cosignedAt, await signer.sign(message));
      return formatSignatureLine({ name: key.name, keyId: key.keyId, signature });
    });
    return (await Promise.all(lines)).join('');
  };

  const report = async (
    request: AddCheckpoint,
    ledgerKey: string,
    kind: BreachKind,
    witnessed: (Witnessed & { note: string }) | undefined,
    proof: ForkProof | undefined,
  ) => {
    const { origin, size } = request.checkpoint;
    const breach: Breach = {
      origin,
      kind,
      state: kind === 'fork' ? 'proven' : 'suspected',
      seenSize: size,
      seenNote: request.noteText,
      witnessedSize: witnessed?.size ?? 0,
      ...(witnessed ? { witnessedNote: witnessed.note } : {}),
      ...(proof ? { proof } : {}),
      seenAt: clock.now(),
      logKey: ledgerKey,
    };
    if (!(await insertBreach(database.db, breach))) return;
    const facts = { origin, kind, seenSize: size, witnessedSize: breach.witnessedSize };
    if (kind === 'fork') log.error(facts, 'a log signed two trees that cannot be one history');
    else log.warn(facts, 'a checkpoint does not continue the log that was witnessed');
    needs.announceBreach(breach);
  };

  return { addCheckpoint };
}
