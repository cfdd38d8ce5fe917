import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyProof } from '#modules/exchange';
import { noura, startTwoStates, type TwoStates } from '../../../modules/exchange/test/two-states.ts';

const hasJudge =
  spawnSync('python3', ['--version']).status === 0 &&
  /^OpenSSL 3/.test(String(spawnSync('openssl', ['version']).stdout));
if (!hasJudge) console.log('skipped: Python 3 and OpenSSL 3 are needed to judge proof files');

let world: TwoStates;
beforeAll(async () => {
  world = await startTwoStates();
});
afterAll(() => world.close());

const judge = (file: string) =>
  spawnSync('python3', [join(import.meta.dirname, 'judge.py')], {
    input: JSON.stringify({ anchor: { entityId: world.anchorUrl, keys: world.anchorKeys }, quorum: 1, file }),
    encoding: 'utf8',
    timeout: 60_000,
  }).stdout.trim();

test('a proof of one of many messages that shared a signature holds alone, for the person and for the office, and for Python and openssl', async () => {
  const { asking, holding } = world;
  const consents = await Promise.all(Array.from({ length: 8 }, () => world.consentTo()));
  const evidence = await Promise.all(consents.map(({ ask }) => asking.exchange.ask(ask)));
  for (const { ledger } of [asking, holding]) {
    await ledger.integrate();
    await ledger.gatherCosignatures();
  }
  const shared = evidence.filter(({ signatures }) =>
    [signatures.question, signatures.answer].every((one) => one['signature-input']?.includes('jisr-es256-batch')),
  );
  expect(shared.length).toBeGreaterThan(1);
  const { questionId, fields } = shared[1]!;
  const files = [
    await asking.exchange.proveQuestion({ officeId: 'moe', questionId, form: 'whole', values: fields }),
    await holding.exchange.proveUse({ questionId, form: 'shareable', personId: noura.personId }),
  ];
  const anchor = { entityId: world.anchorUrl, keys: world.anchorKeys };
  const isWhole = async (text: string) => (await verifyProof(text, { anchor, quorum: 1 })).state === 'whole';
  // One byte of the hashes that lead from the message to what was signed, the last of a signature.
  const changed = (text: string) =>
    text.replace(/("signature":"answer=:[A-Za-z0-9+/]+)([A-Za-z0-9+/]{6})(=*:")/, (_, start, last: string, end) =>
      [start, last.startsWith('A') ? 'B' : 'A', last.slice(1), end].join(''),
    );
  for (const text of files) {
    expect(await isWhole(text)).toBe(true);
    expect(changed(text)).not.toBe(text);
    expect(await isWhole(changed(text))).toBe(false);
    if (!hasJudge) continue;
    expect(judge(text)).toMatch(/^accepted/);
    expect(judge(changed(text))).toBe('refused answer signature');
  }
});
