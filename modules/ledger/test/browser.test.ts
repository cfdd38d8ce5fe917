import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import type { verifyInclusionProof } from '../index.ts';
import { openTestState } from './states.ts';

test('the verifier bundles for a browser without one Node module, and the bundle verifies', async () => {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, '..', 'verify.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = Object.keys(bundle.metafile.inputs).map((path) => path.split('/').slice(-2).join('/'));
  expect(inputs.sort()).toEqual([
    'ledger/commitment.ts',
    'ledger/digest.ts',
    'ledger/encoding.ts',
    'ledger/merkle.ts',
    'ledger/note.ts',
    'ledger/policy.ts',
    'ledger/proof-text.ts',
    'ledger/verify.ts',
    'lib/canonicalize.js',
  ]);
  const text = bundle.outputFiles[0]!.text;
  expect(text).not.toMatch(/\b(node:|require\(|process\.|Buffer\b)/);

  const state = await openTestState('om');
  const receipt = await state.append({ purpose: 'اختبار' });
  await state.ledger.integrate();
  const proof = (await state.ledger.findProof(receipt.entryId))!;
  const policy = { logKey: state.ledger.keys.ledgerKey, witnesses: [], quorum: 0 };
  const module = (await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)) as {
    verifyInclusionProof: typeof verifyInclusionProof;
  };
  expect(await module.verifyInclusionProof(proof, policy)).toEqual({
    ok: true,
    leafIndex: 0,
    treeSize: 1,
    cosignedBy: [],
  });
  expect(await module.verifyInclusionProof({ ...proof, treeSize: 2 }, policy)).toMatchObject({ ok: false });
  await state.close();
});
