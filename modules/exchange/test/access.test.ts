import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { newId } from '#kernel/ids';
import { silentLog } from '#kernel/log';
import { findEvidenceType } from '#protocol/catalogue';
import { openTestDatabase } from '#tests/support/database';
import type { AccessRule, AccessRules } from '../access/contract.ts';
import { compareAccessRules } from '../access/differences.ts';
import {
  type AccessFacts,
  compileAccess,
  decideAccess,
  digestAccessRules,
  findAccessFaults,
  readAccessRules,
} from '../access/rules.ts';
import { type Access, createAccess, grantAccess } from '../access/service.ts';
import { decideDisclosure, isOpen, shownOf } from '../disclosure/rules.ts';
import { exchangeMigrations } from '../index.ts';
import { accessRules } from './two-states.ts';

const at = new Date('2026-11-22T12:00:00Z');
const facts: AccessFacts = {
  requester: 'http://sa.example/offices/moe',
  member: 'SA/GOV/moe',
  state: 'SA',
  marks: ['http://gcc.example/marks/evidence-requester'],
  evidenceType: 'degree-record',
  fields: ['degree_level'],
  purpose: 'degree-recognition',
  ground: 'consent',
  at,
};
const rule: AccessRule = {
  id: 'one',
  who: { office: 'SA/GOV/moe' },
  evidenceType: 'degree-record',
  fields: ['degree_level', 'gpa'],
  purposes: ['degree-recognition'],
  grounds: ['consent'],
};
const withRules = (...rules: AccessRule[]): AccessRules => ({ groups: { g: ['SA/GOV/moe'] }, rules, disclosure: [] });
const decide = (rules: AccessRules, changes: Partial<AccessFacts> = {}) =>
  decideAccess(compileAccess(rules, 7), { ...facts, ...changes });

describe('a question is allowed', () => {
  test('by nothing when there are no rules', () => {
    expect(decide(withRules())).toEqual({ isAllowed: false, code: 'access-not-granted', version: 7, nearest: [] });
  });

  test.each<[string, AccessRule['who']]>([
    ['an office by its entity id', { office: 'http://sa.example/offices/moe' }],
    ['an office by its member code', { office: 'SA/GOV/moe' }],
    ['a group', { group: 'g' }],
    ['a trust mark', { trustMark: 'evidence-requester' }],
    ['a state', { state: 'SA' }],
  ])('to %s, by the one rule that covers it whole', (_words, who) => {
    expect(decide(withRules({ ...rule, who }))).toEqual({ isAllowed: true, ruleId: 'one', version: 7 });
  });

  test.each<[string, Partial<AccessFacts>]>([
    ['another office of the state', { requester: 'http://sa.example/offices/x', member: 'SA/GOV/x' }],
    ['another evidence type', { evidenceType: 'person-identity' }],
    ['another purpose', { purpose: 'insurance-registration' }],
    ['one field more', { fields: ['degree_level', 'study_mode'] }],
    ['no field at all', { fields: [] }],
    ['a law', { ground: 'gcc-insurance-extension' }],
  ])('but not with %s', (_words, changes) => {
    expect(decide(withRules(rule), changes).isAllowed).toBe(false);
  });

  test('from the first moment of a rule to the one before its last', () => {
    const timed = withRules({ ...rule, from: '2026-11-22T12:00:00Z', until: '2026-11-23T12:00:00Z' });
    const allowedAt = (moment: string) => decide(timed, { at: new Date(moment) }).isAllowed;
    expect(allowedAt('2026-11-22T11:59:59.999Z')).toBe(false);
    expect(allowedAt('2026-11-22T12:00:00Z')).toBe(true);
    expect(allowedAt('2026-11-23T11:59:59.999Z')).toBe(true);
    expect(allowedAt('2026-11-23T12:00:00Z')).toBe(false);
  });

  test('never by two rules that cover half of it each', () => {
    const rules = withRules({ ...rule, fields: ['gpa'] }, { ...rule, id: 'two', fields: ['degree_level'] });
    expect(decide(rules, { fields: ['gpa', 'degree_level'] }).isAllowed).toBe(false);
  });

  test('a mark whose address merely ends alike is another mark', () => {
    const rules = withRules({ ...rule, who: { trustMark: 'evidence-requester' } });
    expect(decide(rules, { marks: ['http://gcc.example/marks/not-evidence-requester'] }).isAllowed).toBe(false);
  });
});

