import { afterAll, beforeAll, expect, test } from 'vitest';
import { Problem } from '#kernel/problem';
import { childBorn, officerAt, openSaudiCases, type SaudiCases, somebody } from './support.ts';

// Addresses that a case holds: what the register of the state has confirmed, and what the person typed.

const entry = {
  ...{ code: 'RFOL2107', ar: '2107 طريق الملك فهد', en: '2107 King Fahd Road' },
  parts: {
    building: { ar: '2107', en: '2107' },
    street: { ar: 'طريق الملك فهد', en: 'King Fahd Road' },
    district: { ar: 'العليا', en: 'Al Olaya' },
    city: { ar: 'الرياض', en: 'Riyadh' },
    postcode: { ar: '12214', en: '12214' },
    additional: { ar: '6021', en: '6021' },
  },
};
const home = {
  ...{ 'home-building': '2107', 'home-street': 'King Fahd Road', 'home-district': 'Al Olaya', 'home-city': 'Riyadh' },
  ...{ 'home-postcode': '12214', 'home-additional': '6021', 'home-unit': '7', 'home-code': 'RFOL2107' },
};
let isDown = false;
let room: SaudiCases;
beforeAll(async () => {
  const names = { ar: 'العنوان الوطني', en: 'National Address' };
  const nobody = () => {
    throw new Problem('look-up-unavailable', { status: 503, en: 'Down.', ar: 'متوقف.' });
  };
  room = await openSaudiCases(undefined, {
    registers: {
      findAddressRegister: () => ({ name: 'addresses', names, hint: names }),
      find: async (_name, code) => (isDown ? nobody() : code === entry.code ? entry : undefined),
      search: async () => nobody(),
    },
  });
});
afterAll(() => room.database.close());

async function begin() {
  const person = somebody();
  const { id } = await room.cases.startCase(person, 'gcc-school-enrolment');
  await room.cases.recordEvidence(person, id, childBorn('2010-03-14'));
  await room.cases.saveAnswers(person, id, 'stage', { stage: 'primary' });
  return { person, id };
}

async function readByOffice({ person, id }: Awaited<ReturnType<typeof begin>>) {
  const rest = {
    ...{ siblings: {}, reports: {}, declaration: { declaration: 'yes' } },
    contact: { email: 'a@example.com', mobile: '+97336000000' },
  };
  for (const [pageId, posted] of Object.entries(rest)) await room.cases.saveAnswers(person, id, pageId, posted);
  await room.cases.submitCase(person, id);
  const { answers } = await room.cases.getCaseForOfficer(officerAt(), id);
  return answers.find(({ questionId }) => questionId === 'home')!.value;
}

test('an officer reads whose word an address is, in the language of the officer', async () => {
  const draft = await begin();
  await room.cases.saveAnswers(draft.person, draft.id, 'home', home);
  const value = await readByOffice(draft);
  expect(value.en).toMatch(/Street: King Fahd Road.*\(from the register of addresses, RFOL2107\)$/);
  expect(value.ar).toMatch(/الشارع: طريق الملك فهد.*\(من سجل العناوين، RFOL2107\)$/);
  const other = await begin();
  await room.cases.saveAnswers(other.person, other.id, 'home', { ...home, 'home-city': 'Dilmun' });
  expect((await readByOffice(other)).en).toMatch(/City: Dilmun.*\(typed by hand\)$/);
});

test('while the register is down what it confirmed stays confirmed, what is new is typed, and both are sent', async () => {
  const draft = await begin();
  const save = async (posted: object) =>
    expect((await room.cases.saveAnswers(draft.person, draft.id, 'home', { ...posted })).errors).toEqual([]);
  await save(home);
  isDown = true;
  try {
    await save(home);
    expect((await readByOffice(draft)).en).toContain('from the register of addresses');
    const fresh = await begin();
    await room.cases.saveAnswers(fresh.person, fresh.id, 'home', home);
    expect((await readByOffice(fresh)).en).toContain('typed by hand');
  } finally {
    isDown = false;
  }
});
