import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '#kernel/ids';
import vector from '../../../protocol/vectors/proof-file.json' with { type: 'json' };
import { type ProofTrust, type ProofVerdict, verifyProof } from '../index.ts';

const trust = { anchor: vector.anchor, quorum: vector.quorum } as ProofTrust;
const text = canonicalJson(vector.valid[0]);
const isWhole = async (changed: string) => (await verifyProof(changed, trust)).state === 'whole';

/** What the stamps that hold say. */
const judgedStamps = ({ links }: ProofVerdict) =>
  links.flatMap(({ id, stampedAt, authority }) => (stampedAt === undefined ? [] : [`${id} ${stampedAt} ${authority}`]));

type Path = Array<string | number>;
const listPaths = (value: unknown, path: Path = []): Path[] =>
  typeof value !== 'object' || value === null
    ? [path]
    : [
        ...(path.length > 0 ? [path] : []),
        ...Object.entries(value).flatMap(([name, one]) => listPaths(one, [...path, name])),
      ];
const changeAt = (path: Path, change: (holder: Record<string, unknown>, name: string) => void): string => {
  const file = structuredClone(vector.valid[0]) as unknown as Record<string, unknown>;
  let holder = file;
  for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  change(holder, String(path.at(-1)));
  return canonicalJson(file);
};
const other = (value: unknown): unknown => {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') {
    const at = Math.floor(value.length / 2);
    return `${value.slice(0, at)}${value[at] === 'a' ? 'b' : 'a'}${value.slice(at + 1)}`;
  }
  return Array.isArray(value) ? [...value, value[0] ?? 'a'] : { ...(value as object), more: 'a' };
};

describe('a proof file', () => {
  test('of the vectors holds, years later and without its node', async () => {
    const verdict = await verifyProof(text, trust);
    expect(verdict.links.filter(({ state }) => state !== 'holds').map(({ id }) => id)).toEqual(['consent-receipt']);
    expect(verdict.state).toBe('whole');
  });

  test('does not hold when any one byte is another, and a token that does says nothing else', async () => {
    const bytes = Buffer.from(text);
    const whole = await verifyProof(text, trust);
    // A token has bytes that its authority does not sign, such as which certificates travel along.
    const tokens = [...text.matchAll(/"token":"[^"]*"/g)].map(({ index, 0: { length } }) => {
      const start = Buffer.byteLength(text.slice(0, index));
      return { start, end: start + length };
    });
    expect(tokens.length).toBe(3);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= mask;
        const verdict = await verifyProof(changed.toString('utf8'), trust);
        const isInToken = tokens.some(({ start, end }) => at >= start && at < end);
        if (isInToken) expect(judgedStamps(whole)).toEqual(expect.arrayContaining(judgedStamps(verdict)));
        else expect(verdict.state, `byte ${at} ^ ${mask}`).not.toBe('whole');
      }),
      { numRuns: 500 },
    );
  });

  test('does not hold when any one member says something else', async () => {
    for (const path of listPaths(vector.valid[0])) {
      const changed = changeAt(path, (holder, name) => {
        holder[name] = other(holder[name]);
      });
      expect(await isWhole(changed), path.join('.')).toBe(false);
    }
  });

  test('shows it when any one member is gone: less is proved, or nothing', async () => {
    const before = (await verifyProof(text, trust)).links.map(({ id, state, count }) => `${id} ${state} ${count}`);
    for (const path of listPaths(vector.valid[0])) {
      const changed = changeAt(path, (holder, name) => {
        if (Array.isArray(holder)) holder.splice(Number(name), 1);
        else delete holder[name];
      });
      const verdict = await verifyProof(changed, trust);
      const after = verdict.links.map(({ id, state, count }) => `${id} ${state} ${count}`);
      expect(after, path.join('.')).not.toEqual(before);
    }
  });

  test('is one text: another spelling of the same JSON is refused', async () => {
    const spaced = text.replace(',', ', ');
    const twice = text.replace('"version":1', '"version":1,"version":1');
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()));
    for (const changed of [spaced, twice, reordered, `${text}\n`, `\ufeff${text}`])
      expect(await isWhole(changed)).toBe(false);
  });

  test('never makes the verifier fail, whatever a stranger puts in', async () => {
    const jws = (payload: string) =>
      `${Buffer.from('{"typ":"entity-statement+jwt","alg":"ES256","kid":"k"}').toString('base64url')}.${Buffer.from(payload).toString('base64url')}.AAAA`;
    const statement = (more: object) =>
      jws(JSON.stringify({ iss: 'https://x.example', sub: 'https://x.example', iat: 1, exp: 2, ...more }));
    const odd = [
      jws(`{"a":${'['.repeat(40_000)}${']'.repeat(40_000)}}`),
      jws(`{"a":"${'\\\\'.repeat(20_000)}"}`),
      statement({ jwks: { keys: [null, 1, 'a'] }, authority_hints: 'https://x.example' }),
      statement({ jwks: null, metadata: [null] }),
      jws('null'),
    ];
    const files = odd.map((token) => changeAt(['chains'], (file) => (file['chains'] = [[token, token, token]])));
    files.push(
      text.replace(/"target":"http:\/\/[^:"]+:/, '"target":"http://['),
      `${'['.repeat(500_000)}"type":"jisr-proof"`,
      `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)},"type":"jisr-proof"}`,
      '{"type":"jisr-proof"}',
      '',
    );
    for (const file of files) expect((await verifyProof(file, trust)).state, file.slice(0, 80)).toBe('broken');
  });

  test('rests on the reader’s anchor alone', async () => {
    const keys = (trust.anchor as { keys: Array<{ kid: string }> }).keys;
    expect((await verifyProof(text, { ...trust, anchor: { thumbprints: [keys[0]!.kid] } })).state).toBe('whole');
    for (const anchor of [
      { thumbprints: ['A'.repeat(43)] },
      { keys: [] },
      { entityId: 'https://other.example', keys: keys as never },
    ])
      expect(await verifyProof(text, { ...trust, anchor })).toMatchObject({ state: 'broken', firstBroken: 'chains' });
  });

  test('cosigned by fewer states than the reader wants is not complete, and not wrong', async () => {
    const verdict = await verifyProof(text, { ...trust, quorum: 3 });
    expect(verdict.state).toBe('incomplete');
    expect(verdict.links.find(({ id }) => id === 'answered-cosigned')).toMatchObject({ state: 'missing', count: 2 });
  });
});
