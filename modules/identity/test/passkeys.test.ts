import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { nationalIdSchemes } from '#protocol/national-ids';
import type { PersonImport } from '../index.ts';
import { createPersons } from '../persons/service.ts';
import { createThrottle } from '../persons/throttle.ts';
import { createAuthenticator, type Misdeeds } from './authenticator.ts';
import { addPerson, codeAt, createRegistry, type Node, password, startHttp, startNode } from './federation-in-a-box.ts';

type Challenge = { challenge: string; user: { id: string }; rpId?: string; allowCredentials?: unknown[] };

let http: HttpClient;
let node: Node;
const clock = fixedClock('2026-11-22T08:00:00Z');
let serial = 0;

beforeAll(async () => {
  http = startHttp();
  node = await startNode(createRegistry(), http, { state: 'BH', clock });
});
afterAll(async () => {
  await node?.close();
  await http?.close();
});
// Time in which every earlier attempt is forgotten.
beforeEach(() => clock.advance(4_000_000));

/** A person before their page, confirmed unless told otherwise. */
async function atPage(confirmed = true) {
  let nationalId: string | undefined;
  while (nationalId === undefined)
    nationalId = nationalIdSchemes['bh-cpr'].complete(`8501${String(++serial).padStart(4, '0')}`);
  const person: PersonImport = await addPerson(node, nationalId);
  const at = { sessionId: newId(), personId: person.personId, address: `10.1.0.${serial}`, agent: '' };
  const { methods } = node.identity;
  if (confirmed) await methods.confirmByPassword(at, { password, code: codeAt(clock.now()) });
  return { at, person, methods };
}

async function withPasskey() {
  const { at, person, methods } = await atPage();
  const device = createAuthenticator(node.publicUrl);
  await methods.addPasskey(at, { answer: device.add((await methods.askToAddPasskey(at)) as Challenge), name: 'Phone' });
  const ask = async () => (await methods.askToConfirm(at)) as Challenge;
  const confirm = async (misdeeds: Misdeeds = {}) => methods.confirmByPasskey(at, device.answer(await ask(), misdeeds));
  return { at, person, methods, device, ask, confirm };
}

async function signInSteps() {
  const throttle = await createThrottle(node.identityNeeds);
  return createPersons({ ...node.identityNeeds, throttle });
}

const refusal = (code: string) => expect.objectContaining({ code });

