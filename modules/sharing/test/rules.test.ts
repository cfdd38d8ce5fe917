import { describe, expect, test } from 'vitest';
import type { Service } from '#modules/catalogue';
import type { StatusLetter } from '#protocol/shared-case';
import { decideRetry, findDisagreement, readLetter } from '../rules.ts';

const words = { ar: 'كلمة', en: 'Word' };
const partner = {
  names: words,
  holderOf: 'pension-record',
  sees: ['answers.wage', 'answers.contract'],
  ground: { law: 'gcc-insurance-extension' },
};
const service = {
  definition: { offeredBy: [{ state: 'SA', office: 'insurance', names: words }] },
  casework: { sharing: { partners: { fund: partner } } },
} as unknown as Service;
const at = '2026-11-22T12:00:00Z';
const id = '019ab0c0-7c00-7000-8000-000000000001';
const letter: StatusLetter = {
  shareId: id,
  sequence: 1,
  writtenAt: at,
  kind: 'status',
  role: 'fund',
  subject: 'x',
  ground: { kind: 'law', law: 'gcc-insurance-extension' },
  calendar: { timeZone: 'Asia/Riyadh', weekend: [5, 6], holidays: [] },
  case: {
    caseId: id,
    reference: 'SA-2026-00001',
    serviceId: 'x',
    serviceVersion: '1.0.0',
    serviceTitle: words,
    state: 'submitted',
    whoseTurn: 'office',
    submittedAt: at,
    timeline: [],
    pageUrl: 'https://sa.example/cases/x',
  },
  facts: [{ id: 'answers.wage', label: words, value: words }],
  documents: [],
};
const by = {
  sender: { state: 'SA', xRoadClient: 'SA/GOV/insurance' },
  office: { provides: ['pension-record'] },
  state: 'BH',
};

describe('what the own copy of a service does not agree to', () => {
  test('is nothing where a law grounds it in both states', () => {
    expect(findDisagreement(service, letter, by)).toBeUndefined();
  });

  test.each([
    ['a service that is not known here', undefined, letter, by, 'service'],
    [
      'an office that does not decide on it',
      service,
      letter,
      { ...by, sender: { ...by.sender, xRoadClient: 'SA/GOV/moe' } },
      'sender',
    ],
    [
      'a state that does not offer it',
      service,
      letter,
      { ...by, sender: { state: 'KW', xRoadClient: 'KW/GOV/insurance' } },
      'sender',
    ],
    ['a part that the service does not have', service, { ...letter, role: 'friend' }, by, 'role'],
    ['a part whose name every object has', service, { ...letter, role: 'constructor' }, by, 'role'],
    ['an office without that part', service, letter, { ...by, office: { provides: ['person-identity'] } }, 'role'],
    [
      'the person at home, where the service does not say so',
      service,
      { ...letter, role: 'home' },
      { ...by, office: { provides: ['person-identity'] } },
      'role',
    ],
    ['consent in place of the law', service, { ...letter, ground: { kind: 'consent', givenAt: at } }, by, 'ground'],
    ['another law', service, { ...letter, ground: { kind: 'law', law: 'gcc-estate-assistance' } }, by, 'ground'],
    ['a law that this state is no party to', service, letter, { ...by, state: 'JO' }, 'ground'],
    [
      'a fact beyond the list',
      service,
      { ...letter, facts: [{ ...letter.facts[0]!, id: 'answers.iban' }] },
      by,
      'answers.iban',
    ],
    [
      'a question that the service does not ask',
      service,
      { ...letter, task: { question: words, workingDays: 1, confirmed: words, refused: words, silence: 'wait' } },
      by,
      'task',
    ],
  ] as const)('is named: %s', (_what, own, sent, from, where) => {
    expect(findDisagreement(own, sent as StatusLetter, from)).toBe(where);
  });
});

test('a letter in a time zone that is none is refused before anybody counts by it', () => {
  const sent = { ...letter, calendar: { ...letter.calendar, timeZone: 'Asia/Atlantis' } };
  expect(() => readLetter(Buffer.from(JSON.stringify(sent)))).toThrow(/timeZone/);
});

test('a refusal that cannot change gives a letter up at once, any other after thirty days', () => {
  const of = { attempts: 3, writtenAt: new Date(at), now: new Date('2026-11-23T12:00:00Z'), chance: 0 };
  expect(decideRetry({ ...of, code: 'sharing-not-agreed' })).toEqual({ isGivenUp: true });
  expect(decideRetry({ ...of, code: 'letter-out-of-order' })).toEqual({
    isGivenUp: false,
    dueAt: new Date('2026-11-23T12:00:04Z'),
  });
  const late = new Date('2026-12-23T12:00:00Z');
  expect(decideRetry({ ...of, now: late, code: 'peer-unreachable' })).toEqual({ isGivenUp: true });
});