test('a refusal names the nearest rules first, and exactly what would change it', () => {
  const far: AccessRule = { ...rule, id: 'far', who: { state: 'KW' }, purposes: ['estate-settlement'] };
  const decision = decide(withRules(far, rule), { fields: ['gpa', 'study_mode'] });
  expect(decision).toEqual({
    isAllowed: false,
    code: 'access-not-granted',
    version: 7,
    nearest: [
      { ruleId: 'one', changes: [{ part: 'fields', missing: ['study_mode'] }] },
      {
        ruleId: 'far',
        changes: [
          { part: 'who', allowed: { state: 'KW' } },
          { part: 'purpose', allowed: ['estate-settlement'] },
          { part: 'fields', missing: ['study_mode'] },
        ],
      },
    ],
  });
});

const few = <T>(...values: T[]) => fc.constantFrom(...values);
const fieldNames = Object.keys(findEvidenceType('degree-record')!.fields).slice(0, 4);
const someWho = few<AccessRule['who']>(
  { office: 'SA/GOV/moe' },
  { office: 'http://kw.example/offices/moe' },
  { group: 'g' },
  { trustMark: 'evidence-requester' },
  { state: 'SA' },
  { state: 'KW' },
);
const moments = few('2026-11-21T12:00:00Z', '2026-11-22T12:00:00Z', '2026-11-23T12:00:00Z');
const someRule = fc.record<AccessRule>(
  {
    id: fc.stringMatching(/^[a-z]{8}$/),
    who: someWho,
    evidenceType: few('degree-record', 'person-identity'),
    fields: fc.subarray(fieldNames, { minLength: 1 }),
    purposes: fc.subarray(['degree-recognition', 'insurance-registration'], { minLength: 1 }),
    grounds: fc.subarray(['consent', 'gcc-insurance-extension'], { minLength: 1 }),
    from: moments,
    until: moments,
  },
  { requiredKeys: ['id', 'who', 'evidenceType', 'fields', 'purposes', 'grounds'] },
);
const someFacts = fc.record<AccessFacts>({
  requester: few('http://sa.example/offices/moe', 'http://kw.example/offices/moe'),
  member: few('SA/GOV/moe', 'KW/GOV/moe'),
  state: few('SA', 'KW'),
  marks: few<string[]>([], ['http://gcc.example/marks/evidence-requester'], ['http://gcc.example/marks/other']),
  evidenceType: few('degree-record', 'person-identity'),
  fields: fc.subarray(fieldNames),
  purpose: few('degree-recognition', 'insurance-registration'),
  ground: few('consent', 'gcc-insurance-extension'),
  at: few('2026-11-21T12:00:00Z', '2026-11-22T12:00:00Z', '2026-11-23T12:00:00Z').map((text) => new Date(text)),
});
const someRules = fc.uniqueArray(someRule, { selector: ({ id }) => id, maxLength: 6 });

/** The rule read word by word, with none of the tables that the decision uses. */
const isInside = (one: AccessRule, asked: AccessFacts) => {
  const { who } = one;
  const isWho =
    ('office' in who && [asked.requester, asked.member].includes(who.office)) ||
    ('group' in who && asked.member === 'SA/GOV/moe') ||
    ('trustMark' in who && asked.marks.includes(`http://gcc.example/marks/${who.trustMark}`)) ||
    ('state' in who && asked.state === who.state);
  return (
    isWho &&
    one.evidenceType === asked.evidenceType &&
    asked.fields.length > 0 &&
    asked.fields.every((field) => one.fields.includes(field)) &&
    one.purposes.includes(asked.purpose) &&
    one.grounds.includes(asked.ground) &&
    (one.from === undefined || new Date(one.from) <= asked.at) &&
    (one.until === undefined || asked.at < new Date(one.until))
  );
};

