import { type Static, Type } from 'typebox';
import { Finding, runChecks } from './findings.ts';
import { machineChecks } from './machine.ts';
import type { OperatorNeeds } from './needs.ts';
import { askPeers } from './peers.ts';
import { recordChecks, witnessChecks } from './records.ts';
import { neighbourChecks, trustChecks } from './trust.ts';

export const Diagnosis = Type.Object({
  state: Type.String(),
  publicUrl: Type.String(),
  ok: Type.Boolean(),
  at: Type.String({ format: 'date-time' }),
  findings: Type.Array(Finding),
});
export type Diagnosis = Static<typeof Diagnosis>;

const checkDeadlineMs = 10_000;

/** Tries everything that an exchange stands on, for real, and tells what it found in the order in which breaks hide each other. */
export async function diagnose(needs: OperatorNeeds): Promise<Diagnosis> {
  const { clock, publicUrl, state } = needs;
  const peers = askPeers(needs);
  const [known, keys, witnesses] = await Promise.all([peers, needs.keys.list(), witnessChecks(needs)]);
  const findings = await runChecks(
    [
      ...machineChecks(needs, peers, keys),
      ...trustChecks(needs),
      ...recordChecks(needs),
      ...neighbourChecks(needs, peers, known),
      ...witnesses,
    ],
    checkDeadlineMs,
  );
  const ok = findings.every((finding) => finding.state === 'ok');
  return { state, publicUrl, ok, at: clock.now().toISOString(), findings };
}
