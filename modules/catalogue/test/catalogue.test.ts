import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createHttpServer, mountContract } from '#kernel/http';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import {
  catalogueMigrations,
  checkService,
  createCatalogue,
  evaluateDecision,
  loadServices,
  type ServiceSummary,
} from '#modules/catalogue';
import { openTestDatabase } from '#tests/support/database';

const servicesDir = join(import.meta.dirname, '..', '..', '..', 'services');
const folders: string[] = [];
const clock = fixedClock('2026-11-22T08:00:00Z');
let database: Database;
beforeAll(async () => {
  database = await openTestDatabase(catalogueMigrations);
});
afterAll(() => database.close());
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

/** A copy of the sample services in which files may be changed. */
async function copyServices(): Promise<{
  dir: string;
  change(file: string, edit: (text: string) => string, serviceId?: string): Promise<void>;
}> {
  const dir = await mkdtemp(join(tmpdir(), 'services-'));
  folders.push(dir);
  await cp(servicesDir, dir, { recursive: true });
  return {
    dir,
    change: async (file, edit, serviceId = 'degree-recognition') => {
      const path = join(dir, serviceId, file);
      await writeFile(path, edit(await readFile(path, 'utf8')));
    },
  };
}

const currencies: Record<string, string> = { AE: 'AED', BH: 'BHD', KW: 'KWD', OM: 'OMR', QA: 'QAR', SA: 'SAR' };
const open = (state: string, dir = servicesDir, code = currencies[state]!) =>
  createCatalogue({
    database,
    clock,
    state: { code: state, names: { ar: 'دولة', en: 'State' }, currency: { code, decimals: 2 } },
    publicUrl: 'https://portal.example',
    servicesDir: dir,
    log: silentLog,
    keys: memoryKeys(),
  });

describe('the published services', () => {
  test('have nothing wrong with them', async () => {
    const { published, findings } = await loadServices(servicesDir);
    expect(findings).toEqual([]);
    expect(published.length).toBeGreaterThan(0);
  });

  test('are offered by all six states, each under the name of its own ministry', async () => {
    const names = new Set<string>();
    for (const state of ['BH', 'KW', 'OM', 'QA', 'SA', 'AE']) {
      const catalogue = open(state);
      await catalogue.start();
      const service = catalogue.listServices().find(({ id }) => id === 'degree-recognition');
      // Two states ask a fee for it, each in the smallest unit of its own currency.
      const costMinor = { AE: 15_000, KW: 5_000 }[state] ?? 0;
      expect(service).toMatchObject({ id: 'degree-recognition', state, costMinor });
      // Who pays less is said where there is something to pay.
      const { feeExemptions } = catalogue.describeService('degree-recognition').delivery!;
      expect(feeExemptions).toHaveLength(costMinor > 0 ? 2 : 0);
      names.add(service!.office.names.en);
    }
    expect(names.size).toBe(6);
  });

  test('tell what is asked from whom, field by field, before anybody signs in', async () => {
    const catalogue = open('SA');
    await catalogue.start();
    const { asked, howDecided } = catalogue.describeService('degree-recognition').delivery!;
    const gpa = asked.flatMap(({ fields }) => fields).find(({ name }) => name === 'gpa');
    expect(gpa).toMatchObject({ essential: false, names: { ar: 'المعدل التراكمي' } });
    expect(gpa?.ifWithheld?.en).toContain('does not depend on it');
    expect(howDecided.ar).toContain('قواعد منشورة');
    expect(() => catalogue.describeService('unknown')).toThrow(expect.objectContaining({ code: 'service-unknown' }));
  });

  test('are kept by version for ever, so that a case ends under the rules it began under', async () => {
    const { dir, change } = await copyServices();
    const catalogue = open('SA', dir);
    await catalogue.start();
    const before = (await catalogue.findService('degree-recognition'))!;
    await change('texts.json', (text) => text.replace('Recognised', 'Accepted'));
    await catalogue.start();
    const after = (await catalogue.findService('degree-recognition'))!;
    expect(after.version).not.toBe(before.version);
    expect(after.texts.outcomeApproved.en).toBe('Accepted');
    const old = await open('SA', dir).findService('degree-recognition', before.version);
    expect(old?.texts.outcomeApproved.en).toBe('Recognised');
    expect(await catalogue.findService('degree-recognition', '0000000000000000')).toBeUndefined();
    await expect(sql`update catalogue.versions set label = 'x'`.execute(database.db)).rejects.toThrow('never changes');
  });

  test('answer over HTTP in the shape of the contract', async () => {
    const catalogue = open('OM');
    await catalogue.start();
    const server = createHttpServer({
      publicUrl: 'http://om.test',
      log: silentLog,
      clock,
      identify: async () => ({ kind: 'anyone' }),
    });
    mountContract(server, catalogue.contract, catalogue.handlers);
    const get = async (url: string) => {
      const answer = await server.fastify.inject({ url });
      return { status: answer.statusCode, body: answer.json() };
    };
    const { services } = (await get('/api/services')).body as { services: ServiceSummary[] };
    expect(services.length).toBeGreaterThan(20);
    const ofSchool = (await get('/api/services?theme=education&audience=citizen&age=7')).body.services;
    expect(ofSchool.map(({ id }: ServiceSummary) => id)).toContain('school-enrolment');
    expect(ofSchool.map(({ id }: ServiceSummary) => id)).not.toContain('passport-renewal');
    expect((await get('/api/services/school-enrolment')).body).toMatchObject({ isDelivered: false, isShared: false });
    expect((await get('/api/services?audience=king')).status).toBe(400);
    expect((await get(`/api/services/search?q=${encodeURIComponent('معادلة شهادة')}`)).body.hits[0].service.state).toBe(
      'OM',
    );
    expect((await get('/api/services/degree-recognition')).body.office.id).toBe('moe');
    expect(await get('/api/services/nothing')).toMatchObject({ status: 404, body: { code: 'service-unknown' } });
    expect((await get(`/api/services/search?q=${'x'.repeat(201)}`)).status).toBe(400);
    await server.close();
  });
});

