import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attackAsApp } from './apps.ts';
import { changesBetween, faultsOf, isLedToSignIn, listTargets, refusalFaults, shoot, type Target } from './attack.ts';
import { attackWithBadInput } from './bad-input.ts';
import { attackWithFuzz } from './fuzz.ts';
import { attackWithReplays } from './replays.ts';
import { attackAsAnotherState } from './states.ts';
import { attackAsAnotherSystem } from './systems.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 300_000);
afterAll(() => world?.stop());

type Name = keyof World['browsers'];
type Attacker = { node: 'bh' | 'sa'; who: Name | 'stranger'; says: string; isInOffice?: true };

const attackers: Attacker[] = [
  { node: 'bh', who: 'stranger', says: 'a stranger' },
  { node: 'bh', who: 'maryam', says: 'another person' },
  { node: 'bh', who: 'huda', says: 'an officer of another office' },
  { node: 'bh', who: 'noura', says: "another state's officer" },
  { node: 'bh', who: 'ali', says: 'an officer of the office in charge, beyond the cases', isInOffice: true },
  { node: 'sa', who: 'stranger', says: 'a stranger' },
  { node: 'sa', who: 'yousif', says: 'another person' },
  { node: 'sa', who: 'huda', says: "another state's officer" },
  { node: 'sa', who: 'noura', says: 'an officer of the office in charge, beyond the cases', isInOffice: true },
];
const isOutside = (target: Target, attacker: Attacker) =>
  !(attacker.isInOffice && (target.expected.who === 'office' || target.expected.who === 'queue'));

/** Calls one address as one attacker, as a program and as a browser, and tells what is wrong with the answers. */
async function attack(target: Target, attacker: Attacker, ids = world.ids[attacker.node]): Promise<string[]> {
  const { node, who } = attacker;
  const { expected } = target;
  const faults: string[] = [];
  for (const accept of target.isPage ? ['application/json', 'text/html'] : ['application/json']) {
    const cookie =
      who === 'stranger' || expected.endsSession ? undefined : world.browsers[who].cookieAt(world.url(node));
    const answer = await shoot(world, node, target, { ids, cookie, accept });
    const mustRefuse =
      expected.who === 'owner' ||
      expected.who === 'office' ||
      expected.who === 'operator' ||
      expected.who === 'system' ||
      (expected.who === 'self' && who === 'stranger');
    const isLed = accept === 'text/html' && who === 'stranger' && target.access !== 'anyone' && isLedToSignIn(answer);
    faults.push(
      ...faultsOf(world, answer),
      ...(isLed || !(mustRefuse || answer.status >= 400) || isOwnFormShown(target, accept, answer)
        ? []
        : refusalFaults(target, answer)),
    );
  }
  return faults.map((fault) => `${target.key} at ${node} as ${who}: ${fault}`);
}

/** A form that was refused is shown again with its message, whatever was asked for: the page itself is the refusal. */
function isOwnFormShown(target: Target, accept: string, answer: { headers: Record<string, string> }): boolean {
  return (
    target.isPage &&
    target.expected.who !== 'owner' &&
    accept === 'application/json' &&
    (answer.headers['content-type'] ?? '').startsWith('text/html')
  );
}

describe('the list of what is attacked', () => {
  test('names every endpoint and every page that a node serves, and nothing that is gone', () => {
    for (const node of ['bh', 'sa']) {
      const { unknown, gone, targets } = listTargets(world, node);
      expect({ unknown, gone }).toEqual({ unknown: [], gone: [] });
      expect(targets.length).toBeGreaterThan(90);
    }
  });

  test('leaves nothing personal to access `anyone` without a secret of its own in the address or the body', () => {
    const { targets } = listTargets(world, 'bh');
    const secrets = /:uid|:offerId|:token|takeToken|takeCredential/;
    // Whoever is a system shows it with the call itself.
    for (const { key, path, access, expected } of targets)
      if (
        expected.who !== 'public' &&
        expected.who !== 'system' &&
        (access === 'anyone' || access === 'signed-message')
      )
        expect(`${key} ${path}`).toMatch(secrets);
  });
});

