import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RunningNode, readChecked, readNodeConfig, startNode } from '#apps/state-node';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { decodeJws } from '#kernel/jws';
import type { JWK } from '#kernel/keys';
import { readCliConfig } from '../../apps/cli/config.ts';
import { manageFederation } from '../../apps/cli/federation.ts';
import { AnchorConfig, type RunningAnchor, startAnchor } from '../../apps/federation/anchor.ts';
import { waitUntilAcquainted } from '../../apps/federation/launcher.ts';
import { diagnose } from '../../apps/state-node/operator/diagnosis.ts';
import { prepareTestFederation } from '../support/federation.ts';

// The operator of Bahrain changes the key with which the state speaks, by the command, while Saudi Arabia looks on; then the secretariat its own.

const http = createHttpClient();
let prepared: Awaited<ReturnType<typeof prepareTestFederation>>;
let anchorConfig: AnchorConfig;
let anchor: RunningAnchor;
const nodes = new Map<string, RunningNode>();

const fileOf = (id: string) => prepared.nodes.find((node) => node.id === id)!;
const startState = async (id: string) => void nodes.set(id, await startNode(readNodeConfig(fileOf(id).configFile)));
const restart = async (id: string) => {
  await nodes.get(id)!.stop();
  await startState(id);
};

beforeAll(async () => {
  prepared = await prepareTestFederation(['bh', 'sa']);
  anchorConfig = readChecked(prepared.nodes.find(({ role }) => role === 'anchor')!.configFile, AnchorConfig);
  anchor = await startAnchor(anchorConfig);
  await Promise.all(['bh', 'sa'].map(startState));
  await waitUntilAcquainted(prepared.nodes, http, 60_000);
});
afterAll(async () => {
  for (const node of nodes.values()) await node.stop();
  await anchor?.stop();
  await prepared?.clear();
  await http.close();
});

async function jisr(...args: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const hear = (words: unknown) => void said.push(String(words));
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(hear),
    vi.spyOn(console, 'error').mockImplementation(hear),
  ];
  const config = { ...readCliConfig('en'), dataFolder: prepared.config.dataFolder };
  const code = await manageFederation(config, args).finally(() => spies.forEach((spy) => void spy.mockRestore()));
  return { code, said: said.join('\n') };
}
const keyIn = (said: string, which: string): JWK =>
  JSON.parse(new RegExp(`^${which}: (.+)$`, 'm').exec(said)![1]!) as JWK;
const read = async (url: string) => {
  const { status, body } = await http.request({ method: 'GET', url });
  expect(status, url).toBe(200);
  return decodeJws(body.toString('utf8'));
};
const configurationOf = (publicUrl: string) => read(`${publicUrl}/.well-known/openid-federation`);
const kidsOf = (payload: Record<string, unknown>) => (payload['jwks'] as { keys: JWK[] }).keys.map(({ kid }) => kid);
/** Whether Saudi Arabia, asked anew, believes what Bahrain says now. */
const trusted = () =>
  nodes
    .get('sa')!
    .doors.federation.resolve(fileOf('bh').publicUrl, undefined, { fresh: true })
    .then(({ jwks, stale }) => ({ kids: jwks.map(({ kid }) => kid), stale }));

