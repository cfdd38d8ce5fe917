import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { newId } from '#kernel/ids';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { type Catalogue, catalogueMigrations, createCatalogue, type ServiceFiles } from '#modules/catalogue';
import {
  createPublishing,
  factsOf,
  listTextsOf,
  looks,
  type NewService,
  type Official,
  type Publishing,
  publishingMigrations,
  putFacts,
  putInputs,
  putReasons,
  putRequirements,
  putRows,
  putShown,
  putTest,
  putTexts,
  reasonsOf,
  showableIn,
} from '#modules/publishing';
import { openTestDatabase } from '#tests/support/database';
import { findOfficeOf } from './offices.ts';

const clock = fixedClock('2026-11-29T08:00:00Z');
const findOffice = findOfficeOf('sa');
let database: Database;
let catalogue: Catalogue;
let publishing: Publishing;

const official = (officeId: string, ...roles: string[]): Official => ({ personId: newId(), officeId, roles });
const editor = official('moe', 'service-editor');
const publisher = official('moe', 'service-publisher');
const refused = (code: string) => expect.objectContaining({ code });

beforeAll(async () => {
  database = await openTestDatabase(catalogueMigrations, publishingMigrations);
  const state = { code: 'SA', names: { ar: 'السعودية', en: 'Saudi Arabia' }, currency: { code: 'SAR', decimals: 2 } };
  const servicesDir = join(import.meta.dirname, '..', '..', '..', 'services');
  catalogue = createCatalogue({
    ...{ database, clock, state, servicesDir, log: silentLog, keys: memoryKeys(), publicUrl: 'http://sa.test' },
  });
  await catalogue.start();
  const ledger = { append: async () => ({ leafHash: 'ab'.repeat(32) }) };
  publishing = createPublishing({
    ...{
      database,
      clock,
      log: silentLog,
      ledger: ledger as never,
      catalogue,
      state: 'SA',
      currency: 'SAR',
      findOffice,
    },
  });
});
afterAll(() => database.close());

const given: NewService = {
  id: 'study-leave',
  title: { ar: 'إجازة دراسية', en: 'Study leave' },
  purpose: 'school-enrolment',
  theme: 'education',
  lifeEvents: ['study-abroad'],
  audience: ['citizen'],
  channels: [{ kind: 'online' }],
  assurance: 'substantial',
  workingDays: 4,
  amountMinor: 12_500,
};
const edit = async (
  draftId: string,
  ...changes: Array<(files: ServiceFiles) => ServiceFiles | Promise<ServiceFiles>>
) => {
  let { revision } = await publishing.getDraft(editor, draftId);
  for (const change of changes)
    revision = await publishing.editDraft(editor, draftId, { revision, file: 'service.json', edit: change });
  return revision;
};
const problems = async (draftId: string) =>
  (await publishing.getDraft(editor, draftId)).opened.findings.map(({ file, problem }) => `${file}: ${problem}`);
/** Writes every text that is still empty. */
const writeAll = (files: ServiceFiles) =>
  Object.keys(files)
    .filter((file) => file.endsWith('.json'))
    .reduce((held, file) => {
      const texts = listTextsOf(held, file).flatMap(({ path, value }) =>
        value.ar === '' ? [[path.join('.'), { ar: 'نص كُتب', en: 'Written text' }]] : [],
      );
      return putTexts(held, file, Object.fromEntries(texts));
    }, files);