test('a fee in another currency than the state has is not published', async () => {
  await expect(open('KW', servicesDir, 'QAR').start()).rejects.toThrow('asks for KWD, but the currency there is QAR');
});

describe('a service that does not fit together is not published', () => {
  const cases: Array<[string, string, (text: string) => string, string]> = [
    ['JSON that is broken', 'texts.json', (text) => text.slice(0, -5), 'this is not JSON'],
    ['a missing text', 'texts.json', (text) => text.replace('sealNote', 'sealNot'), 'the file lacks sealNote'],
    [
      'a language in the place of the other',
      'reasons.json',
      (text) => text.replace('الجامعة في القائمة المعتمدة.', 'On the list.'),
      'not in Arabic',
    ],
    [
      'a field that no evidence has',
      'service.json',
      (text) => text.replace('"name": "study_mode"', '"name": "study_form"'),
      "has no field 'study_form'",
    ],
    [
      'an optional field without its consequence',
      'service.json',
      (text) => text.replace('"name": "birth_date", "essential": true', '"name": "birth_date", "essential": false'),
      'say in ifWithheld',
    ],
    [
      'a document that prints what nobody was asked for',
      'service.json',
      (text) => text.replaceAll('evidence.degree-record.gpa"', 'evidence.degree-record.grade"'),
      "'evidence.degree-record.grade' is not asked for",
    ],
    [
      'a rule input that nothing fills',
      'service.json',
      (text) => text.replace('"thisYear": "today.year",', ''),
      "the input 'thisYear' is given no value",
    ],
    [
      'a reason without words',
      'decision.dmn',
      (text) => text.replace('"doctorate-reviewed"</text>', '"doctorate"</text>'),
      "the reason 'doctorate' has no text",
    ],
    ['rules that are not FEEL', 'decision.dmn', (text) => text.replace('[1960..thisYear]', '[1960..'), 'is not FEEL'],
    [
      'XML with an entity',
      'decision.dmn',
      (text) => text.replace('<definitions', '<!DOCTYPE x [<!ENTITY e "x">]><definitions'),
      'DOCTYPE',
    ],
    [
      'a document without its number',
      'certificate.typ',
      (text) => text.replaceAll('data.decisionNumber', 'data.number'),
      'the decision has no number',
    ],
    [
      'a look of the document that loads a package',
      'certificate.typ',
      (text) => `#import "@preview/cetz:0.2.2"\n${text}`,
      "line 1: 'import' is not for templates",
    ],
    [
      'a look of the document that reads its own text as commands',
      'certificate.typ',
      (text) => `${text}\n#dictionary(std).at("ev" + "al")("1 + 1")`,
      "'std' is not for templates",
    ],
    ['an amount in fractions', 'fee.json', (text) => text.replace('15000,', '15000.5,'), 'amounts.0.amountMinor'],
    ['a currency of nobody', 'fee.json', (text) => text.replace('"KWD"', '"USD"'), 'amounts.1.currency'],
    [
      'a fee where nobody offers the service',
      'fee.json',
      (text) => text.replace('"state": "KW"', '"state": "ZZ"'),
      'an amount for ZZ, where nobody offers',
    ],
    [
      'an exemption by a value that nobody is asked for',
      'fee.json',
      (text) => text.replace('answers.purpose', 'answers.reason'),
      "'answers.reason' leads to no question",
    ],
    [
      'an input of the fee that nothing fills',
      'fee.json',
      (text) => text.replace('"graduationYear": ', '"graduated": '),
      "the input 'graduationYear' is given no value by fee.json",
    ],
    [
      'a value for the fee that the rules do not take',
      'fee.json',
      (text) => text.replace('"graduationYear": ', '"graduated": '),
      "fee.json gives 'graduated', which the rules do not take",
    ],
    [
      'a fee by what is known only after it',
      'fee.json',
      (text) => text.replace('today.year', 'decision.validUntil'),
      "'decision.validUntil' is known only after the fee",
    ],
    ['a fee by no table', 'fee.json', (text) => text.replace('"Fee"', '"Price"'), "there is no table 'Price'"],
    [
      'an exemption that no row gives',
      'fee.json',
      (text) => text.replace('"id": "recent-graduate"', '"id": "graduate"'),
      "the exemption 'graduate' is given by no row of 'Fee'",
    ],
    [
      'a row that gives what is no exemption',
      'decision.dmn',
      (text) => text.replace('"recent-graduate"', '"somebody"'),
      'Fee, row 2: \'"somebody"\' is no exemption of the fee',
    ],
    [
      'an exemption by a part of the smallest unit',
      'fee.json',
      (text) => text.replace('"basisPoints": 5000', '"basisPoints": 3333'),
      "in AE the exemption 'recent-graduate' takes off a part of the smallest unit",
    ],
    [
      'an exemption above the fee',
      'fee.json',
      (text) => text.replace('"basisPoints": 5000', '"amountsMinor": { "KW": 5001 }'),
      "in KW the exemption 'recent-graduate' takes off 5001, more than the whole fee",
    ],
    [
      'a cost in two places',
      'service.json',
      (text) => text.replace('"amountMinor": 0', '"amountMinor": 100'),
      'names a cost too',
    ],
    [
      'an answer nobody can give',
      'form.json',
      (text) => text.replace('"enum": ["ar", "en"]', '"enum": ["ar", "fr"]'),
      "the options of 'language' differ",
    ],
    [
      'a request for a page that the form lacks',
      'casework.json',
      (text) => text.replace('"pages": ["contact"]', '"pages": ["kontact"]'),
      "opens the page 'kontact', which the form lacks",
    ],
    [
      'a reminder on the day of asking',
      'casework.json',
      (text) => text.replace('"remindWorkingDaysBefore": 3', '"remindWorkingDaysBefore": 10'),
      'would remind the person on the day of asking',
    ],
    [
      'a correction of what no document shows',
      'casework.json',
      (text) => text.replace('"evidence.degree-record.field_of_study"', '"evidence.degree-record.study_mode"'),
      'which the document does not show',
    ],
    [
      'silence that approves with a reason to refuse',
      'casework.json',
      (text) =>
        text.replace(
          '{ "escalateWorkingDaysBefore": 1 }',
          '{ "escalateWorkingDaysBefore": 1, "silence": { "outcome": "approve", "reason": "diploma-not-covered", "article": { "ar": "مادة", "en": "Article" } } }',
        ),
      "its reason 'diploma-not-covered' is one to refuse",
    ],
    [
      'a point of the checklist that a condition would pass by',
      'casework.json',
      (text) => text.replace('"before": ["approve", "approve-with-conditions"]', '"before": ["approve"]'),
      'stands before an approval, and a condition would pass it by',
    ],
    [
      'a checklist in one language',
      'casework.json',
      (text) => text.replace('The holder of the degree is the applicant.', ''),
      'checklist.same-person.text: the English text is empty',
    ],
    [
      'a second officer for conditions that nobody can set',
      'casework.json',
      (text) => text.replace(/"conditions": \{[\s\S]*?\n {4}\},\n/, '"conditions": {},\n'),
      'names approvals with conditions, but decisions.conditions is empty',
    ],
    [
      'a view at home on the ground of a question that is no box to tick',
      'casework.json',
      (text) => text.replace(/\}\s*$/, ', "sharing": { "home": { "ground": { "consent": "profession" } } } }'),
      "sharing.home.ground names 'profession', which is no box to tick in the form",
    ],
    [
      'a partner who sees what no case holds, on the ground of a law that nobody agreed on',
      'casework.json',
      (text) =>
        text.replace(
          /\}\s*$/,
          ', "sharing": { "partners": { "home-ministry": { "names": { "ar": "وزارة", "en": "Ministry" }, "holderOf": "degree-record", "sees": ["evidence.degree-record.secrets"], "ground": { "law": "no-such-law" } } } } }',
        ),
      "sharing.partners.home-ministry.sees names 'evidence.degree-record.secrets'",
    ],
  ];
  test.each(cases)('%s', async (_what, file, edit, expected) => {
    const { dir, change } = await copyServices();
    await change(file, edit);
    const findings = await checkService(join(dir, 'degree-recognition'));
    expect(findings.map(({ file: name, problem }) => `${name}: ${problem}`).join('\n')).toContain(expected);
    expect(
      findings.some(
        (finding) => finding.file === file || finding.file === 'decision.dmn' || finding.file === 'service.json',
      ),
    ).toBe(true);
    await expect(open('SA', dir).start()).rejects.toThrow(expected);
  });

  test('a document that does not say what was decided one by one', async () => {
    const { dir, change } = await copyServices();
    await change(
      'certificate.typ',
      (text) => text.replaceAll('data.items', 'data.reasons'),
      'gcc-commercial-registration',
    );
    expect(await checkService(join(dir, 'gcc-commercial-registration'))).toEqual([
      {
        file: 'certificate.typ',
        problem: 'it never uses data.items, so nobody sees what was granted and what was not',
      },
    ]);
  });
});

