import { beforeAll, describe, expect, test } from 'vitest';
import { signJws } from '#kernel/jws';
import { memoryKeys, type Signer } from '#kernel/keys';
import { type Anchor, verifyChain } from '../chains/rules.ts';

const now = new Date('2026-11-22T12:00:00Z');
const seconds = now.getTime() / 1000;
const [leaf, state, top] = ['https://leaf.example', 'https://state.example', 'https://anchor.example'];
let signers: { leaf: Signer; state: Signer; anchor: Signer; stranger: Signer };
let anchor: Anchor;

beforeAll(async () => {
  const keys = memoryKeys();
  signers = {
    leaf: await keys.signer('leaf'),
    state: await keys.signer('state'),
    anchor: await keys.signer('anchor'),
    stranger: await keys.signer('stranger'),
  };
  anchor = { entityId: top, keys: [signers.anchor.publicJwk] };
});

const sign = (iss: string, sub: string, key: Signer, by: Signer, claims: object = {}) =>
  signJws(
    by,
    { iss, sub, iat: seconds, exp: seconds + 60, jwks: { keys: [key.publicJwk] }, ...claims },
    { typ: 'entity-statement+jwt' },
  );

/** An honest chain, from which each test changes one member. */
const chain = async () => [
  await sign(leaf, leaf, signers.leaf, signers.leaf, { authority_hints: [state], metadata: { openid_provider: {} } }),
  await sign(state, leaf, signers.leaf, signers.state),
  await sign(top, state, signers.state, signers.anchor),
  await sign(top, top, signers.anchor, signers.anchor),
];
const verify = (tokens: string[], entityId = leaf) => verifyChain(entityId, tokens, anchor, now);
const refused = (tokens: string[], reason: string, entityId = leaf) =>
  expect(() => verify(tokens, entityId)).toThrow(expect.objectContaining({ params: { entityId, reason } }));

describe('a chain is judged by its tokens and the configured anchor keys alone', () => {
  test('an honest chain holds, for the entity that it is about', async () => {
    expect(verify(await chain())).toMatchObject({ entityId: leaf, superior: state, anchor: top });
    refused(await chain(), 'subject-mismatch', 'https://other.example');
  });

  test('an anchor that signs with another key than the configured one is nobody', async () => {
    const [first, second] = await chain();
    const { stranger } = signers;
    const forged = [await sign(top, state, signers.state, stranger), await sign(top, top, stranger, stranger)];
    refused([first!, second!, ...forged], 'signature-invalid');
  });

  test('an anchor that lists a new key beside its own may already sign statements with it', async () => {
    const [first, second] = await chain();
    const { stranger } = signers;
    const both = { jwks: { keys: [signers.anchor.publicJwk, stranger.publicJwk] } };
    const rolled = [
      await sign(top, state, signers.state, stranger),
      await sign(top, top, signers.anchor, signers.anchor, both),
    ];
    expect(verify([first!, second!, ...rolled])).toMatchObject({ anchor: top });
  });

  test('a configuration of another anchor does not end the chain', async () => {
    const tokens = await chain();
    tokens[3] = await sign('https://other.example', 'https://other.example', signers.anchor, signers.anchor);
    refused(tokens, 'anchor-mismatch');
  });

  test('a superior that the entity does not name has nothing to say about it', async () => {
    const tokens = await chain();
    tokens[0] = await sign(leaf, leaf, signers.leaf, signers.leaf, { authority_hints: ['https://other.example'] });
    refused(tokens, 'superior-not-named');
  });

  test('a missing, doubled or misplaced link breaks the chain', async () => {
    const [first, second, third, fourth] = (await chain()) as [string, string, string, string];
    refused([first, third, fourth], 'issuer-mismatch');
    refused([first, second, fourth], 'issuer-mismatch');
    refused([first, fourth], 'chain-incomplete');
    refused([first], 'chain-incomplete');
    refused([first, first, second, third, fourth], 'configuration-misplaced');
    refused([first, ...Array(7).fill(second), fourth], 'chain-too-long');
  });

  test('a chain that passes one entity twice is refused', async () => {
    const [first, second, third, fourth] = (await chain()) as [string, string, string, string];
    const loop = [
      await sign('https://loop.example', state, signers.state, signers.state),
      await sign(state, 'https://loop.example', signers.state, signers.state),
    ];
    refused([first, second, ...loop, third, fourth], 'cycle');
  });

  test('it ends with the first of its statements to end', async () => {
    const tokens = await chain();
    tokens[1] = await sign(state, leaf, signers.leaf, signers.state, { exp: seconds + 10 });
    expect(verify(tokens).expiresAt).toEqual(new Date((seconds + 10) * 1000));
  });
});
