import { argon2Sync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Clock, fixedClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { nationalIdSchemes } from '#protocol/national-ids';
import { openTestDatabase } from '../../../tests/support/database.ts';
import { hashPassword, identityMigrations, type PersonImport } from '../index.ts';
import {
  addressGroup,
  attemptLimits,
  findTotpStep,
  isPassword,
  openSecret,
  sealSecret,
  waitMs,
} from '../persons/rules.ts';
import { createPersons } from '../persons/service.ts';
import { createThrottle } from '../persons/throttle.ts';
import { codeAt, password, sampleEid, totpSecret } from './federation-in-a-box.ts';

let database: Database;
let clock: Clock & { advance(ms: number): void };
let persons: Awaited<ReturnType<typeof createPersons>>;
let passwordHash: string;
/** Of each suspension that was lifted, whether the person is dead. */
const restored: boolean[] = [];
const keys = memoryKeys();

beforeAll(async () => {
  database = await openTestDatabase(identityMigrations);
  clock = fixedClock('2026-11-22T08:00:00Z');
  const throttle = await createThrottle({ database, clock, keys });
  persons = await createPersons({
    database,
    clock,
    keys,
    eid: sampleEid,
    throttle,
    onRestored: async (_tx, { isDead }) => void restored.push(isDead),
  });
  // Cheap, for the tests that guess often; what a hash costs is tested with real ones.
  const cheap = { memory: 64, passes: 1, parallelism: 1 };
  const nonce = Buffer.alloc(16, 1);
  const tag = argon2Sync('argon2id', { message: Buffer.from(password), nonce, ...cheap, tagLength: 32 });
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  passwordHash = `$argon2id$v=19$m=64,t=1,p=1$${text(nonce)}$${text(tag)}`;
});
afterAll(() => database.close());

let serial = 0;
async function addPerson(change: Partial<PersonImport> = {}): Promise<PersonImport> {
  for (;;) {
    const nationalId = nationalIdSchemes['bh-cpr'].complete(`8506${String(serial++).padStart(4, '0')}`);
    if (nationalId === undefined) continue;
    const names = { ar: 'خالد', en: 'Khalid' };
    const person: PersonImport = {
      personId: newId(),
      scheme: 'bh-cpr',
      nationalId,
      names,
      passwordHash,
      totpSecret,
      ...change,
    };
    await persons.importPersons([person]);
    return person;
  }
}

const guess = (nationalId: string, address: string, typed = 'wrong') =>
  persons.checkPassword({ nationalId, password: typed, address });

async function guessUntilRefused(nationalId: string, address: string, timesMax: number): Promise<number> {
  for (let n = 0; n < timesMax; n++) {
    const error = await guess(nationalId, address).catch((problem: { code: string }) => problem);
    if ((error as { code: string }).code === 'too-many-attempts') return n;
  }
  return timesMax;
}

describe('passwords', () => {
  test('the reference implementation and this one agree', async () => {
    // From the Argon2 reference implementation's own tests (phc-winner-argon2, src/test.c).
    const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await isPassword('password', known)).toBe(true);
    expect(await isPassword('passwore', known)).toBe(false);
  });

  test('the same password typed with other code points is the same password', async () => {
    const hash = await hashPassword('caf\u00e9-\u0643\u0644\u0645\u0629');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await isPassword('cafe\u0301-\u0643\u0644\u0645\u0629', hash)).toBe(true);
  });

  test('a password longer than 128 characters is never right, whatever it begins with', async () => {
    const long = 'a'.repeat(129);
    expect(await isPassword(long, await hashPassword(long))).toBe(false);
  });

  test('an unknown number takes as long as a wrong password', async () => {
    const person = await addPerson({ passwordHash: await hashPassword(password) });
    // Processor time, for a busy machine stretches time on the wall by any factor.
    const measure = async (nationalId: string, address: string) => {
      const start = process.cpuUsage();
      await guess(nationalId, address).catch(() => undefined);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    };
    const wrong: number[] = [];
    const unknown: number[] = [];
    for (let n = 0; n < 5; n++) {
      wrong.push(await measure(person.nationalId, '192.0.2.101'));
      unknown.push(await measure('520202236', '192.0.2.102'));
    }
    const ratio = Math.min(...unknown) / Math.min(...wrong);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

describe('one-time codes', () => {
  // RFC 6238 appendix B, SHA-1; the last six of the eight digits.
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %d seconds the code is %s', async (seconds, code) => {
    expect(await findTotpStep(totpSecret, code, seconds, 0)).toBe(Math.floor(seconds / 30));
  });

  test('one step of clock difference is borne either way, two are not', async () => {
    const steps = await Promise.all(
      [-60, -30, 0, 30, 60].map((shift) => findTotpStep(totpSecret, '050471', 1_111_111_111 + shift, 0)),
    );
    const step = 37_037_037;
    expect(steps).toEqual([undefined, step, step, step, undefined]);
  });

  test('a code is accepted once, also when it comes twice at the same time', async () => {
    const person = await addPerson();
    const attempt = () =>
      persons.checkCode({ personId: person.personId, code: codeAt(clock.now()), address: '192.0.2.1' });
    const results = await Promise.allSettled([attempt(), attempt()]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(attempt()).rejects.toMatchObject({ code: 'code-wrong' });
    clock.advance(30_000);
    await attempt();
  });

  test('loading the sample list again does not make a used code good', async () => {
    const person = await addPerson();
    const attempt = { personId: person.personId, code: codeAt(clock.now()), address: '192.0.2.2' };
    await persons.checkCode(attempt);
    await persons.importPersons([person]);
    await expect(persons.checkCode(attempt)).rejects.toMatchObject({ code: 'code-wrong' });
  });

  test('guessing codes is slowed down', async () => {
    const person = await addPerson();
    const codes = [];
    for (let n = 0; n < 7; n++)
      codes.push(
        await persons
          .checkCode({ personId: person.personId, code: '000000', address: '192.0.2.3' })
          .catch((problem: { code: string }) => problem.code),
      );
    expect(codes).toEqual([...Array(5).fill('code-wrong'), ...Array(2).fill('too-many-attempts')]);
  });

  test('a sealed secret opens for its own person only', () => {
    const key = Buffer.alloc(32, 7);
    const sealed = sealSecret(key, totpSecret, 'a');
    expect(openSecret(key, sealed, 'a')).toBe(totpSecret);
    expect(() => openSecret(key, sealed, 'b')).toThrow();
    expect(sealed.toString('latin1')).not.toContain(totpSecret);
  });
});

describe('guessing passwords', () => {
  test('from one address it is slowed down after five, and time opens it again', async () => {
    const person = await addPerson();
    expect(await guessUntilRefused(person.nationalId, '198.51.100.1', 10)).toBe(5);
    clock.advance(1_000);
    expect(await guess(person.nationalId, '198.51.100.1', password)).toBe(person.personId);
  });

  test('many at once do not slip past the limit', async () => {
    const person = await addPerson();
    const codes = await Promise.all(
      Array.from({ length: 12 }, () =>
        guess(person.nationalId, '198.51.100.2').catch((problem: { code: string }) => problem.code),
      ),
    );
    expect(codes.filter((code) => code === 'sign-in-failed').length).toBe(5);
  });

  test('from many addresses the account slows down too, for a minute at most', async () => {
    const person = await addPerson();
    const codes = [];
    for (let n = 0; n < 24; n++)
      codes.push(await guess(person.nationalId, `203.0.113.${n}`).catch((problem: { code: string }) => problem.code));
    expect(codes.filter((code) => code === 'too-many-attempts').length).toBe(4);
    clock.advance(60_000);
    expect(await guess(person.nationalId, '203.0.113.200', password)).toBe(person.personId);
  });

  test('an attack does not keep a person out of an address they have used', async () => {
    const person = await addPerson();
    await guess(person.nationalId, '198.51.100.50', password);
    await persons.checkCode({ personId: person.personId, code: codeAt(clock.now()), address: '198.51.100.50' });
    for (let n = 0; n < 25; n++) await guess(person.nationalId, `203.0.113.${n + 100}`).catch(() => undefined);
    await expect(guess(person.nationalId, '203.0.113.99', password)).rejects.toMatchObject({
      code: 'too-many-attempts',
    });
    expect(await guess(person.nationalId, '198.51.100.50', password)).toBe(person.personId);
  });

  test('one address that tries many accounts is slowed down', async () => {
    const outcomes = [];
    for (let n = 0; n < 52; n++)
      outcomes.push(
        await guess(`9912${String(n).padStart(5, '0')}`, '2001:db8:1:2::1').catch(
          (problem: { code: string }) => problem.code,
        ),
      );
    expect(outcomes.slice(0, 50).every((code) => code === 'sign-in-failed')).toBe(true);
    expect(outcomes.slice(50)).toEqual(['too-many-attempts', 'too-many-attempts']);
    await expect(guess('991200001', '2001:db8:1:2:ffff::9')).rejects.toMatchObject({ code: 'too-many-attempts' });
  });

  test('waits double to a bound and are forgotten after an hour', () => {
    const at = new Date('2026-11-22T08:00:00Z');
    const wait = (failures: number, ms = 0) =>
      waitMs({ failures, lastFailedAt: at }, attemptLimits.accountHere, new Date(at.getTime() + ms));
    expect([4, 5, 6, 7, 100].map((failures) => wait(failures))).toEqual([0, 1_000, 2_000, 4_000, 900_000]);
    expect(wait(100, 899_999)).toBe(1);
    expect(wait(100, 3_600_000)).toBe(0);
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});

describe('the person store', () => {
  test('a number is found however it is typed', async () => {
    const person = await addPerson();
    const arabic = person.nationalId.replace(/\d/g, (digit) => String.fromCharCode(0x0660 + Number(digit)));
    expect(await persons.findByNationalId(`\u200f${arabic}`)).toMatchObject({
      personId: person.personId,
      names: person.names,
      isSuspended: false,
    });
  });

  test('nobody signs in as a person of whom the register says that they have died, until it takes that back', async () => {
    const { personId, nationalId } = await addPerson();
    const note = (isDead: boolean) => database.transaction((tx) => persons.noteDeath(tx, personId, isDead));
    const enter = () => guess(nationalId, '192.0.2.90', password);
    const standing = async () => (await persons.findPerson(personId))?.isSuspended;
    await note(true);
    await expect(enter()).rejects.toMatchObject({ code: 'person-suspended' });
    await expect(
      persons.checkCode({ personId, code: codeAt(clock.now()), address: '192.0.2.90' }),
    ).rejects.toMatchObject({ code: 'person-suspended' });
    // Each is lifted by whoever it came from, and by nobody else.
    await persons.suspend(personId);
    await persons.reinstate(personId);
    expect(await standing()).toBe(true);
    // Other states are told of no return of somebody who has died.
    expect(restored.splice(0)).toEqual([true]);
    await note(false);
    expect(await standing()).toBe(false);
    expect(await enter()).toBe(personId);
  });

  test('a list with one bad entry is refused whole, and the refusal quotes no number', async () => {
    const person = await addPerson();
    const fresh = { ...person, personId: newId(), nationalId: nationalIdSchemes['bh-cpr'].complete('00010001')! };
    for (const [change, field] of [
      [{ nationalId: '123' }, 'nationalId'],
      [{ passwordHash: 'plain' }, 'passwordHash'],
      [{ totpSecret: 'SHORT' }, 'totpSecret'],
    ] as const)
      await expect(persons.importPersons([fresh, { ...fresh, personId: newId(), ...change }])).rejects.toMatchObject({
        code: 'person-list-invalid',
        params: { position: 2, field },
      });
    expect(await persons.findPerson(fresh.personId)).toBeUndefined();
  });

  test('what has expired is removed, and persons stay', async () => {
    const person = await addPerson();
    await guess(person.nationalId, '198.51.100.77').catch(() => undefined);
    clock.advance(2 * 86_400_000);
    await persons.purge();
    const left = await database.execute('select count(*)::int as n from identity.attempts');
    expect(left.rows).toEqual([{ n: 0 }]);
    expect(await persons.findPerson(person.personId)).toBeDefined();
  });
});
