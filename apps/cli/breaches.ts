import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpClient } from '#kernel/http-client';
import { type BreachEvidence, judgeBreach, sentenceOfBreach } from '#modules/ledger';
import type { CliConfig } from './config.ts';
import { findNodeAddress, noNode } from './node-address.ts';

/**
 * Lists the logs that a node, as a witness, found to have lost or rewritten entries, each judged again on this machine, and
 * saves one file per breach when a folder is named. Exit code 0 when there are none, or all are over.
 */
export async function breaches(config: CliConfig, folder: string | undefined): Promise<number> {
  const node = findNodeAddress(config);
  if (!node) {
    console.error(noNode[config.language]);
    return 2;
  }
  const http = createHttpClient({ timeoutMs: 5_000 });
  try {
    const answer = await http.request({ method: 'GET', url: `${node}/witness/breaches` });
    if (answer.status !== 200) throw new Error(`${node} answers ${answer.status}. Look at the log of that node.`);
    const found = (JSON.parse(answer.body.toString('utf8')) as { breaches: BreachEvidence[] }).breaches;
    if (found.length === 0) {
      const none = { ar: `لم ترَ ${node} سجلًا يناقض نفسه.`, en: `${node} has seen no log contradict itself.` };
      console.log(none[config.language]);
      return 0;
    }
    if (folder) mkdirSync(folder, { recursive: true });
    for (const [at, evidence] of found.entries()) {
      await sayBreach(config, evidence, evidence.logKey);
      if (evidence.endedAt !== undefined) {
        const over = {
          ar: `  انتهى في ${evidence.endedAt}: عاد السجل إلى نشر ما فقده.`,
          en: `  Over since ${evidence.endedAt}: the log publishes again what it had lost.`,
        };
        console.log(over[config.language]);
      }
      if (!folder) continue;
      const file = join(folder, `breach-${evidence.origin.replaceAll(/[^a-z0-9.-]/gi, '_')}-${at + 1}.json`);
      writeFileSync(file, `${JSON.stringify(evidence, null, 2)}\n`);
      console.log({ ar: `  حُفظ في ${file}`, en: `  saved as ${file}` }[config.language]);
    }
    return found.some(({ endedAt }) => endedAt === undefined) ? 1 : 0;
  } finally {
    await http.close();
  }
}

/** Judges a breach against the key that the reader trusts, and says the verdict. 0 only for a proof of two histories. */
export async function sayBreach(config: CliConfig, evidence: BreachEvidence, logKey: string): Promise<number> {
  const verdict = await judgeBreach(evidence, logKey);
  console.log(sentenceOfBreach(evidence, verdict)[config.language]);
  return verdict.ok && verdict.verdict === 'proven' ? 0 : 1;
}