describe('the rules of degree recognition', async () => {
  const { published } = await loadServices(servicesDir);
  const service = published.find(({ listing }) => listing.id === 'degree-recognition')!.service!;
  const clear = {
    degreeLevel: 'bachelor',
    fieldCode: '0613',
    universityId: 'uob.edu.bh',
    universityName: 'University of Bahrain',
    studyMode: 'full-time',
    graduationYear: 2019,
    thisYear: 2026,
    purpose: 'work',
    recognised: (service.data['recognised-universities'] as { universities: unknown[] }).universities,
  };
  const decide = (changes: Record<string, unknown>) => {
    const { value, problems } = evaluateDecision(service.decisions, 'Recognition', { ...clear, ...changes });
    expect(problems).toEqual([]);
    return value as { outcome: string; reasons: string[] };
  };

  test('approve the clear case and say why', () => {
    expect(decide({})).toEqual({
      outcome: 'approve',
      reasons: ['degree-level-covered', 'university-listed', 'full-time-study', 'graduation-year-plausible'],
    });
    expect(
      decide({ degreeLevel: 'master', universityId: 'other', universityName: 'university of BAHRAIN' }).outcome,
    ).toBe('approve');
  });

  test.each([
    [{ degreeLevel: 'doctorate' }, 'review', ['doctorate-reviewed']],
    [{ degreeLevel: null }, 'review', ['degree-level-unknown']],
    [{ degreeLevel: 'honorary' }, 'review', ['degree-level-unknown']],
    [{ degreeLevel: 'diploma' }, 'refuse', ['diploma-not-covered']],
    [{ universityId: 'x.example', universityName: 'Nowhere University' }, 'review', ['university-not-listed']],
    [{ universityId: null, universityName: null }, 'review', ['university-not-listed']],
    [{ studyMode: 'distance' }, 'review', ['distance-study']],
    [{ studyMode: 'part-time' }, 'review', ['part-time-study']],
    [{ studyMode: null }, 'review', ['study-mode-not-sent']],
    [{ fieldCode: '0912' }, 'review', ['regulated-field']],
    [{ fieldCode: '0421' }, 'review', ['regulated-field']],
    [{ fieldCode: null }, 'review', ['regulated-field']],
    [{ graduationYear: 2030 }, 'review', ['graduation-year-doubtful']],
    [{ graduationYear: null }, 'review', ['graduation-year-doubtful']],
    [{ purpose: 'licence' }, 'review', ['licence-purpose']],
    [{ degreeLevel: 'diploma', studyMode: 'distance' }, 'refuse', ['diploma-not-covered']],
    [{ degreeLevel: 'doctorate', studyMode: 'distance' }, 'review', ['doctorate-reviewed', 'distance-study']],
  ])('with %j decide %s', (changes, outcome, reasons) => {
    expect(decide(changes)).toEqual({ outcome, reasons });
  });
});

