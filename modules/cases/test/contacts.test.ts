import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { fillCase, openSaudiCases, pages, type SaudiCases, somebody } from './support.ts';

const known = new Map<string, { email?: string; mobile?: string }>();
let room: SaudiCases;
beforeAll(async () => {
  room = await openSaudiCases(undefined, { findAddresses: async (personId) => known.get(personId) ?? {} });
});
afterAll(() => room.database.close());

/** What stands in the questions of the page that asks where to be told, and where it comes from. */
async function shown(person: ReturnType<typeof somebody>, caseId: string, language: 'ar' | 'en' = 'en') {
  const { questions } = await room.cases.openPage(person, caseId, 'contact', language);
  return Object.fromEntries(questions.map(({ id, value, source }) => [id, [value, source]]));
}
const begin = async (person: ReturnType<typeof somebody>, serviceId = 'degree-recognition') =>
  (await room.cases.startCase(person, serviceId)).id;

test('an address that was confirmed once is typed no more, and is no answer before its page is saved', async () => {
  const person = somebody();
  known.set(person.personId, { email: 'fatima@example.bh', mobile: '+97336001234' });
  const caseId = await begin(person);
  expect(await shown(person, caseId)).toMatchObject({
    email: ['fatima@example.bh', 'Your own address, confirmed at this portal'],
    mobile: ['+97336001234', expect.any(String)],
    // Nothing is chosen for anybody.
    language: ['', undefined],
  });
  expect(await shown(person, caseId, 'ar')).toMatchObject({
    email: [expect.any(String), expect.stringMatching(/المؤكد/)],
  });
  expect((await room.cases.getMyCase(person, caseId)).answers).toEqual([]);
  await room.cases.saveAnswers(person, caseId, 'contact', { ...pages['contact']!, email: 'other@example.bh' });
  expect(await shown(person, caseId)).toMatchObject({ email: ['other@example.bh', undefined] });
});

test('what nobody confirmed comes from the last application that was sent, and says so', async () => {
  const person = somebody();
  const first = await fillCase(room.cases, person);
  await room.cases.submitCase(person, first);
  const { reference } = await room.cases.getMyCase(person, first);
  known.set(person.personId, { email: 'new@example.bh' });
  const again = await begin(person);
  expect(await shown(person, again)).toMatchObject({
    email: ['new@example.bh', 'Your own address, confirmed at this portal'],
    mobile: [expect.stringMatching(/^\+973/), `From your application ${reference}`],
  });
});

test('nobody’s address stands in what is applied for in another capacity', async () => {
  const person = somebody();
  const guardian = { personId: newId(), kind: 'guardian' as const };
  const agent = { personId: newId(), kind: 'agent' as const };
  for (const { personId } of [person, guardian, agent]) known.set(personId, { email: `${personId}@example.bh` });
  await room.cases.submitCase(person, await fillCase(room.cases, person));

  const byAgent = { ...person, representative: agent };
  const agents = await begin(byAgent);
  expect(await shown(byAgent, agents)).toMatchObject({ email: ['', undefined], mobile: ['', undefined] });

  // Whoever stands for a child is who is told.
  const child = { ...somebody(), representative: guardian };
  const childs = await begin(child);
  expect(await shown(child, childs)).toMatchObject({ email: [`${guardian.personId}@example.bh`, expect.any(String)] });
});
