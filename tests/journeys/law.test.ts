import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { findLaw } from '#protocol/laws';
import { startTestFederation, type TestFederation } from '#tests/support/federation';
import { signIn } from '../../apps/federation/journey.ts';
import { createVisitor, type Visitor } from '../../apps/federation/visitor.ts';

let federation: TestFederation;
let http: HttpClient;
beforeAll(async () => {
  federation = await startTestFederation(['bh', 'sa']);
  http = createHttpClient({ timeoutMs: 30_000 });
});
afterAll(async () => {
  await http?.close();
  await federation?.stop();
});

/** Everybody signs in once: a one-time code is accepted once, and the next one takes half a minute. */
const signedIn = new Map<string, Promise<Visitor>>();
const enter = (key: string): Promise<Visitor> => {
  const known = signedIn.get(key) ?? signInAtHome(key);
  signedIn.set(key, known);
  return known;
};
const signInAtHome = async (key: string): Promise<Visitor> => {
  const visitor = createVisitor(http, 'en');
  const home = federation.url('bh');
  const person = federation.person(key);
  const needs = { visitor, person, homeUrl: home, serviceUrl: home, homeState: 'BH', serviceId: 'degree-recognition' };
  await signIn(needs, home, '/about/privacy');
  return visitor;
};
const read = async (visitor: Visitor, path: string) => {
  const page = await visitor.open(`${federation.url('bh')}${path}`);
  return { status: page.status, text: page.html.querySelector('main')?.text ?? '', url: page.url };
};
const inAMonth = () =>
  new Date(federation.running.get('bh')!.doors.clock.now().getTime() + 30 * 86_400_000).toISOString();

describe('the civil registry of Saudi Arabia asks that of Bahrain about Fatima', () => {
  const ask = (purpose: string, law: string, sealUntil?: string) =>
    federation.running.get('sa')!.doors.exchange.ask({
      officeId: 'interior',
      providerState: 'BH',
      evidenceType: 'person-identity',
      fields: ['full_name_latin', 'birth_date'],
      purpose,
      caseId: `SA-${purpose}`,
      law,
      nationalId: federation.person('fatima').nationalId,
      ...(sealUntil ? { sealUntil } : {}),
    });

  test('under the insurance law, and she reads who, why and under which law in "My data"', async () => {
    const evidence = await ask('insurance-registration', 'gcc-insurance-extension');
    expect(evidence.fields).toMatchObject({ full_name_latin: federation.person('fatima').names.en });
    const { text } = await read(await enter('fatima'), '/my-data');
    expect(text).toContain('Registration with social insurance');
    expect(text).toContain(`Under a law: ${findLaw('gcc-insurance-extension')!.names.en}`);
    expect(text).toContain('Ministry of Interior');
  });

  test('for an estate, and she is not told the office, the purpose or the law', async () => {
    await ask('estate-settlement', 'gcc-estate-assistance');
    const { text } = await read(await enter('fatima'), '/my-data');
    expect(text).toContain('in a matter of somebody else too');
    expect(text).not.toMatch(/estate|will/i);
  });

  test('under seal, and only an auditor of the office that answered knows, until the seal is lifted', async () => {
    const { questionId } = await ask('criminal-investigation', 'gcc-criminal-assistance', inAMonth());
    const fatima = await enter('fatima');
    expect((await read(fatima, '/my-data')).text).not.toContain('Criminal investigation');
    expect((await read(fatima, `/my-data/uses/${questionId}/proof`)).status).toBe(404);
    expect((await read(fatima, `/office/questions/${questionId}`)).status).toBe(403);

    // Ali works for the ministry of education: the question was not put to his office.
    expect((await read(await enter('ali'), `/office/questions/${questionId}`)).status).toBe(404);

    const huda = await enter('huda');
    const list = await read(huda, '/office/questions');
    expect(list.text).toContain('Sealed: not shown to the person before');
    expect(list.text).not.toContain(federation.person('fatima').names.en);
    const page = await read(huda, `/office/questions/${questionId}`);
    expect(page.text).toContain('The rule of access "identity-for-investigations" allows it (version 1).');
    expect(page.text).not.toContain(federation.person('fatima').nationalId);
    const lifted = await huda.submit('/lift');
    expect(lifted.html.querySelector('main')?.text).toContain('The seal is lifted');
    expect((await read(fatima, '/my-data')).text).toContain('Criminal investigation');
    expect((await read(fatima, `/my-data/uses/${questionId}/proof`)).status).toBe(200);
  });

  test('beyond its law, and is refused; the auditor reads what would change that', async () => {
    const refused = ask('insurance-registration', 'gcc-estate-assistance');
    await expect(refused).rejects.toMatchObject({ code: 'law-does-not-ground' });
    const huda = await enter('huda');
    const list = await huda.open(`${federation.url('bh')}/office/questions`);
    const link = list.html.querySelectorAll('a[href^="/office/questions/"]')[0]!.getAttribute('href')!;
    const { text } = await read(huda, link);
    expect(text).toContain('Refused here');
    expect(text).toContain('Law');
  });
});

