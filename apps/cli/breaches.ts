import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpClient } from '#kernel/http-client';
import { type BreachEvidence, judgeBreach } from '#modules/ledger';
import type { CliConfig } from './config.ts';
import { findNodeAddress } from './node-address.ts';

/**
 * Lists the logs that a node, as a witness, found to have lost or rewritten entries, each judged again on this machine, and
 * saves one file per breach when a folder is named. Exit code 0 when there are none.
 */
export async function breaches(config: CliConfig, folder: string | undefined): Promise<number> {
  const node = findNodeAddress(config);
  if (!node) {
    console.error('No node is known here. Start the sample federation (npm start), or name one: JISR_NODE=https://…');
    return 2;
  }
  const http = createHttpClient({ timeoutMs: 5_000 });
  try {
    const answer = await http.request({ method: 'GET', url: `${node}/witness/breaches` });
    if (answer.status !== 200) throw new Error(`${node} answers ${answer.status}. Look at the log of that node.`);
    const found = (JSON.parse(answer.body.toString('utf8')) as { breaches: BreachEvidence[] }).breaches;
    if (found.length === 0) {
      console.log(`${node} has seen no log contradict itself.`);
      return 0;
    }
    if (folder) mkdirSync(folder, { recursive: true });
    for (const [at, evidence] of found.entries()) {
      await sayBreach(evidence, evidence.logKey);
      if (!folder) continue;
      const file = join(folder, `breach-${evidence.origin.replaceAll(/[^a-z0-9.-]/gi, '_')}-${at + 1}.json`);
      writeFileSync(file, `${JSON.stringify(evidence, null, 2)}\n`);
      console.log(`  saved as ${file}`);
    }
    return 1;
  } finally {
    await http.close();
  }
}

/** Judges a breach against the key that the reader trusts, and says the verdict. 0 only for a proof of two histories. */
export async function sayBreach(evidence: BreachEvidence, logKey: string): Promise<number> {
  const verdict = await judgeBreach(evidence, logKey);
  if (!verdict.ok) {
    console.log(`The evidence about ${evidence.origin} does not hold: ${verdict.reason}.`);
    return 1;
  }
  const sizes = verdict.sizes.join(' and ');
  if (verdict.verdict === 'proven') {
    console.log(`Proven: ${evidence.origin} signed two histories that exclude each other, at the sizes ${sizes}.`);
    return 0;
  }
  console.log(
    `Not proven by the file alone: ${evidence.origin} signed the sizes ${sizes}, which need not contradict each other.`,
  );
  return 1;
}