describe('a passkey', () => {
  test('is added by whoever has just confirmed who they are, and by nobody else', async () => {
    const { at, methods } = await atPage(false);
    await expect(methods.askToAddPasskey(at)).rejects.toEqual(refusal('confirmation-needed'));
    await expect(methods.confirmByPassword(at, { password: 'wrong', code: codeAt(clock.now()) })).rejects.toEqual(
      refusal('sign-in-failed'),
    );
    await expect(methods.confirmByPassword(at, { password, code: '000000' })).rejects.toEqual(refusal('code-wrong'));
    await expect(methods.askToAddPasskey(at)).rejects.toEqual(refusal('confirmation-needed'));
    await methods.confirmByPassword(at, { password, code: codeAt(clock.now()) });
    await methods.askToAddPasskey(at);
    // Not in another session of the same person, and not for ever.
    await expect(methods.askToAddPasskey({ ...at, sessionId: newId() })).rejects.toEqual(
      refusal('confirmation-needed'),
    );
    clock.advance(600_001);
    await expect(methods.askToAddPasskey(at)).rejects.toEqual(refusal('confirmation-needed'));
  });

  test.each<[string, Misdeeds]>([
    ['made for another site', { origin: 'http://evil.example' }],
    ['made for another node', { rpId: 'sa.localhost' }],
    ['made without the owner’s finger, face or PIN', { isUnverified: true }],
    ['made for another challenge', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
    ['that is an answer of another kind', { type: 'webauthn.get' }],
  ])('%s is not added', async (_name, misdeeds) => {
    const { at, methods } = await atPage();
    const device = createAuthenticator(node.publicUrl);
    const answer = device.add((await methods.askToAddPasskey(at)) as Challenge, misdeeds);
    await expect(methods.addPasskey(at, { answer, name: '' })).rejects.toEqual(refusal('passkey-not-accepted'));
    expect((await methods.list(at)).passkeys).toEqual([]);
  });

  test('is one of several, each with a name and a last use, and no two persons share one', async () => {
    const { at, methods, confirm } = await withPasskey();
    clock.advance(1_000);
    const second = createAuthenticator(node.publicUrl);
    const options = (await methods.askToAddPasskey(at)) as Challenge;
    const answer = second.add(options);
    await methods.addPasskey(at, { answer, name: 'Key \u202e of \n mine' });
    await confirm();
    const { passkeys, events } = await methods.list(at);
    expect(passkeys.map(({ name, lastUsedAt }) => [name, lastUsedAt !== undefined])).toEqual([
      ['Phone', true],
      ['Key of mine', false],
    ]);
    expect(events.map(({ kind }) => kind)).toEqual(['passkey-added', 'passkey-added']);
    const other = await atPage();
    const theirs = (await other.methods.askToAddPasskey(other.at)) as Challenge;
    const stolen = JSON.parse(answer);
    stolen.response.clientDataJSON = Buffer.from(
      JSON.stringify({ type: 'webauthn.create', challenge: theirs.challenge, origin: node.publicUrl }),
    ).toString('base64url');
    await expect(other.methods.addPasskey(other.at, { answer: JSON.stringify(stolen), name: '' })).rejects.toEqual(
      refusal('passkey-not-accepted'),
    );
  });

  test('is the tenth at most, also when many are added at once', async () => {
    const { at, methods } = await withPasskey();
    const answers = [];
    for (let one = 0; one < 11; one += 1)
      answers.push(createAuthenticator(node.publicUrl).add((await methods.askToAddPasskey(at)) as Challenge));
    const done = await Promise.allSettled(answers.map((answer) => methods.addPasskey(at, { answer, name: '' })));
    expect(done.filter(({ status }) => status === 'fulfilled').length).toBe(9);
    await expect(methods.askToAddPasskey(at)).rejects.toEqual(refusal('passkey-limit-reached'));
  });
});

describe('the answer of a passkey', () => {
  test('counts once, where it was asked for', async () => {
    const { at, methods, device, ask } = await withPasskey();
    const answer = device.answer(await ask());
    await methods.confirmByPasskey(at, answer);
    await expect(methods.confirmByPasskey(at, answer)).rejects.toEqual(refusal('passkey-not-accepted'));
    const elsewhere = device.answer(await ask());
    await expect(methods.confirmByPasskey({ ...at, sessionId: newId() }, elsewhere)).rejects.toEqual(
      refusal('passkey-not-accepted'),
    );
    const late = device.answer(await ask());
    clock.advance(300_001);
    await expect(methods.confirmByPasskey(at, late)).rejects.toEqual(refusal('passkey-not-accepted'));
    const both = device.answer(await ask());
    const done = await Promise.allSettled([methods.confirmByPasskey(at, both), methods.confirmByPasskey(at, both)]);
    expect(done.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });

  test.each<[string, Misdeeds]>([
    ['from another site', { origin: 'http://evil.example' }],
    ['from the same host at another port', { origin: 'http://bh.localhost:1' }],
    ['for another node', { rpId: 'sa.localhost' }],
    ['without the owner’s finger, face or PIN', { isUnverified: true }],
    ['to another challenge', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
    ['in the name of another user', { userHandle: Buffer.alloc(32, 1) }],
    ['of another kind', { type: 'webauthn.create' }],
  ])('%s is refused', async (_name, misdeeds) => {
    const { confirm } = await withPasskey();
    await expect(confirm(misdeeds)).rejects.toEqual(refusal('passkey-not-accepted'));
    await confirm();
  });

  test.each(['', '{}', 'null', '[]', '{"id":"x"}', `{"id":"${'a'.repeat(70_000)}"}`])(
    'that is no answer is refused: %.20s',
    async (answer) => {
      const { at, methods } = await withPasskey();
      await expect(methods.confirmByPasskey(at, answer)).rejects.toEqual(refusal('passkey-not-accepted'));
    },
  );

  test('of another person is refused on a page of one’s own', async () => {
    const [mine, theirs] = [await withPasskey(), await withPasskey()];
    const answer = theirs.device.answer(await mine.ask());
    await expect(mine.methods.confirmByPasskey(mine.at, answer)).rejects.toEqual(refusal('passkey-not-accepted'));
  });

  test('whose count went back blocks the passkey: it may have been copied', async () => {
    const { at, methods, confirm } = await withPasskey();
    await confirm({ counter: 9 });
    await expect(confirm({ counter: 9 })).rejects.toEqual(refusal('passkey-copied'));
    await expect(confirm({ counter: 10 })).rejects.toEqual(refusal('passkey-not-accepted'));
    const { passkeys, events } = await methods.list(at);
    expect([passkeys[0]?.isBlocked, events[0]?.kind]).toEqual([true, 'passkey-copied']);
  });

  test('of a removed passkey, or of a suspended person, leads nowhere', async () => {
    const gone = await withPasskey();
    const answer = gone.device.answer(await gone.ask());
    await gone.methods.removePasskey(gone.at, gone.device.credentialId);
    await expect(gone.methods.confirmByPasskey(gone.at, answer)).rejects.toEqual(refusal('passkey-not-accepted'));
    const other = await withPasskey();
    await expect(other.methods.removePasskey(gone.at, other.device.credentialId)).rejects.toEqual(
      refusal('way-unknown'),
    );
    await node.identity.suspendPerson(other.person.personId);
    await expect(other.confirm()).rejects.toEqual(refusal('person-suspended'));
  });

  test('and wrong passwords on a page of one’s own slow down that page, and never a sign-in', async () => {
    const { at, person, methods } = await atPage();
    const codes = new Set<string>();
    for (let one = 0; one < 8; one += 1)
      codes.add(await methods.confirmByPassword(at, { password: 'wrong', code: '' }).catch((error) => error.code));
    expect([...codes]).toEqual(['sign-in-failed', 'too-many-attempts']);
    const { checkPassword } = await signInSteps();
    const attempt = { nationalId: person.nationalId, password, address: at.address };
    expect(await checkPassword(attempt)).toBe(person.personId);
  });

  test('wrong from one address slows that address down and nobody else', async () => {
    const victim = await withPasskey();
    const attacker = { ...victim.at, address: '203.0.113.9' };
    const codes = new Set<string>();
    for (let one = 0; one < 60; one += 1)
      codes.add(await victim.methods.confirmByPasskey(attacker, '{}').catch((error) => error.code));
    expect([...codes]).toEqual(['passkey-not-accepted', 'too-many-attempts']);
    await victim.confirm();
    await expect(victim.methods.confirmByPassword(victim.at, { password: 'wrong', code: '' })).rejects.toEqual(
      refusal('sign-in-failed'),
    );
  });
});