describe('a search for what this state does not give', () => {
  const ask = async (catalogue: ReturnType<typeof open>, question: string, times: number, pauseMs = 700_000) => {
    for (let time = 0; time < times; time += 1) {
      await new Promise((resolve) => setTimeout(resolve, 110));
      expect(catalogue.search(question)[0]?.service.givenIn ?? []).not.toContain('SA');
      await catalogue.settle();
      clock.advance(pauseMs);
    }
  };

  test('is named once five have asked, in one spelling, and never what one person typed', async () => {
    const catalogue = open('SA');
    await catalogue.start();
    await ask(catalogue, 'ترخيص غواصة', 4);
    expect(await catalogue.listMisses()).toEqual([]);
    const { rows } = await sql<{ words: string | null }>`select words from catalogue.search_misses`.execute(
      database.db,
    );
    expect(rows).toEqual([{ words: null }]);
    await ask(catalogue, 'ابي ترخيص غواصه', 1);
    expect(await catalogue.listMisses()).toMatchObject([{ words: 'ترخيص غواصه', times: 5 }]);
    // In one sitting the same words count once, whoever asks.
    await ask(catalogue, 'zeppelin', 6, 1_000);
    // What may be about a person is not even counted.
    for (const personal of ['zeppelin of 900101234', 'zeppelin me@example.com', 'zeppelin ٩٠٠١٠١٢٣٤'])
      await ask(catalogue, personal, 1);
    const counted = await sql<{ times: number }>`select times from catalogue.search_misses order by times`.execute(
      database.db,
    );
    expect(counted.rows.map(({ times }) => times)).toEqual([1, 5]);
    clock.advance(100 * 86_400_000);
    await ask(catalogue, 'quaternion', 1);
    expect(await catalogue.listMisses()).toEqual([]);
    // Others give it: whoever looks for it is told so before anything else, and this state learns of it.
    await ask(catalogue, 'تجديد جواز السفر', 5);
    expect(await catalogue.listMisses()).toMatchObject([{ words: 'تجديد جواز السفر' }]);
    const [passport] = catalogue.search('تجديد جواز السفر');
    expect(passport!.service).toMatchObject({ id: 'passport-renewal', givenIn: ['KW', 'QA'] });
    expect(catalogue.listServices().map(({ id }) => id)).not.toContain('passport-renewal');
    expect(catalogue.listElsewhere().map(({ id }) => id)).toContain('passport-renewal');
  });
});
