import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Answers,
  askedFee,
  checkService,
  isFeeKnown,
  loadServices,
  runTests,
  type Service,
  type TestCase,
} from '#modules/catalogue';
import { checkTests } from '../testing/rules.ts';

const servicesDir = join(import.meta.dirname, '..', '..', '..', 'services');
let dir: string;
let services: Service[];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'services-'));
  await cp(servicesDir, dir, { recursive: true });
  services = (await loadServices(servicesDir, 'SA')).published.flatMap(({ service }) => service ?? []);
});
afterAll(() => rm(dir, { recursive: true }));

const folder = () => join(dir, 'good-conduct-certificate');
/** What the check says when a file of the good-conduct certificate reads otherwise. */
async function checkWith(file: string, edit: (text: string) => string): Promise<string[]> {
  const path = join(folder(), file);
  const before = await readFile(path, 'utf8');
  await writeFile(path, edit(before));
  const findings = await checkService(folder());
  await writeFile(path, before);
  return findings.map((finding) => `${finding.file}: ${finding.problem}`);
}
const changeCase = (edit: (one: TestCase) => void) => (text: string) => {
  const tests = JSON.parse(text) as { cases: TestCase[] };
  edit(tests.cases[0]!);
  return JSON.stringify(tests);
};

describe('test cases of a service', () => {
  test('every service with rules has them, they pass, and they give every reason that a row names', async () => {
    const folders = (await readdir(servicesDir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    for (const { name } of folders) expect(await checkService(join(servicesDir, name)), name).toEqual([]);
    expect(services.length).toBeGreaterThan(4);
    for (const service of services) expect(service.tests!.cases.length).toBeGreaterThan(3);
  });

  test('a service with rules and without test cases is incomplete', async () => {
    await rm(join(folder(), 'tests.json'));
    const findings = await checkService(folder());
    await cp(join(servicesDir, 'good-conduct-certificate', 'tests.json'), join(folder(), 'tests.json'));
    expect(findings).toEqual([
      { file: 'tests.json', problem: 'the service has rules and no test case: nobody has seen what they do' },
    ]);
  });

  test('a changed rule, page or fee is caught by the case that meant otherwise', async () => {
    const stricter = await checkWith('decision.dmn', (xml) =>
      xml.replace(/"approve"(?=<\/text>\s*<\/outputEntry>)/, '"refuse"'),
    );
    expect(stricter).toContain("tests.json: 'nothing-recorded' does not pass: outcome: expected approve, came refuse");
    const fewer = await checkWith(
      'tests.json',
      changeCase((one) => {
        one.expect.pages = ['use'];
        one.expect.feeMinor = 100;
      }),
    );
    expect(fewer).toEqual([
      "tests.json: 'nothing-recorded' does not pass: pages: expected use, came use, declaration",
      "tests.json: 'nothing-recorded' does not pass: fee: expected 100, came 0",
    ]);
  });

  test('an example that no office would answer and no person could type proves nothing', async () => {
    const findings = await checkWith(
      'tests.json',
      changeCase((one) => {
        one.evidence['conviction-record']!['convictions'] = 'perhaps';
        one.evidence['degree-record'] = {};
        one.answers['colour'] = 'green';
      }),
    );
    const said = findings.join('\n');
    expect(said).toContain("'conviction-record.convictions' cannot be 'perhaps'");
    expect(said).toContain("the evidence 'degree-record' is not asked for");
    expect(said).toContain('refused: expected nothing, came colour (not-asked)');
    expect(await checkWith('tests.json', () => '{ "cases": [] }')).not.toEqual([]);
  });

  test('a reason and an outcome that no case reaches are named', async () => {
    const findings = await checkWith('tests.json', (text) => {
      const { cases, ...others } = JSON.parse(text) as { cases: TestCase[] };
      return JSON.stringify({ ...others, cases: cases.filter(({ expect: { outcome } }) => outcome !== 'review') });
    });
    expect(findings).toEqual([
      "tests.json: no test case gives the reason 'entry-on-record'",
      "tests.json: no test case ends in 'review'",
    ]);
  });

  test('what an exemption takes off is what examples say, each given once at least, by the day of the decision', () => {
    const degree = services.find(({ id }) => id === 'degree-recognition')!;
    const one = degree.tests!.cases.find(({ id }) => id === 'recent-graduate-pays-half')!;
    const feeOn = (date: string, state = 'KW') => runTests(degree, [{ ...one, date, state }])[0]!.got.feeMinor;
    const fees = [feeOn('2026-12-31'), feeOn('2027-01-01'), feeOn('2026-12-31', 'AE'), feeOn('2026-12-31', 'SA')];
    expect(fees).toEqual([2500, 5000, 7500, 0]);
    const without = {
      ...degree,
      tests: { ...degree.tests!, cases: degree.tests!.cases.filter(({ id }) => id !== one.id) },
    };
    expect(checkTests(without).map(({ problem }) => problem)).toEqual([
      "no test case gives the exemption 'recent-graduate'",
    ]);
    const answers = { ...one.answers, purpose: 'study' } as Answers;
    const both = { evidence: one.evidence, answers, today: { date: one.date, year: 2026 } };
    const asked = askedFee(degree, 'KW', both);
    expect(asked).toMatchObject({ amountMinor: 0, fullMinor: 5000, exemption: { id: 'further-study' } });
    // A table that is not there takes off nothing.
    const decisions = degree.decisions.decisions.filter(({ name }) => name !== 'Fee');
    const broken = { ...degree, decisions: { ...degree.decisions, decisions } };
    expect(askedFee(broken, 'KW', both)).toMatchObject({ amountMinor: 5000 });
    expect(isFeeKnown(degree, both)).toBe(true);
    expect(isFeeKnown(degree, { ...both, answers: {} })).toBe(false);
    expect(isFeeKnown(degree, { ...both, evidence: {} })).toBe(false);
  });

  test('a version from before there were tables is read as it was published', () => {
    const degree = services.find(({ id }) => id === 'degree-recognition')!;
    const { decision: _, ...fee } = degree.fee!;
    const when = { when: 'purpose = "study"', inputs: { purpose: 'answers.purpose' } };
    const older = { ...degree, fee: { ...fee, exemptions: [{ ...fee.exemptions[0]!, ...when }] } };
    const source = { evidence: {}, answers: { purpose: 'study' }, today: { date: '2026-11-29', year: 2026 } };
    expect(askedFee(older, 'KW', source)).toMatchObject({ amountMinor: 0 });
    expect(askedFee(older, 'KW', { ...source, answers: { purpose: 'work' } })).toMatchObject({ amountMinor: 5000 });
  });

  test('fees, exemptions and conditional pages are those of the state that decides', () => {
    const degree = services.find(({ id }) => id === 'degree-recognition')!;
    const [free] = degree.tests!.cases.filter(({ id }) => id === 'study-pays-nothing');
    const { university: _, ...rest } = free!.answers;
    const work = { ...free!, answers: { ...rest, purpose: 'work', profession: 'x', sector: 'private' } };
    const [studies, tooShort] = runTests(degree, [free!, work]);
    expect(studies!.got).toMatchObject({ pages: ['purpose', 'study', 'contact', 'declaration'], feeMinor: 0 });
    expect(tooShort!.got.refused).toEqual([{ question: 'profession', code: 'too-short' }]);
    const [works] = runTests(degree, [{ ...work, answers: { ...work.answers, profession: 'محاسب' } }]);
    expect(works!.got).toMatchObject({ outcome: 'approve', feeMinor: 5000 });
  });
});
