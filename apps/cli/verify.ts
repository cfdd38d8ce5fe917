import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createHttpClient } from '#kernel/http-client';
import type { Text } from '#kernel/languages';
import { looksLikeProofFile } from '#modules/exchange';
import {
  type InclusionProof,
  keysOfWitness,
  originOf,
  type ProofPolicy,
  parseBreachEvidence,
  parsePolicy,
  parseProofText,
  sentenceOfInclusion,
  verifyInclusionProof,
} from '#modules/ledger';
import { sayBreach } from './breaches.ts';
import type { CliConfig } from './config.ts';
import { findNodeAddress, noNode } from './node-address.ts';
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
  const { language } = config;
  const refuse = (words: Text) => {
    console.error(words[language]);
    return 2;
  };
  const [file] = positionals;
  if (!file)
    return refuse({
      ar: 'سمِّ الملف: npm run jisr -- verify decision.pdf',
      en: 'Name the file: npm run jisr -- verify decision.pdf',
    });
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    return refuse(unreadable(file, error));
  }
  const text = content.toString('utf8');
  if (looksLikeProofFile(text))
    return verifyProofFileHere(config, text, {
      anchor: values.anchor,
      quorum: values.quorum,
      stamped: values.stamped,
      document: values.document,
    });
  if (values.document !== undefined)
    return refuse({
      ar: '‎--document يصحب ملف إثبات: يبيّن هل الوثيقة هي التي أُجيب بها.',
      en: '--document goes with a proof file: it says whether the document is the one that was answered.',
    });
  const breach = parseBreachEvidence(text);
  if (breach && values['log-key']) return sayBreach(config, breach, values['log-key']);
  const proof = parseProofText(text);
  if (proof && values.policy) {
    let policy: string;
    try {
      policy = readFileSync(values.policy, 'utf8');
    } catch (error) {
      return refuse(unreadable(values.policy, error));
    }
    const reading = await parsePolicy(policy);
    if (reading.ok) return sayProof(config, proof, reading.policy);
    const { line, reason } = reading;
    return refuse({
      ar: `${values.policy}${line ? `، السطر ${line}` : ''}: ${reason}`,
      en: `${values.policy}${line ? `, line ${line}` : ''}: ${reason}`,
    });
  }
  const node = findNodeAddress(config);
  if (!node) return refuse(noNode);
  const http = createHttpClient();
  try {
    if (proof || breach) {
      const origin = breach?.origin ?? originOf(proof!);
      const answer = await http.request({ method: 'GET', url: `${node}/api/federation/logs` });
      const logs = JSON.parse(answer.body.toString('utf8')) as { logs: LogKeys[]; quorum: number };
      const log = logs.logs.find((candidate) => candidate.origin === origin);
      if (!log) {
        const words = {
          ar: `يسمّي الملف السجل ${origin}، وليس لأي دولة من هذا الاتحاد.`,
          en: `The file names the log ${origin}, which no state of this federation keeps.`,
        };
        console.log(words[language]);
        return 1;
      }
      if (!proof) return sayBreach(config, breach!, log.ledgerKey);
      const policy: ProofPolicy = {
        logKey: log.ledgerKey,
        witnesses: logs.logs.filter((other) => other !== log).flatMap(keysOfWitness),
        quorum: logs.quorum,
      };
      return sayProof(config, proof, policy);
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

function unreadable(file: string, error: unknown): Text {
  const { message } = error as Error;
  return { ar: `تعذّرت قراءة ${file}: ${message}`, en: `${file} cannot be read: ${message}` };
}

async function sayProof({ language }: CliConfig, proof: InclusionProof, policy: ProofPolicy): Promise<number> {
  const verdict = await verifyInclusionProof(proof, policy);
  console.log(sentenceOfInclusion(proof, verdict)[language]);
  if (verdict.ok) console.log(JSON.stringify(proof.opening.record, null, 2));
  return verdict.ok ? 0 : 1;
}

type LogKeys = { origin: string; ledgerKey: string; witnessKey: string; moreWitnessKeys: string[] };
