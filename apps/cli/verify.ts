import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createHttpClient } from '#kernel/http-client';
import { looksLikeProofFile } from '#modules/exchange';
import {
  type InclusionProof,
  keysOfWitness,
  type ProofPolicy,
  parseBreachEvidence,
  parsePolicy,
  parseProofText,
  verifyInclusionProof,
} from '#modules/ledger';
import { sayBreach } from './breaches.ts';
import type { CliConfig } from './config.ts';
import { findNodeAddress } from './node-address.ts';
import { verifyProofFileHere } from './proof.ts';

type Report = { ok: boolean; code: string; title: Record<string, string>; sentence: Record<string, string> };

/**
 * Checks a file and says the verdict. A proof file is checked on this machine alone. A tlog-proof is checked on this machine, against the keys that the federation publishes;
 * documents and credentials by a node, whose verdict rests on the trust chain. Exit code 0 only for what is genuine.
 */
export async function verify(config: CliConfig, words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      anchor: { type: 'string' },
      quorum: { type: 'string' },
      policy: { type: 'string' },
      'log-key': { type: 'string' },
      stamped: { type: 'boolean', default: false },
      document: { type: 'string' },
    },
  });
  const [file] = positionals;
  if (!file) {
    console.error('Name the file: npm run jisr -- verify decision.pdf');
    return 2;
  }
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    console.error(`${file} cannot be read: ${(error as Error).message}`);
    return 2;
  }
  const text = content.toString('utf8');
  if (looksLikeProofFile(text))
    return verifyProofFileHere(config, text, {
      anchor: values.anchor,
      quorum: values.quorum,
      stamped: values.stamped,
      document: values.document,
    });
  if (values.document !== undefined) {
    console.error('--document goes with a proof file: it says whether the document is the one that was answered.');
    return 2;
  }
  const breach = parseBreachEvidence(text);
  if (breach && values['log-key']) return sayBreach(breach, values['log-key']);
  const proof = parseProofText(text);
  if (proof && values.policy) {
    const reading = await parsePolicy(readFileSync(values.policy, 'utf8'));
    if (reading.ok) return sayProof(proof, reading.policy);
    console.error(`${values.policy}${reading.line ? `, line ${reading.line}` : ''}: ${reading.reason}`);
    return 2;
  }
  const node = findNodeAddress(config);
  if (!node) {
    console.error('No node is known here. Start the sample federation (npm start), or name one: JISR_NODE=https://…');
    return 2;
  }
  const http = createHttpClient();
  try {
    if (proof || breach) {
      const origin = breach?.origin ?? proof!.checkpoint.split('\n')[0]!;
      const answer = await http.request({ method: 'GET', url: `${node}/api/federation/logs` });
      const logs = JSON.parse(answer.body.toString('utf8')) as { logs: LogKeys[]; quorum: number };
      const log = logs.logs.find((candidate) => candidate.origin === origin);
      if (!log) {
        console.log(`The file names the log ${origin}, which no state of this federation keeps.`);
        return 1;
      }
      if (!proof) return sayBreach(breach!, log.ledgerKey);
      const policy: ProofPolicy = {
        logKey: log.ledgerKey,
        witnesses: logs.logs.filter((other) => other !== log).flatMap(keysOfWitness),
        quorum: logs.quorum,
      };
      return sayProof(proof, policy);
    }
    const answer = await http.request({
      method: 'POST',
      url: `${node}/api/verify`,
      headers: { 'content-type': 'application/octet-stream' },
      body: content,
      timeoutMs: 30_000,
    });
    const report = JSON.parse(answer.body.toString('utf8')) as Report;
    if (answer.status !== 200) {
      console.log((report as unknown as { title: string }).title);
      return 1;
    }
    console.log(`${report.title[config.language]}. ${report.sentence[config.language]}`);
    return report.ok ? 0 : 1;
  } finally {
    await http.close();
  }
}

async function sayProof(proof: InclusionProof, policy: ProofPolicy): Promise<number> {
  const verdict = await verifyInclusionProof(proof, policy);
  console.log(
    verdict.ok
      ? `Genuine: entry ${verdict.leafIndex} is in the log of ${proof.checkpoint.split('\n')[0]} (${verdict.treeSize} entries), cosigned by ${verdict.cosignedBy.join(', ')}.`
      : `The proof does not hold: ${verdict.reason}.`,
  );
  if (verdict.ok) console.log(JSON.stringify(proof.opening.record, null, 2));
  return verdict.ok ? 0 : 1;
}

type LogKeys = { origin: string; ledgerKey: string; witnessKey: string; moreWitnessKeys: string[] };