describe('a form of somebody whose session has ended', () => {
  test('leads by the sign-in back to a page that there is', async () => {
    const { targets } = listTargets(world, 'sa');
    const ofPeople = targets.filter(({ isPage, access }) => isPage && access !== 'anyone');
    const opened = targets
      .filter(({ isPage, method }) => isPage && method === 'GET')
      .map(({ path }) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`));
    const lost: string[] = [];
    for (const target of ofPeople.filter(({ method }) => method === 'POST')) {
      const answer = await shoot(world, 'sa', target, { ids: world.ids.sa, cookie: undefined, accept: 'text/html' });
      const back = new URL(answer.headers['location'] ?? '', 'http://sa').searchParams.get('returnTo') ?? '';
      if (!opened.some((page) => page.test(back.split('?')[0]!))) lost.push(`${target.key} -> ${back}`);
    }
    expect(lost).toEqual([]);
  });
});

describe("somebody else's ids", () => {
  test.each(attackers)('bring $says at $node nothing but a refusal, and change nothing ($who)', async (attacker) => {
    const { targets } = listTargets(world, attacker.node);
    const before = await world.digestOf(attacker.node);
    const faults: string[] = [];
    for (const target of targets) if (isOutside(target, attacker)) faults.push(...(await attack(target, attacker)));
    expect(faults).toEqual([]);
    expect(changesBetween(before, await world.digestOf(attacker.node))).toEqual([]);
  });

  test('do bring their owner and the office in charge what is theirs, so that a refusal above means something', async () => {
    const at = (who: Name, node: string, path: string) =>
      world.http.request({
        method: 'GET',
        url: `${world.url(node)}${path}`,
        headers: { accept: 'application/json', cookie: world.browsers[who].cookieAt(world.url(node))! },
      });
    const { bh, sa } = world.ids;
    const answers = await Promise.all([
      at('fatima', 'sa', `/api/cases/${sa.caseId}`),
      at('noura', 'sa', `/api/office/cases/${sa.caseId}`),
      at('bader', 'bh', `/api/cases/${bh.caseId}`),
      at('ali', 'bh', `/api/office/cases/${bh.caseId}`),
      at('ali', 'bh', '/office'),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(world.markers.some((marker) => body.toString('utf8').includes(marker))).toBe(true);
    }
    for (const path of [`/api/consents/${bh.consentId}`, `/api/wallet/credentials/${bh.walletCredentialId}`])
      expect((await at('fatima', 'bh', path)).status).toBe(200);
  });

  test('never bring a random person the words of a random owner from a random address', async () => {
    const ids = [...new Set([...Object.values(world.ids.bh), ...Object.values(world.ids.sa)])];
    const names = Object.keys(world.ids.bh);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...attackers),
        fc.nat(),
        fc.array(fc.constantFrom(...ids), { minLength: names.length, maxLength: names.length }),
        async (attacker, pick, values) => {
          const targets = listTargets(world, attacker.node).targets.filter((target) => isOutside(target, attacker));
          const target = targets[pick % targets.length]!;
          const mixed = Object.fromEntries(names.map((name, index) => [name, values[index]!]));
          const cookie =
            attacker.who === 'stranger' || target.expected.endsSession
              ? undefined
              : world.browsers[attacker.who].cookieAt(world.url(attacker.node));
          const answer = await shoot(world, attacker.node, target, { ids: mixed, cookie });
          expect(faultsOf(world, answer), target.key).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a form posted from another site', () => {
  test('is refused for the owner too, and changes nothing', async () => {
    const before = await world.digestOf('bh');
    const faults: string[] = [];
    const marks: Array<Record<string, string>> = [
      { origin: 'http://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of marks)
      for (const target of listTargets(world, 'bh').targets) {
        if (target.method === 'GET' || (!target.isPage && target.access !== 'person' && target.access !== 'officer'))
          continue;
        const who: Name = target.access === 'officer' ? 'ali' : target.path.includes(':caseId') ? 'bader' : 'fatima';
        const cookie = world.browsers[who].cookieAt(world.url('bh'));
        const answer = await shoot(world, 'bh', target, { ids: world.ids.bh, cookie, headers });
        const { code } = JSON.parse(answer.body.toString('utf8'));
        if (answer.status !== 403 || code !== 'cross-site-request')
          faults.push(`${target.key}: ${answer.status} ${code}`);
      }
    expect(faults).toEqual([]);
    expect(changesBetween(before, await world.digestOf('bh'))).toEqual([]);
  });
});

attackAsAnotherState(() => world);
attackAsAnotherSystem(() => world);
attackWithBadInput(() => world);
attackWithReplays(() => world);
attackWithFuzz(() => world);
attackAsApp(() => world);