describe('an officer of the civil registry of Bahrain asks that of Saudi Arabia about Sara', () => {
  const sara = () => federation.person('sara');
  const openForm = async (visitor: Visitor, purpose: string) => {
    const list = await visitor.open(`${federation.url('bh')}/office/inquiries`);
    const link = list.html
      .querySelectorAll('a[href^="/office/inquiries/new"]')
      .map((one) => one.getAttribute('href')!.replaceAll('&amp;', '&'))
      .find((href) => href.includes(purpose))!;
    return visitor.open(`${federation.url('bh')}${link}`);
  };
  const filled = () => ({
    state: 'SA',
    nationalId: sara().nationalId,
    caseId: 'BH-INS-7',
    fields: ['full_name_latin', 'birth_date'],
    reason: 'Registration of a new employee',
  });
  const main = (page: { html: { querySelector(name: string): { text: string } | null } }) =>
    page.html.querySelector('main')!.text;

  test('chooses the ground and the fields, says why, and is shown the answer once', async () => {
    const huda = await enter('huda');
    const form = await openForm(huda, 'insurance-registration');
    expect(main(form)).toContain(findLaw('gcc-insurance-extension')!.names.en);
    // Its law allows no seal, so none is offered; the fields are those of law and certificate, and none is ticked.
    expect(form.html.querySelector('[name^=sealUntil]')).toBeNull();
    expect(form.html.querySelectorAll('input[name=fields]').map((box) => box.getAttribute('value'))).toEqual([
      'full_name_ar',
      'full_name_latin',
      'birth_date',
      'nationality',
      'sex',
    ]);
    expect(form.html.querySelectorAll('input[checked]')).toEqual([]);

    const incomplete = await huda.submit('/office/inquiries/new', { ...filled(), fields: [], reason: 'why' });
    expect(incomplete.status).toBe(422);
    expect(main(incomplete)).toContain('Choose what you need.');
    expect(main(incomplete)).toContain('Give the reason in 10 to 500 characters.');

    const answered = await huda.submit('/office/inquiries/new', filled());
    expect(answered.status).toBe(200);
    expect(main(answered)).toContain(sara().names.en);
    expect(answered.url).not.toContain(sara().nationalId);
    const list = await read(huda, '/office/inquiries');
    expect(list.text).toContain('Registration of a new employee');
    expect(list.text).toContain('Given');
    for (const name of [sara().names.en, sara().nationalId]) expect(list.text).not.toContain(name);

    // What the office kept names the officer and the reason, and nobody else.
    const { database } = federation.running.get('bh')!.operatorNeeds;
    const { rows } = await sql<{ officer_id: string }>`select * from exchange.inquiries`.execute(database.db);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(sara().nationalId);
    const { exchange } = federation.running.get('sa')!.doors;
    const [asked] = await exchange.listAudited('interior');
    expect(asked).toMatchObject({ outcome: 'given', purpose: { en: 'Registration with social insurance' } });
  });

  test('is told why a question was not answered, and may send the form again', async () => {
    const huda = await enter('huda');
    await openForm(huda, 'insurance-registration');
    const unknown = await huda.submit('/office/inquiries/new', { ...filled(), nationalId: '1000000008' });
    expect(unknown.status).toBe(422);
    expect(main(unknown)).toContain('The question was not answered');
    const again = await huda.submit('/office/inquiries/new', filled());
    expect(main(again)).toContain(sara().names.en);
    expect((await read(huda, '/office/inquiries')).text).toContain('Refused');
  });

  test('may keep it from the person only within the days that the law allows', async () => {
    const huda = await enter('huda');
    await openForm(huda, 'criminal-investigation');
    const tooLong = { 'sealUntil-day': '1', 'sealUntil-month': '1', 'sealUntil-year': '2099' };
    const refused = await huda.submit('/office/inquiries/new', { ...filled(), ...tooLong });
    expect([refused.status, main(refused)]).toEqual([422, expect.stringContaining('Choose a day within')]);
    const [year, month, day] = inAMonth().slice(0, 10).split('-');
    const seal = { 'sealUntil-day': day!, 'sealUntil-month': month!, 'sealUntil-year': year! };
    expect(main(await huda.submit('/office/inquiries/new', { ...filled(), ...seal }))).toContain(sara().names.en);
    const [asked] = await federation.running.get('sa')!.doors.exchange.listAudited('interior');
    expect(asked).toMatchObject({ isSealed: true, hiddenUntil: `${year}-${month}-${day}T00:00:00.000Z` });
  });

  test('is one with that role: other officers, persons and made-up grounds get nothing', async () => {
    for (const key of ['ali', 'fatima']) expect((await read(await enter(key), '/office/inquiries')).status).toBe(403);
    const made =
      '/office/inquiries/new?law=gcc-insurance-extension&purpose=criminal-investigation&evidence=person-identity';
    expect((await read(await enter('huda'), made)).status).toBe(404);
  });
});