describe('the key of a state', () => {
  test('is changed without a gap: made, announced, vouched for, put in place; the former is told, and revoked where it was lost', async () => {
    const { publicUrl } = fileOf('bh');
    expect((await jisr('key')).code).toBe(2);
    const early = await jisr('key', 'change', '--node', 'bh');
    expect([early.code, early.said]).toEqual([1, expect.stringContaining('no next key')]);

    const made = await jisr('key', 'next', '--node', 'bh');
    const [old, next] = [keyIn(made.said, 'in use'), keyIn(made.said, 'next')];
    expect([made.code, Object.keys(next)]).toEqual([0, expect.not.arrayContaining(['d'])]);
    expect(keyIn((await jisr('key', 'next', '--node', 'bh')).said, 'next')).toEqual(next);
    await restart('bh');
    expect(kidsOf((await configurationOf(publicUrl)).payload)).toEqual([old.kid, next.kid]);
    expect(await trusted()).toEqual({ kids: [old.kid], stale: false });

    // Before the secretariat vouches for it, it would cut the state off.
    const refused = await jisr('key', 'change', '--node', 'bh');
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining('does not vouch')]);

    await anchor.stop();
    const stateOf = () => anchorConfig.states.find(({ entityId }) => entityId === publicUrl)!;
    stateOf().keys = [old, next];
    anchor = await startAnchor(anchorConfig);
    const changed = await jisr('key', 'change', '--lost', '--node', 'bh');
    expect([changed.code, keyIn(changed.said, 'in use')]).toEqual([0, next]);
    await restart('bh');
    const now = await configurationOf(publicUrl);
    expect([now.header.kid, kidsOf(now.payload)]).toEqual([next.kid, [next.kid]]);
    // What superiors said is believed for 25 seconds; nothing is refused meanwhile.
    const believed = { timeout: 40_000, interval: 500 };
    await expect.poll(trusted, believed).toEqual({ kids: [old.kid, next.kid], stale: false });

    // The secretariat takes the lost one off, and the state says itself that it was lost.
    await anchor.stop();
    stateOf().keys = [next];
    anchor = await startAnchor(anchorConfig);
    await expect.poll(trusted, believed).toEqual({ kids: [next.kid], stale: false });
    const { payload } = await read(`${publicUrl}/federation/historical-keys`);
    expect(payload['keys']).toMatchObject([
      { kid: old.kid, exp: expect.any(Number), revoked: { reason: 'compromised' } },
    ]);
    expect((await jisr('show', `${publicUrl}/portal`, '--node', 'sa')).code).toBe(0);
  });
});

test('the anchor announces its next key, and changes to it once every node can believe it', async () => {
  const { id, publicUrl } = prepared.nodes.find(({ role }) => role === 'anchor')!;
  const next = keyIn((await jisr('key', 'next', '--node', id)).said, 'next');
  await anchor.stop();
  anchor = await startAnchor(anchorConfig);
  expect(kidsOf((await configurationOf(publicUrl)).payload)).toContain(next.kid);
  const early = await jisr('key', 'change', '--node', id);
  expect([early.code, early.said]).toEqual([1, expect.stringContaining('seven days')]);
  // As a node has it that read the announcement eight days ago.
  const node = nodes.get('sa')!;
  await sql`insert into federation.anchor_keys (anchor_id, kid, jwk, seen_since)
    values (${publicUrl}, ${next.kid}, ${JSON.stringify(next)}, now() - interval '8 days')`.execute(
    node.operatorNeeds.database.db,
  );
  const eightDaysAgo = new Date(Date.now() - 8 * 86_400_000);
  utimesSync(join(anchorConfig.dataFolder, 'keys', 'federation.next.es256.pem'), eightDaysAgo, eightDaysAgo);
  expect((await jisr('key', 'change', '--node', id)).code).toBe(0);
  expect(readFileSync(join(anchorConfig.dataFolder, 'keys', 'federation.former.json'), 'utf8')).not.toContain('"d"');
  await anchor.stop();
  anchor = await startAnchor(anchorConfig);
  expect((await configurationOf(publicUrl)).header.kid).toBe(next.kid);
  // What is checked with the keys of the anchor goes on: pages that check proofs, the command line, the doctor.
  const { body } = await http.request({ method: 'GET', url: `${fileOf('sa').publicUrl}/api/federation/anchor` });
  const told = JSON.parse(body.toString('utf8'));
  expect([told.entityId, ...told.keys.map(({ kid }: JWK) => kid)]).toEqual([publicUrl, expect.any(String), next.kid]);
  const page = await http.request({ method: 'GET', url: `${fileOf('sa').publicUrl}/verify` });
  expect(page.body.toString('utf8')).toContain(next.kid);
  expect((await jisr('show', fileOf('bh').publicUrl, '--node', 'sa')).code).toBe(0);
  const { findings } = await diagnose(node.operatorNeeds);
  expect(findings.filter(({ link, state }) => link === 'anchor' && state === 'broken')).toEqual([]);
});
