import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import {
  type Catalogue,
  catalogueMigrations,
  createCatalogue,
  readDecisions,
  type ServiceFiles,
  type TestCase,
} from '#modules/catalogue';
import {
  compareFiles,
  createPublishing,
  editForm,
  listTextsOf,
  type Official,
  type Publishing,
  publishingMigrations,
  putRows,
  putTerms,
  putTexts,
  removeTest,
} from '#modules/publishing';
import { openTestDatabase } from '#tests/support/database';
import { findOfficeOf } from './offices.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const serviceId = 'good-conduct-certificate';
const clock = fixedClock('2026-11-29T08:00:00Z');
const entries: Array<{ kind: string; record: Record<string, unknown> }> = [];
let mayAppend = true;
let dir: string;
let database: Database;
let catalogue: Catalogue;
let publishing: Publishing;

const official = (...roles: string[]): Official => ({ personId: newId(), officeId: 'interior', roles });
const editor = official('service-editor');
const both = official('service-editor', 'service-publisher');
const publisher = official('service-publisher');
const ledger = {
  append: async (_tx: unknown, entry: (typeof entries)[number]) => {
    if (!mayAppend) throw new Error('the process ended here');
    entries.push(entry);
    return { leafHash: 'ab'.repeat(32) };
  },
};

/** A node that starts on this database and this folder. */
async function start(): Promise<void> {
  catalogue = createCatalogue({
    database,
    clock,
    state: { code: 'SA', names: { ar: 'السعودية', en: 'Saudi Arabia' }, currency: { code: 'SAR', decimals: 2 } },
    publicUrl: 'http://sa.test',
    servicesDir: dir,
    log: silentLog,
    keys: memoryKeys(),
    registers: ['employers', 'schools', 'universities'],
  });
  await catalogue.start();
  publishing = createPublishing({
    ...{ database, clock, log: silentLog, ledger: ledger as never, catalogue, state: 'SA', currency: 'SAR' },
    findOffice: findOfficeOf('sa'),
    // The typesetter stands at the edge: its own tests are in signatures.
    setDocument: async ({ template }) => {
      if (template.includes('#fault'))
        return { fault: { at: { line: 7, column: 2 }, message: 'unknown variable: fault' } };
      return template.includes('#slow') ? { limit: 'the document took too long to set' } : { picture: '<svg/>' };
    },
  });
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'publishing-'));
  await cp(join(root, 'services'), dir, { recursive: true });
  database = await openTestDatabase(catalogueMigrations, publishingMigrations);
  await start();
});
afterAll(async () => {
  await database.close();
  await rm(dir, { recursive: true });
});

const title =
  (en: string, ar = 'شهادة حسن السيرة') =>
  (files: ServiceFiles) =>
    putTexts(files, 'service.json', { title: { ar, en } });
const edit = (
  who: Official,
  draftId: string,
  revision: number,
  change: (files: ServiceFiles) => ServiceFiles | Promise<ServiceFiles>,
) => publishing.editDraft(who, draftId, { revision, file: 'service.json', edit: change });
const refused = (code: string) => expect.objectContaining({ code });
const current = async () => (await catalogue.getService(serviceId)).version;

