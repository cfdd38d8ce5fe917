import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { newId } from '#kernel/ids';
import { explain } from '../explain.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'jisr-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const config = { root, dataFolder: join(folder, 'data'), nodeUrl: undefined, language: 'en' as const };
const howTo = readFileSync(join(root, 'docs', 'how-to', 'allow-an-office.md'), 'utf8');
const example = JSON.parse(/```json\n([^`]+)```/.exec(howTo)![1]!);

const run = async (what: string | object | undefined, language: 'ar' | 'en' = 'en', ...more: string[]) => {
  const file = join(folder, 'question.json');
  if (typeof what === 'object') writeFileSync(file, JSON.stringify(what));
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)));
  vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(String(line)));
  const named = typeof what === 'object' ? file : what;
  const code = await explain({ ...config, language }, [...(named ? [named] : []), ...more]);
  return { code, text: lines.join('\n') };
};

describe('jisr explain', () => {
  test('says of the question in the how-to that it is allowed, and by which rule of the sample state', async () => {
    const { code, text } = await run(example);
    expect(text).toContain('The rule of access "identity-for-insurance" allows it (the file of rules).');
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

  test('judges by rules that are not in force yet, and refuses rules that are wrong with their line', async () => {
    const rules = JSON.parse(readFileSync(join(root, 'states', 'bh', 'access.json'), 'utf8'));
    const file = join(folder, 'draft.json');
    const without = rules.rules.filter(({ id }: { id: string }) => id !== 'identity-for-insurance');
    writeFileSync(file, JSON.stringify({ ...rules, rules: without }));
    const { code, text } = await run(example, 'en', '--rules', file);
    expect(code).toBe(1);
    expect(text).toContain('No rule of access allows it (the file of rules).');
    writeFileSync(file, JSON.stringify({ ...rules, groups: {} }, null, 2));
    const wrong = await run(example, 'en', '--rules', file);
    expect(wrong.code).toBe(2);
    expect(wrong.text).toContain('line 7 (/rules/0/who/group): there is no group education-ministries');
  });

  test('says where it is done when the node of a question does not run here', async () => {
    const { code, text } = await run(newId());
    expect(code).toBe(2);
    expect(text).toContain('on the machine of the node while it runs');
  });
});