describe('whatever the rules and the question', () => {
  test('what is allowed lies inside the rule that is named, and what lies inside a rule is allowed', () => {
    let allowed = 0;
    fc.assert(
      fc.property(someRules, someFacts, (rules, asked) => {
        const decision = decide(withRules(...rules), asked);
        if (decision.isAllowed) allowed += 1;
        expect(decision.isAllowed).toBe(rules.some((one) => isInside(one, asked)));
        if (decision.isAllowed) expect(isInside(rules.find(({ id }) => id === decision.ruleId)!, asked)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(allowed).toBeGreaterThan(20);
  });

  test('removing a rule never allows more, and adding one never allows less', () => {
    fc.assert(
      fc.property(someRules, someFacts, fc.nat(5), (rules, asked, index) => {
        const fewer = rules.filter((_, place) => place !== index);
        if (decide(withRules(...fewer), asked).isAllowed)
          expect(decide(withRules(...rules), asked).isAllowed).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('asking for fewer fields never turns a yes into a no', () => {
    fc.assert(
      fc.property(someRules, someFacts, (rules, asked) => {
        if (!decide(withRules(...rules), asked).isAllowed) return;
        for (const field of asked.fields)
          expect(decide(withRules(...rules), { ...asked, fields: [field] }).isAllowed).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('making the changes that a refusal names for a rule makes that rule allow the question', () => {
    fc.assert(
      fc.property(someRules, someFacts, (rules, asked) => {
        const decision = decide(withRules(...rules), asked);
        if (decision.isAllowed || asked.fields.length === 0) return;
        for (const { ruleId, changes } of decision.nearest) {
          const { from, until, ...changed } = structuredClone(rules.find(({ id }) => id === ruleId)!);
          expect(changes.length).toBeGreaterThan(0);
          const isTimeNamed = changes.some(({ part }) => part === 'time');
          for (const change of changes) {
            if (change.part === 'who') changed.who = { office: asked.member };
            if (change.part === 'purpose') changed.purposes = [asked.purpose];
            if (change.part === 'fields') changed.fields.push(...change.missing);
            if (change.part === 'ground') changed.grounds = [asked.ground];
          }
          const times = isTimeNamed ? {} : { ...(from ? { from } : {}), ...(until ? { until } : {}) };
          expect(decide(withRules({ ...changed, ...times }), asked).isAllowed).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a file of rules', () => {
  test.each<[string, unknown]>([
    ['at', {}],
    ['there is no evidence type', withRules({ ...rule, evidenceType: 'tax-record' })],
    ['has no field', withRules({ ...rule, fields: ['salary'] })],
    ['there is no purpose', withRules({ ...rule, purposes: ['curiosity'] })],
    ['there is no law', withRules({ ...rule, grounds: ['no-such-law'] })],
    ['there is no group', withRules({ ...rule, who: { group: 'nobody' } })],
    ['twice', withRules(rule, rule)],
    ['before it begins', withRules({ ...rule, from: '2026-02-01T00:00:00Z', until: '2026-01-01T00:00:00Z' })],
    ['at /rules/0/fields', withRules({ ...rule, fields: [] })],
    ['days', { ...withRules(rule), disclosure: [{ purpose: 'estate-settlement', class: 'delayed' }] }],
    ['there is no purpose', { ...withRules(rule), disclosure: [{ purpose: 'curiosity', class: 'open' }] }],
  ])('that is wrong stops the start and says what: %s', (words, rules) => {
    expect(() => readAccessRules(rules)).toThrow(words);
  });

  test.each(['ae', 'bh', 'kw', 'om', 'qa', 'sa'])('of the sample state %s holds', (id) => {
    const file = new URL(`../../../states/${id}/access.json`, import.meta.url);
    expect(() => readAccessRules(JSON.parse(readFileSync(file, 'utf8')))).not.toThrow();
  });

  test('has each fault named with its place, and in both languages', () => {
    const faults = findAccessFaults({
      ...withRules({ ...rule, fields: ['gpa', 'salary'] }, { ...rule, purposes: ['curiosity'] }),
      disclosure: [{ purpose: 'estate-settlement', class: 'delayed' }],
    });
    expect(faults.map((fault) => fault.at)).toEqual([
      '/rules/0/fields/1',
      '/rules/1/purposes/0',
      '/rules/1/id',
      '/disclosure/0',
    ]);
    for (const { words } of faults) expect(words.ar).toMatch(/\p{Script=Arabic}/u);
  });

  test('is compared with another rule by rule', () => {
    const before = withRules(rule, { ...rule, id: 'old' });
    const after: AccessRules = {
      groups: { g: ['SA/GOV/moe', 'BH/GOV/moe'] },
      rules: [
        { ...rule, fields: ['gpa', 'study_mode'], until: '2027-01-01T00:00:00Z' },
        { ...rule, id: 'new' },
      ],
      disclosure: [{ purpose: 'estate-settlement', class: 'open' }],
    };
    expect(compareAccessRules(before, after)).toEqual([
      {
        part: 'rule',
        id: 'one',
        kind: 'changed',
        lines: ['until: - -> "2027-01-01T00:00:00Z"', 'fields: +study_mode -degree_level'],
      },
      { part: 'rule', id: 'old', kind: 'removed', lines: [] },
      { part: 'rule', id: 'new', kind: 'added', lines: [] },
      { part: 'group', id: 'g', kind: 'changed', lines: ['offices: +BH/GOV/moe'] },
      expect.objectContaining({ part: 'disclosure', kind: 'added' }),
    ]);
    expect(compareAccessRules(before, { ...before, rules: before.rules.toReversed() })).toEqual([]);
    const classes = [
      { purpose: 'estate-settlement', class: 'open' },
      { purpose: 'estate-settlement', class: 'about-others' },
    ] as AccessRules['disclosure'];
    const [one, other] = [classes, classes.toReversed()].map((disclosure) => ({ ...before, disclosure }));
    expect(compareAccessRules(one!, other!)).toEqual([{ part: 'disclosure', id: 'order', kind: 'changed', lines: [] }]);
  });

  test('has one digest however it is laid out', () => {
    const { groups, rules, disclosure } = accessRules;
    expect(digestAccessRules({ disclosure, rules, groups })).toBe(digestAccessRules(accessRules));
    expect(digestAccessRules(withRules(rule))).not.toBe(digestAccessRules(accessRules));
  });
});

describe('versions of the rules', () => {
  let database: Database;
  let entries: Array<{ kind: string; record: Record<string, unknown> }>;
  beforeAll(async () => {
    database = await openTestDatabase(exchangeMigrations);
  });
  beforeEach(async () => {
    await sql`delete from exchange.access_versions`.execute(database.db);
    entries = [];
  });
  afterAll(() => database.close());
  const ledger = {
    append: async (_tx: unknown, entry: { kind: string; record: Record<string, unknown> }) => {
      entries.push(entry);
      return { leafHash: newId() } as never;
    },
  };
  const open = (rules: unknown, changes: object = {}) =>
    createAccess({ database, clock: fixedClock(at), log: silentLog, ledger, accessRules: rules, ...changes });
  const allow = async (access: Access) => grantAccess(await access.current(), facts);
  const first = withRules(rule);
  const second = withRules({ ...rule, id: 'two' });
  const reason = 'agreement of December';

  test('begin with the file, and go on by what is published, each with a ledger entry', async () => {
    const access = open(first);
    expect(await allow(access)).toEqual({ ruleId: 'one', version: 1 });
    expect(await access.publish({ rules: second, basedOn: 1, reason })).toEqual({ version: 2, isNew: true });
    expect(await allow(access)).toEqual({ ruleId: 'two', version: 2 });
    // Going back is a change too: what was in force when stays readable.
    expect(await access.publish({ rules: first, basedOn: 2, reason })).toEqual({ version: 3, isNew: true });
    expect(entries.map(({ kind, record }) => [kind, record['version'], record['changedBy'], record['reason']])).toEqual(
      [
        ['access-rules-changed', 1, 'state-folder', undefined],
        ['access-rules-changed', 2, 'operator', reason],
        ['access-rules-changed', 3, 'operator', reason],
      ],
    );
    expect(entries[1]!.record['previousDigest']).toBe(entries[0]!.record['digest']);
    expect((await access.listVersions()).map(({ version, rulesCount }) => [version, rulesCount])).toEqual([
      [3, 1],
      [2, 1],
      [1, 1],
    ]);
    expect((await access.readVersion(2)).rules).toEqual(second);
    await expect(access.readVersion(4)).rejects.toMatchObject({ code: 'access-version-unknown' });
  });

  test('outlive the process: the file of the next start changes nothing', async () => {
    const access = open(first);
    await access.current();
    await access.publish({ rules: second, basedOn: 1, reason });
    expect(await allow(open(first))).toEqual({ ruleId: 'two', version: 2 });
    expect(entries).toHaveLength(2);
  });

  test('are the same version when the same rules are published again, and are refused whole', async () => {
    const access = open(first);
    await access.current();
    expect(await access.publish({ rules: structuredClone(first), basedOn: 1, reason })).toEqual({
      version: 1,
      isNew: false,
    });
    const halfWrong = withRules({ ...rule, id: 'good' }, { ...rule, id: 'bad', fields: ['salary'] });
    await expect(access.publish({ rules: halfWrong, basedOn: 1, reason })).rejects.toMatchObject({
      code: 'access-rules-invalid',
      params: { where: '/rules/1/fields/0', count: 1 },
    });
    await expect(access.publish({ rules: second, basedOn: 7, reason })).rejects.toMatchObject({
      code: 'access-rules-superseded',
    });
    expect([await allow(access), entries.length]).toEqual([{ ruleId: 'one', version: 1 }, 1]);
  });

  test('are taken over by the other processes of the node, by one small read', async () => {
    const [here, there] = [open(first), open(first)];
    expect([await allow(here), await allow(there)].map(({ version }) => version)).toEqual([1, 1]);
    await here.publish({ rules: second, basedOn: 1, reason });
    expect((await allow(there)).version).toBe(1);
    await there.refresh();
    expect(await allow(there)).toEqual({ ruleId: 'two', version: 2 });
    // Of two who publish at once, on the same version, one is told to look again.
    const both = await Promise.allSettled(
      [here, there].map((access, index) =>
        access.publish({ rules: withRules({ ...rule, id: `three-${index}` }), basedOn: 2, reason }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await Promise.all([here.refresh(), there.refresh()]);
    expect(await allow(here)).toEqual(await allow(there));
  });

  test('are settled once by processes that start at the same time', async () => {
    const versions = await Promise.all([1, 2, 3, 4].map(async () => (await open(first).current()).version));
    expect([versions, entries.length]).toEqual([[1, 1, 1, 1], 1]);
  });

  test('are read from the database once, and not for each question', async () => {
    let queries = 0;
    const counting = {
      transaction: (work: never) => {
        queries += 1;
        return database.transaction(work);
      },
    };
    const counted = open(first, { database: counting });
    for (let turn = 0; turn < 50; turn += 1) await allow(counted);
    expect(queries).toBe(1);
  });

  test('a database that is away for the first question does not keep the second from being answered', async () => {
    let isAway = true;
    const failing = {
      ...database,
      transaction: (work: never) => (isAway ? Promise.reject(new Error('away')) : database.transaction(work)),
    };
    const access = open(first, { database: failing });
    await expect(allow(access)).rejects.toThrow('away');
    isAway = false;
    expect((await allow(access)).ruleId).toBe('one');
  });
});

describe('disclosure', () => {
  const asked = { evidenceType: 'person-identity', fields: ['birth_date'], caseId: 'SA-1' };
  const person = { nationalId: '900101233', salt: 'q2Vn0m4s1hTq3wq0w0e1rA' };
  const under = (purpose: string, sealUntil?: string) => ({
    ...asked,
    purpose,
    person,
    ground: { law: 'gcc-criminal-assistance', ...(sealUntil ? { sealUntil } : {}) },
  });
  const rules = [
    { purpose: 'criminal-investigation', class: 'delayed', days: 10 },
    { purpose: 'estate-settlement', class: 'about-others' },
  ] as const;
  const inDays = (days: number) => new Date(at.getTime() + days * 86_400_000);

  test('is open without a rule, and for what was consented to whatever the rules say', () => {
    const consented = { ...asked, purpose: 'estate-settlement', consentId: newId() };
    for (const question of [under('insurance-registration'), consented]) {
      const disclosure = decideDisclosure(rules, question, at);
      expect(disclosure).toEqual({ class: 'open', hiddenUntil: null, isAboutOthers: false });
      expect(isOpen(disclosure)).toBe(true);
      expect(shownOf(disclosure, at)).toBe('all');
    }
  });

  test('that is delayed tells at once that something is recorded, and after its days what', () => {
    const disclosure = decideDisclosure(rules, under('criminal-investigation'), at);
    expect(isOpen(disclosure)).toBe(false);
    expect([0, 9.99, 10].map((days) => shownOf(disclosure, inDays(days)))).toEqual(['later', 'later', 'all']);
  });

  test('that is sealed tells nothing before its day, though a rule would only delay it', () => {
    const disclosure = decideDisclosure(rules, under('criminal-investigation', inDays(20).toISOString()), at);
    expect([0, 15, 20].map((days) => shownOf(disclosure, inDays(days)))).toEqual(['nothing', 'nothing', 'all']);
  });

  test('that is about others stays in part, also after a seal', () => {
    expect(shownOf(decideDisclosure(rules, under('estate-settlement'), at), inDays(9_999))).toBe('part');
    const sealed = decideDisclosure(rules, under('estate-settlement', inDays(5).toISOString()), at);
    expect([0, 5].map((days) => shownOf(sealed, inDays(days)))).toEqual(['nothing', 'part']);
  });
});