describe('a change of a service', () => {
  test('goes from a draft by one official to the next version by another, at the moment they chose', async () => {
    const before = await current();
    const draftId = await publishing.openDraft(editor, serviceId);
    expect(await publishing.openDraft(both, serviceId)).toBe(draftId);
    await expect(publishing.submitDraft(editor, draftId, 1)).rejects.toEqual(refused('draft-unchanged'));
    const revision = await edit(editor, draftId, 1, title('Good conduct'));
    const draft = await publishing.getDraft(editor, draftId);
    expect(draft.opened.findings).toEqual([]);
    const { against, differences } = await publishing.compareDraft(draft);
    expect(differences).toContainEqual(
      expect.objectContaining({
        what: 'changed',
        place: 'title',
        after: { ar: 'شهادة حسن السيرة', en: 'Good conduct' },
      }),
    );
    await publishing.submitDraft(editor, draftId, revision);
    await expect(edit(editor, draftId, revision, title('Later'))).rejects.toEqual(refused('draft-closed'));
    await expect(publishing.publishDraft(editor, draftId, { revision, against })).rejects.toEqual(
      refused('role-missing'),
    );
    await expect(publishing.publishDraft(publisher, draftId, { revision, against: '0'.repeat(16) })).rejects.toEqual(
      refused('version-changed-since'),
    );
    const inForceFrom = new Date('2026-12-01T05:00:00Z');
    await expect(
      publishing.publishDraft(publisher, draftId, { revision, against, inForceFrom: new Date('2026-11-28T05:00:00Z') }),
    ).rejects.toEqual(refused('moment-past'));
    const version = await publishing.publishDraft(publisher, draftId, { revision, against, inForceFrom });
    expect(entries.at(-1)).toMatchObject({
      kind: 'service-published',
      record: { serviceId, version, officeId: 'interior' },
    });
    expect(await current()).toBe(before);
    const states = async () =>
      Object.fromEntries((await publishing.listVersions(serviceId)).map((one) => [one.version, one.state]));
    expect(await states()).toEqual({ [before]: 'in-force', [version]: 'scheduled' });
    clock.advance(2 * 86_400_000);
    await catalogue.refresh();
    expect(await current()).toBe(version);
    expect(await states()).toEqual({ [before]: 'past', [version]: 'in-force' });
    expect(catalogue.search('good conduct', 'en')[0]?.service.title.en).toBe('Good conduct');
    // Whoever began before reads what they began under.
    expect((await catalogue.getService(serviceId, before)).definition.title.en).not.toBe('Good conduct');
  });

  test('is never published by whoever changed any part of it, and comes back with words', async () => {
    const draftId = await publishing.openDraft(editor, serviceId);
    const one = await edit(editor, draftId, 1, title('A'));
    const two = await edit(both, draftId, one, title('B'));
    await publishing.submitDraft(editor, draftId, two);
    const { against } = await publishing.compareDraft(await publishing.getDraft(both, draftId));
    expect((await publishing.getDraft(both, draftId)).may.publish).toBe(false);
    await expect(publishing.publishDraft(both, draftId, { revision: two, against })).rejects.toEqual(
      refused('own-draft'),
    );
    await expect(publishing.returnDraft(publisher, draftId, two, ' ')).rejects.toEqual(refused('words-missing'));
    await publishing.returnDraft(publisher, draftId, two, 'العنوان قصير');
    const { state, steps } = await publishing.getDraft(editor, draftId);
    expect([state, steps.at(-1)!.body.words]).toEqual(['open', 'العنوان قصير']);
    expect(steps.map(({ kind }) => kind)).toEqual(['opened', 'edited', 'edited', 'submitted', 'returned']);
    await publishing.discardDraft(editor, draftId, two);
  });

  test('by two editors at once loses nothing: the second is told, and what they looked at is still there', async () => {
    const draftId = await publishing.openDraft(editor, serviceId);
    const revision = await edit(editor, draftId, 1, title('First'));
    await expect(edit(both, draftId, 1, title('Second'))).rejects.toEqual(refused('draft-changed-since'));
    const seen = await publishing.readRevision(both, draftId, 1);
    const { files } = await publishing.getDraft(both, draftId);
    expect((await compareFiles(seen!, files)).map(({ place }) => place)).toEqual(['title']);
    expect(await edit(both, draftId, revision, title('Second'))).toBe(revision + 1);
    await publishing.discardDraft(editor, draftId, revision + 1);
  });

  test('with a problem or a test case that does not pass stays a draft', async () => {
    const draftId = await publishing.openDraft(editor, serviceId);
    const xml = (await publishing.getDraft(editor, draftId)).files['decision.dmn']!;
    expect(xml).toContain('nothing-recorded');
    const rows = [
      { id: 'nothing', tests: ['"none"'], results: ['"refuse"', '"nothing-recorded"', '"nothing-recorded"'] },
      { id: 'entry', tests: ['-'], results: ['"review"', '"entry-on-record"', '"entry-on-record"'] },
    ];
    const one = await edit(editor, draftId, 1, (files) => putRows(files, 'GoodConduct', rows, { kind: 'save' }));
    const { tests, differences } = {
      ...(await publishing.getDraft(editor, draftId)),
      ...(await publishing.compareDraft(await publishing.getDraft(editor, draftId))),
    };
    expect(tests.find(({ id }) => id === 'nothing-recorded')!.differences).toContainEqual({
      what: 'outcome',
      expected: 'approve',
      came: 'refuse',
    });
    expect(differences.some(({ what }) => what === 'row-added' || what === 'row-changed')).toBe(true);
    await expect(publishing.submitDraft(editor, draftId, one)).rejects.toEqual(refused('draft-unsound'));
    const two = await edit(editor, draftId, one, title('Only English', ''));
    expect((await publishing.getDraft(editor, draftId)).opened.findings.map(({ problem }) => problem)).toContain(
      'title: the Arabic text is empty',
    );
    await expect(
      edit(editor, draftId, two, (files) => putRows(files, 'NoTable', rows, { kind: 'save' })),
    ).rejects.toEqual(refused('edit-impossible'));
    await publishing.discardDraft(editor, draftId, two);
  });

  test('with a check before applying that turns away somebody entitled stays a draft', async () => {
    const draftId = await publishing.openDraft(editor, serviceId);
    const { files } = await publishing.getDraft(editor, draftId);
    const { decisions } = await readDecisions(files['eligibility.dmn']!);
    const { logic } = decisions.find(({ name }) => name === 'Conditions')!;
    const rows = logic.kind === 'table' ? logic.rules : [];
    const turned = rows.map((row) => ({
      ...row,
      tests: row.tests.map((one) => (one === '"minor"' ? '"adult"' : one)),
    }));
    const one = await edit(editor, draftId, 1, (of) => putRows(of, 'Conditions', turned, { kind: 'save' }));
    const draft = await publishing.getDraft(editor, draftId);
    const said = draft.opened.findings.map(({ problem }) => problem).join('\n');
    expect(said).toContain("'clear' does not pass: outcome: expected may, came may-not");
    expect(said).toContain(
      "'nothing-recorded' does not pass: the check before applying says 'may-not', and the rules approve",
    );
    expect(draft.eligibilityTests.find(({ id }) => id === 'clear')!.differences.length).toBeGreaterThan(0);
    await expect(publishing.submitDraft(editor, draftId, one)).rejects.toEqual(refused('draft-unsound'));
    await publishing.discardDraft(editor, draftId, one);
  });

  test('with a new kind of question needs a test case that answers it, and a register that this state offers', async () => {
    const draftId = await publishing.openDraft(editor, serviceId);
    const label = { ar: 'المدرسة', en: 'School' };
    const add = (registers: string[]) => (files: ServiceFiles) =>
      editForm(
        files,
        {
          kind: 'add-question',
          id: 'school',
          at: { page: JSON.parse(files['form.json']!).pages[0].id },
          of: 'look-up',
          label,
          required: false,
          settings: { lookUp: { register: registers[0]!, mayBeUnlisted: false } },
        },
        registers,
      );
    const problems = async () =>
      (await publishing.getDraft(editor, draftId)).opened.findings.map(({ problem }) => problem);
    const tests = (files: ServiceFiles, change: (cases: TestCase[]) => void) => {
      const { cases, ...others } = JSON.parse(files['tests.json']!);
      change(cases);
      return { ...files, 'tests.json': JSON.stringify({ ...others, cases }) };
    };
    const one = await edit(editor, draftId, 1, add(['prisons']));
    expect((await problems()).join()).toContain("'school' is looked up in 'prisons', which no registry of SA offers");
    const two = await edit(editor, draftId, one, (files) => editForm(files, { kind: 'remove-question', id: 'school' }));
    const three = await edit(editor, draftId, two, add(['schools']));
    expect((await problems()).some((problem) => problem.includes('does not pass: pages'))).toBe(true);
    const four = await edit(editor, draftId, three, (files) =>
      tests(files, (cases) => {
        for (const { expect } of cases) expect.pages.splice(1, 0, 'school');
      }),
    );
    expect(await problems()).toEqual(["no test case answers 'school'"]);
    const five = await edit(editor, draftId, four, (files) =>
      tests(files, ([first]) => {
        first!.answers['school'] = { code: 'S-1', ar: 'مدرسة', en: 'A school' };
      }),
    );
    expect(await problems()).toEqual([]);
    await publishing.submitDraft(editor, draftId, five);
    await publishing.returnDraft(publisher, draftId, five, 'لا حاجة إليه');
    await publishing.discardDraft(editor, draftId, five);
  });

  test('of the look of its document is saved only when it can be set, and tried again before it is submitted', async () => {
    const draftId = await publishing.openDraft(editor, serviceId);
    const { files } = await publishing.getDraft(editor, draftId);
    const source = files['certificate.typ']!;
    const put = (text: string, revision = 1) => publishing.editTemplate(editor, draftId, { revision, source: text });
    await expect(put(`${source}\n#fault`)).rejects.toMatchObject({
      code: 'template-faulty',
      messages: { en: 'The typesetter refuses line 7, column 2: unknown variable: fault. Nothing was saved.' },
    });
    await expect(put(`${source}\n#slow`)).rejects.toEqual(refused('template-too-heavy'));
    await expect(put(`#import "x": *\n${source}`)).rejects.toEqual(refused('template-word'));
    await expect(put('x'.repeat(70_000))).rejects.toEqual(refused('template-too-long'));
    await expect(publishing.editTemplate(publisher, draftId, { revision: 1, source })).rejects.toEqual(
      refused('role-missing'),
    );
    expect((await publishing.getDraft(editor, draftId)).revision).toBe(1);
    const two = await put(`${source}\n// another look`);
    await expect(put(source)).rejects.toEqual(refused('draft-changed-since'));
    expect((await publishing.getDraft(editor, draftId)).opened.findings).toEqual([]);
    // What came into the draft another way is found too.
    const three = await edit(editor, draftId, two, (held) => ({ ...held, 'certificate.typ': `${source}\n#fault` }));
    expect((await publishing.getDraft(editor, draftId)).opened.findings).toEqual([
      { file: 'certificate.typ', problem: 'line 7, column 2: unknown variable: fault' },
    ]);
    await expect(publishing.submitDraft(editor, draftId, three)).rejects.toEqual(refused('draft-unsound'));
    await publishing.discardDraft(editor, draftId, three);
  });

  test('is for officials of the office that offers it and for nobody else', async () => {
    const stranger: Official = { ...official('service-editor', 'service-publisher'), officeId: 'moe' };
    const reviewer = official('reviewer', 'auditor');
    await expect(publishing.openDraft(stranger, serviceId)).rejects.toEqual(refused('draft-unknown'));
    await expect(publishing.openDraft(reviewer, serviceId)).rejects.toEqual(refused('role-missing'));
    await expect(publishing.openDraft(publisher, serviceId)).rejects.toEqual(refused('role-missing'));
    const draftId = await publishing.openDraft(editor, serviceId);
    await expect(publishing.getDraft(stranger, draftId)).rejects.toEqual(refused('draft-unknown'));
    await expect(publishing.getDraft(reviewer, draftId)).rejects.toEqual(refused('role-missing'));
    await publishing.discardDraft(editor, draftId, 1);
  });

  test('that ends between version and entry has never been', async () => {
    const before = await publishing.listVersions(serviceId);
    const draftId = await publishing.openDraft(editor, serviceId);
    const revision = await edit(editor, draftId, 1, title('Killed'));
    await publishing.submitDraft(editor, draftId, revision);
    const { against } = await publishing.compareDraft(await publishing.getDraft(editor, draftId));
    const count = entries.length;
    mayAppend = false;
    await expect(publishing.publishDraft(publisher, draftId, { revision, against })).rejects.toThrow('ended here');
    mayAppend = true;
    expect(await publishing.listVersions(serviceId)).toEqual(before);
    expect((await publishing.getDraft(editor, draftId)).state).toBe('submitted');
    await publishing.publishDraft(publisher, draftId, { revision, against });
    expect(entries.length).toBe(count + 1);
    expect((await catalogue.getService(serviceId)).definition.title.en).toBe('Killed');
    await expect(publishing.publishDraft(publisher, draftId, { revision, against })).rejects.toEqual(
      refused('draft-closed'),
    );
  });

  test('outlives a restart and a newer folder, which is kept beside it and can be begun from', async () => {
    const published = await current();
    const file = join(dir, serviceId, 'texts.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"beforeYouStart": {', '"beforeYouStart":  {'));
    clock.advance(1_000);
    await start();
    expect(await current()).toBe(published);
    const [newest] = await publishing.listVersions(serviceId);
    expect(newest).toMatchObject({ state: 'past' });
    const draftId = await publishing.openDraft(editor, serviceId, newest!.version);
    expect((await publishing.getDraft(editor, draftId)).files['texts.json']).toContain('"beforeYouStart":  {');
    await publishing.discardDraft(editor, draftId, 1);
    await expect(sql`update catalogue.publications set version = version`.execute(database.db)).rejects.toThrow(
      'never',
    );
    // What was published is a folder again: the check finds nothing, and its version is the same.
    const files = (await catalogue.readVersion(serviceId, published))!;
    expect((await catalogue.inspect(serviceId, files)).service?.version).toBe(published);
  });

  test('while it is a draft changes nothing of what anybody has', async () => {
    const before = JSON.stringify([await current(), (await catalogue.getService(serviceId)).files]);
    const draftId = await publishing.openDraft(editor, serviceId);
    let revision = 1;
    const edits: Array<(files: ServiceFiles, text: string) => ServiceFiles | Promise<ServiceFiles>> = [
      (files, text) => title(text)(files),
      (files) => putTerms(files, { code: 'SA', currency: 'SAR' }, { workingDays: 9 }),
      (files) => removeTest(files, 'nothing-recorded'),
      (files, text) =>
        putRows(files, 'GoodConduct', [{ id: 'x', tests: [text || '-'], results: ['"approve"', '""', '""'] }], {
          kind: 'add',
        }),
      (files) => editForm(files, { kind: 'remove-question', id: 'addressee' }),
    ];
    const anEdit = fc.tuple(fc.constantFrom(...edits), fc.string({ maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(anEdit, async ([change, text]) => {
        try {
          revision = await edit(editor, draftId, revision, (files) => change(files, text));
        } catch (error) {
          if (!(error as { code?: string }).code) throw error;
        }
        await catalogue.refresh();
        const now = await catalogue.getService(serviceId);
        expect(JSON.stringify([now.version, now.files])).toBe(before);
        await publishing.getDraft(editor, draftId);
      }),
      { numRuns: 25 },
    );
    await publishing.discardDraft(editor, draftId, revision);
  });
});

describe('a pause', () => {
  const reason = { ar: 'صيانة السجل.', en: 'The register is being mended.' };

  test('is set and ended by a publisher of the office alone, with words that people can read', async () => {
    for (const one of [editor, { ...publisher, officeId: 'moe' }])
      await expect(publishing.pauseService(one, serviceId, { reason })).rejects.toMatchObject({
        code: one === editor ? 'role-missing' : 'draft-unknown',
      });
    const wordless = { reason: { ar: ' ', en: 'x' } };
    await expect(publishing.pauseService(publisher, serviceId, wordless)).rejects.toEqual(refused('pause-unsaid'));
    for (const endsAt of [clock.now(), new Date(Number.NaN), new Date('2099-01-01')])
      await expect(publishing.pauseService(publisher, serviceId, { reason, endsAt })).rejects.toEqual(
        refused('moment-past'),
      );
    expect(await catalogue.findPause(serviceId)).toBeUndefined();
    for (const startsAt of [clock.now(), new Date(Number.NaN)])
      await expect(publishing.resumeService(publisher, serviceId, startsAt)).rejects.toEqual(refused('not-paused'));
    await publishing.pauseService(publisher, serviceId, { reason });
    expect(entries.at(-1)).toMatchObject({ kind: 'service-paused', record: { serviceId, reason } });
    // It stays where people look for it, and says why.
    expect(catalogue.describeService(serviceId).pause).toEqual({ reason });
    expect(catalogue.search('good conduct', 'en')[0]?.service.pause).toEqual({ reason });
    await publishing.resumeService(publisher, serviceId, clock.now());
    expect(entries.at(-1)).toMatchObject({ kind: 'service-resumed' });
    expect(catalogue.describeService(serviceId).pause).toBeUndefined();
  });

  test('outlives a restart, is kept out of what did not reach the ledger, and ends by itself', async () => {
    mayAppend = false;
    await expect(publishing.pauseService(publisher, serviceId, { reason })).rejects.toThrow('ended here');
    mayAppend = true;
    expect(await catalogue.findPause(serviceId)).toBeUndefined();
    const endsAt = new Date(clock.now().getTime() + 3_600_000);
    await publishing.pauseService(publisher, serviceId, { reason, endsAt });
    await start();
    expect(catalogue.listServices().find(({ id }) => id === serviceId)?.pause).toMatchObject({ reason });
    clock.advance(3_600_000);
    expect(await publishing.listPauses(serviceId)).toEqual([]);
    expect(catalogue.describeService(serviceId).pause).toBeUndefined();
  });

  test('said ahead tells until when one can apply, and when it opens again', async () => {
    const at = (hours: number) => new Date(clock.now().getTime() + hours * 3_600_000);
    const [closes, opens, closesAgain] = [at(24), at(48), at(72)];
    for (const times of [{ startsAt: at(-1) }, { startsAt: at(2), endsAt: at(1) }, { startsAt: at(24 * 367) }])
      await expect(publishing.pauseService(publisher, serviceId, { reason, ...times })).rejects.toEqual(
        refused('moment-past'),
      );
    await publishing.pauseService(publisher, serviceId, { reason, startsAt: closes, endsAt: opens });
    expect(entries.at(-1)).toMatchObject({
      kind: 'service-paused',
      record: { pausedAt: closes.toISOString(), endsAt: opens.toISOString() },
    });
    await publishing.pauseService(publisher, serviceId, { reason, startsAt: closesAgain });
    const shown = () => catalogue.listServices().find(({ id }) => id === serviceId)!;
    expect(shown().pause).toBeUndefined();
    expect(shown().nextPause).toEqual({ reason, startsAt: closes.toISOString(), endsAt: opens.toISOString() });
    expect(await catalogue.findPause(serviceId)).toBeUndefined();

    clock.advance(24 * 3_600_000);
    expect(await catalogue.findPause(serviceId)).toMatchObject({ reason });
    expect(shown()).toMatchObject({
      pause: { reason, endsAt: opens.toISOString() },
      nextPause: { startsAt: closesAgain.toISOString() },
    });
    clock.advance(24 * 3_600_000);
    expect(await catalogue.findPause(serviceId)).toBeUndefined();
    expect(shown()).toMatchObject({ nextPause: { startsAt: closesAgain.toISOString() } });
    expect((await publishing.listPauses(serviceId)).map(({ isOn }) => isOn)).toEqual([false]);
    await publishing.resumeService(publisher, serviceId, closesAgain);
    expect(shown().nextPause).toBeUndefined();
  });
});

describe('differences in plain words', () => {
  test('name questions added, removed and moved, conditions, rows and amounts', async () => {
    const files = (await catalogue.readVersion(
      'degree-recognition',
      (
        await catalogue.getService('degree-recognition')
      ).version,
    ))!;
    let after = editForm(files, { kind: 'remove-question', id: 'sector' });
    after = editForm(after, {
      kind: 'add-question',
      id: 'nickname',
      at: { page: 'contact' },
      of: 'radios',
      label: { ar: 'لقب', en: 'Nickname' },
      required: true,
      settings: { options: ['a', 'b'] },
    });
    after = editForm(after, { kind: 'question-down', id: 'email' });
    after = putTerms(
      after,
      { code: 'SA', currency: 'SAR' },
      { workingDays: 7, fee: { amountMinor: 10_000, refundAloneMinorMax: 0, due: 'before-sending' } },
    );
    const found = await compareFiles(files, after);
    const said = found.map(({ what, place }) => `${what} ${place}`);
    expect(said).toEqual(
      expect.arrayContaining([
        'question-removed sector',
        'question-added nickname',
        'changed serviceLevel.workingDays',
        'added amounts.SA',
      ]),
    );
    expect(said.filter((one) => one.startsWith('question-moved'))).toHaveLength(1);
    const { findings } = await catalogue.inspect('degree-recognition', after);
    // The new options have no words of their own yet that anybody would mind; the form holds together.
    expect(findings.filter(({ file }) => file === 'form.json')).toEqual([]);
    expect(listTextsOf(after, 'form.json').some(({ path }) => path.includes('nickname'))).toBe(true);
    expect(await compareFiles(files, files)).toEqual([]);
  });
});
