import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { migrateDatabase, openDatabase, sql } from '#kernel/database';
import { newId } from '#kernel/ids';
import { exchangeMigrations } from '#modules/exchange';
import { explain } from '../explain.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'jisr-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const config = { root, dataFolder: join(folder, 'data'), nodeUrl: undefined, language: 'en' as const };
const howTo = readFileSync(join(root, 'docs', 'how-to', 'allow-an-office.md'), 'utf8');
const example = JSON.parse(/```json\n([^`]+)```/.exec(howTo)![1]!);

const run = async (what: string | object | undefined, language: 'ar' | 'en' = 'en') => {
  const file = join(folder, 'question.json');
  if (typeof what === 'object') writeFileSync(file, JSON.stringify(what));
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)));
  vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)));
  const code = await explain({ ...config, language }, typeof what === 'object' ? file : what);
  return { code, text: lines.join('\n') };
};

describe('jisr explain', () => {
  test('says of the question in the how-to that it is allowed, and by which rule of the sample state', async () => {
    const { code, text } = await run(example);
    expect(text).toContain('The rule of access "identity-for-insurance" allows it (the file access.json).');
    expect(code).toBe(0);
  });

  test('says in both languages what would change a refusal', async () => {
    const refused = { ...example, requester: { ...example.requester, member: 'SA/GOV/tax' } };
    const english = await run(refused);
    expect(english.code).toBe(1);
    expect(english.text).toContain('it covers the office SA/GOV/tax (now: the group civil-registries)');
    const arabic = await run(refused, 'ar');
    expect(arabic.code).toBe(1);
    expect(arabic.text).toContain('أن تشمل الجهة SA/GOV/tax');
  });

  test('judges what the person allowed', async () => {
    const { laws: _laws, ...grant } = example.requester.grants[0];
    const purpose = 'degree-recognition';
    const withConsent = {
      ...example,
      requester: { ...example.requester, member: 'SA/GOV/moe', grants: [{ ...grant, purpose }] },
      question: { evidenceType: 'person-identity', fields: ['birth_date'], purpose, caseId: 'SA-1' },
      at: '2026-11-22T12:00:00Z',
      consent: { fields: ['birth_date'], purpose, caseId: 'SA-1', until: '2026-12-01T00:00:00Z', use: 'once' },
    };
    expect((await run(withConsent)).code).toBe(0);
    const consent = { ...withConsent.consent, usesCount: 1 };
    const usedUp = await run({ ...withConsent, consent });
    expect(usedUp.code).toBe(1);
    expect(usedUp.text).toContain('used as often as it allows');
    expect((await run({ ...withConsent, at: '2026-12-01T00:00:00Z' })).code).toBe(1);
    const withdrawn = { ...withConsent.consent, withdrawnAt: '2026-11-22T11:00:00Z' };
    expect((await run({ ...withConsent, consent: withdrawn })).text).toContain('withdrew');
  });

  test('says what is wrong with a file, and names it', async () => {
    const { code, text } = await run({ ...example, question: { ...example.question, person: '900101233' } });
    expect(code).toBe(2);
    expect(text).toContain('question.json is not as expected');
    expect((await run(undefined)).code).toBe(2);
    expect((await run({ ...example, holder: 'nowhere' })).code).toBe(2);
  });

  test('explains a question that a node refused, from the database of that node', async () => {
    const nodeFolder = join(config.dataFolder, 'bh');
    const publicUrl = 'http://bh.localhost:20400';
    const dataFolder = join(nodeFolder, 'data');
    const database = await openDatabase({ dataDir: dataFolder });
    await migrateDatabase(database, [exchangeMigrations]);
    const questionId = newId();
    const asked = { ...example.question, ground: 'gcc-insurance-extension' };
    await sql`insert into exchange.refusals values (${newId()}, now(), 'requester-not-entitled', 'caller',
      'https://sa.example/offices/tax', ${questionId}, 'BH/GOV/interior/registry/person-identity',
      ${JSON.stringify(asked)}::jsonb)`.execute(database.db);
    await database.close();
    writeFileSync(
      join(nodeFolder, 'node.json'),
      JSON.stringify({
        stateFolder: join(root, 'states', 'bh'),
        servicesFolder: join(root, 'services'),
        publicUrl,
        listen: { host: '127.0.0.1', port: 20400 },
        dataFolder,
        anchor: { entityId: 'http://gcc.localhost:20401', keys: [] },
        witnessQuorum: 0,
        loadSamples: false,
        logLevel: 'silent',
      }),
    );
    const { code, text } = await run(questionId);
    expect(code).toBe(1);
    expect(text).toContain('✗ trust mark');
    expect(text).toContain('has to certify it in its trust mark for: person-identity');
    expect((await run(newId())).text).toContain('has no record of the question');
  });
});