describe('a new service', () => {
  test('is refused to whoever is no editor, under a name that is taken, and for what the office may not ask', async () => {
    const begin = (more: Partial<NewService>, by = editor) => publishing.beginService(by, { ...given, ...more });
    await expect(begin({}, publisher)).rejects.toEqual(refused('role-missing'));
    await expect(begin({ id: 'Study leave' })).rejects.toEqual(refused('service-name-wrong'));
    await expect(begin({ id: 'degree-recognition' })).rejects.toEqual(refused('service-name-taken'));
    await expect(begin({ id: 'passport-renewal' })).rejects.toEqual(refused('service-name-taken'));
    await expect(begin({ title: { ar: '', en: 'x' } })).rejects.toEqual(refused('title-missing'));
    await expect(begin({ purpose: 'good-conduct' })).rejects.toEqual(refused('purpose-not-granted'));
    await expect(begin({ purpose: 'insurance-registration' }, official('interior', 'service-editor'))).rejects.toEqual(
      refused('purpose-not-granted'),
    );
    await expect(begin({ theme: 'nothing' })).rejects.toEqual(refused('theme-unknown'));
    await expect(begin({ lifeEvents: [] })).rejects.toEqual(refused('life-event-missing'));
    await expect(begin({ workingDays: 0 })).rejects.toEqual(refused('days-wrong'));
    await expect(begin({ from: 'no-service' })).rejects.toEqual(refused('draft-unknown'));
    expect(await publishing.listServices(editor)).not.toContainEqual(
      expect.objectContaining({ serviceId: 'study-leave' }),
    );
  });

  test('is a draft that says what it lacks, and once two officials agree a service in the catalogue', async () => {
    const draftId = await publishing.beginService(editor, given);
    await expect(publishing.beginService(editor, given)).rejects.toEqual(refused('service-name-taken'));
    // Nobody but the office sees it.
    expect(catalogue.isKnown('study-leave')).toBe(false);
    const stranger = official('interior', 'service-editor');
    await expect(publishing.getService(stranger, 'study-leave')).rejects.toEqual(refused('draft-unknown'));
    await expect(publishing.getDraft(stranger, draftId)).rejects.toEqual(refused('draft-unknown'));
    expect((await publishing.listServices(editor))[0]).toMatchObject({ serviceId: 'study-leave', label: '1.0.0' });

    expect(await problems(draftId)).toEqual([
      ...['summary', 'outcome', 'whoMayApply', 'requirements.0.why', 'legalBasis.0.title'].flatMap((place) => [
        `service.json: ${place}: the Arabic text is empty`,
        `service.json: ${place}: the English text is empty`,
      ]),
    ]);
    expect(await publishing.submitDraft(editor, draftId, 1).catch(({ code }) => code)).toBe('draft-unsound');
    let revision = await edit(draftId, writeAll);
    expect(await problems(draftId)).toEqual([
      'tests.json: the service has rules and no test case: nobody has seen what they do',
    ]);

    // A rule reads who applies, and gives a reason of its own.
    const shape = (files: ServiceFiles) => [
      ...reasonsOf(files),
      { id: 'of-this-state', outcome: 'approve' as const, forOfficer: false, text: { ar: 'مواطن', en: 'A citizen' } },
    ];
    revision = await edit(
      draftId,
      (files) => putReasons(files, shape(files)),
      (files) =>
        putInputs(files, { remove: [], add: { path: 'evidence.person-identity.nationality', into: 'Decision' } }),
      (files) =>
        putRows(
          files,
          'Decision',
          [
            { id: 'own', tests: ['"SA"'], results: ['"approve"', '"of-this-state"', '"of-this-state"'] },
            { id: 'everybody', tests: ['-'], results: ['"review"', '"officer-decides"', '"officer-decides"'] },
          ],
          { kind: 'save' },
        ),
      ...(['SA', 'BH'] as const).map(
        (nationality) => (files: ServiceFiles) =>
          putTest(files, {
            id: nationality.toLowerCase(),
            title: { ar: 'حالة', en: 'A case' },
            state: 'SA',
            date: '2026-11-29',
            evidence: {
              'person-identity': {
                ...{ full_name_ar: 'سارة', full_name_latin: 'Sara', birth_date: '2000-01-01', nationality },
              },
            },
            answers: { email: 'sara@example.org', declaration: 'yes' },
            expect: {
              pages: ['contact', 'declaration'],
              outcome: nationality === 'SA' ? 'approve' : 'review',
              reasons: [nationality === 'SA' ? 'of-this-state' : 'officer-decides'],
              feeMinor: 12_500,
            },
          }),
      ),
    );
    expect(await problems(draftId)).toEqual([]);
    await expect(
      edit(draftId, (files) =>
        putReasons(
          files,
          shape(files).filter(({ id }) => id !== 'of-this-state'),
        ),
      ),
    ).rejects.toEqual(refused('reason-in-use'));

    await publishing.submitDraft(editor, draftId, revision);
    const draft = await publishing.getDraft(publisher, draftId);
    const { against, differences } = await publishing.compareDraft(draft);
    expect(against).toBe('');
    expect(differences.map(({ place }) => place)).toContain('of-this-state');
    const inForceFrom = new Date('2026-11-30T05:00:00Z');
    const version = await publishing.publishDraft(publisher, draftId, { revision, against, inForceFrom });
    // It comes tomorrow: nobody finds it before, and its office can still mend it.
    expect(catalogue.isKnown('study-leave')).toBe(false);
    expect(await publishing.getService(editor, 'study-leave')).toMatchObject({
      version,
      versions: [{ state: 'scheduled' }],
    });
    const next = await publishing.openDraft(editor, 'study-leave');
    expect((await publishing.getDraft(editor, next)).files['service.json']).toContain('"version": "1.1.0"');
    await publishing.discardDraft(editor, next, 1);
    clock.advance(86_400_000);
    await catalogue.refresh();
    expect(catalogue.search('study leave', 'en')[0]?.service).toMatchObject({ id: 'study-leave', isDelivered: true });
    expect(catalogue.describeService('study-leave')).toMatchObject({ cost: { amountMinor: 12_500 } });
    await expect(publishing.beginService(editor, given)).rejects.toEqual(refused('service-name-taken'));
    // A folder of it, and of every ready-made look, is complete.
    const files = (await catalogue.readVersion('study-leave', version))!;
    for (const { source } of looks)
      expect((await catalogue.inspect('study-leave', { ...files, 'certificate.typ': source })).findings).toEqual([]);
  });

  test('as a copy has the rules of the other, its own name, and no more than its office may ask for', async () => {
    const draftId = await publishing.beginService(editor, {
      ...given,
      id: 'diploma-recognition',
      from: 'degree-recognition',
    });
    const { files, opened } = await publishing.getDraft(editor, draftId);
    expect(opened.service?.definition).toMatchObject({
      id: 'diploma-recognition',
      title: given.title,
      version: '1.0.0',
    });
    expect(opened.service?.definition.offeredBy).toEqual([
      { state: 'SA', office: 'moe', names: findOffice('moe')!.fullNames },
    ]);
    expect(JSON.parse(files['fee.json']!).amounts).toEqual([
      expect.objectContaining({ state: 'SA', amountMinor: 12_500 }),
    ]);
    expect(files['credential.json']).toContain('urn:jisr:credential:diploma-recognition:1');
    expect(files['decision.dmn']).toContain('urn:jisr:service:diploma-recognition');
    expect(files['offers.json']).toBeUndefined();

    const moved = await publishing.beginService(official('insurance', 'service-editor'), {
      ...{ ...given, id: 'insurance-degree', from: 'degree-recognition' },
    });
    const office = official('insurance', 'service-editor');
    expect((await publishing.getDraft(office, moved)).opened.findings).toContainEqual({
      file: 'service.json',
      problem:
        "the office 'insurance' may not ask for 'degree-record.degree_level' for the purpose 'degree-recognition'",
    });
    const granted = { grants: findOffice('moe')!.grants, state: 'SA' };
    const identity = { full_name_ar: 'essential', full_name_latin: 'essential', birth_date: 'essential' } as const;
    const ask = (fields: Record<string, 'essential' | 'optional'>, purpose = 'degree-recognition') =>
      edit(draftId, (held) =>
        putRequirements(held, { purpose, asked: [{ type: 'person-identity', fields, standing: false }] }, granted),
      );
    await expect(ask(identity)).rejects.toEqual(refused('evidence-incomplete'));
    await expect(ask({ ...identity, nationality: 'essential', sex: 'optional' })).rejects.toEqual(
      refused('evidence-not-granted'),
    );
    await expect(ask(identity, 'good-conduct')).rejects.toEqual(refused('purpose-not-granted'));
    await ask({ ...identity, nationality: 'essential', national_id: 'optional' });
    expect((await problems(draftId)).join('\n')).toContain(
      'requirements.0.evidence.fields.4.ifWithheld: the Arabic text is empty',
    );
  });

  test('shows on its document what is chosen, and what several states agreed on is not chosen by one', async () => {
    const draftId = await publishing.beginService(editor, { ...given, id: 'leave-letter' });
    const { files } = await publishing.getDraft(editor, draftId);
    expect(showableIn(files).map(({ key }) => key)).toEqual([
      'evidence.person-identity.full_name_ar',
      'evidence.person-identity.birth_date',
      'evidence.person-identity.nationality',
      'answers.email',
    ]);
    const name = 'evidence.person-identity.full_name_ar';
    await edit(draftId, (held) => putShown(held, { document: [name], credential: [name] }));
    const service = (await publishing.getDraft(editor, draftId)).opened.service!;
    expect(service.definition.document.facts.map(({ value }) => value)).toEqual([
      { ar: name, en: 'evidence.person-identity.full_name_latin' },
    ]);
    expect(service.credential.claims.map(({ claim }) => claim)).toEqual([
      ...['decision_number', 'outcome', 'decided_on', 'full_name_ar', 'full_name_latin'],
    ]);
    await expect(edit(draftId, (held) => putShown(held, { document: [], credential: [] }))).rejects.toEqual(
      refused('document-empty'),
    );
    const facts = factsOf(files);
    const put = (more: Partial<typeof facts>) =>
      edit(draftId, (held) => putFacts(held, { ...facts, ...more }, publishing.vocabulary()));
    await expect(put({ retention: 'P0M' })).rejects.toEqual(refused('time-wrong'));
    await expect(put({ channels: [{ kind: 'app', url: 'http://x' }] })).rejects.toEqual(
      refused('channel-address-wrong'),
    );
    await expect(put({ legalBasis: [] })).rejects.toEqual(refused('law-missing'));
    await put({ validity: { duration: 'P1Y', renewBefore: 'P30D' } });
    expect(JSON.parse((await publishing.getDraft(editor, draftId)).files['service.json']!).validity.text).toEqual({
      ar: expect.stringContaining('سنة'),
      en: 'Valid for 1 year from the day of the decision.',
    });
    const shared = await catalogue.getService('degree-recognition');
    expect(() => putShown(shared.files, { document: [name], credential: [] })).toThrow('agreed');
  });
});
