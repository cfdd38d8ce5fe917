import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '#kernel/contract';
import type { HttpServer } from '#kernel/http';
import { newId } from '#kernel/ids';
import { type FormDefinition, formFor, givable, openForm, validateGiven } from '#modules/catalogue';
import { pdfWith } from './samples.ts';
import { degree, identity, openSaudiCases, type SaudiCases, serveCases } from './support.ts';

let room: SaudiCases;
let server: HttpServer;
beforeAll(async () => {
  room = await openSaudiCases();
  server = serveCases(room);
});
afterAll(async () => {
  await server.close();
  await room.database.close();
});

/** Somebody whose app calls for them. */
function person() {
  const me = { personId: newId(), homeState: 'BH', level: 'substantial' };
  const caller: Caller = {
    ...{ kind: 'person', sessionId: newId(), ...me },
    app: { appId: 'http://app.example', authorisationId: newId() },
  };
  const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) => {
    const headers = { 'x-caller': JSON.stringify(caller) };
    const answer = await server.fastify.inject({ method, url, headers, ...(payload ? { payload } : {}) });
    return { status: answer.statusCode, body: answer.json() };
  };
  const begin = async (serviceId = 'degree-recognition') => {
    const { status, body } = await call('POST', '/api/cases', { serviceId });
    expect(status).toBe(201);
    const path = `/api/cases/${body.id}`;
    const read = async () => (await call('GET', `${path}/draft`)).body;
    const save = async (answers: object, expectedVersion?: number) => {
      const seen = expectedVersion ?? (await read()).version;
      return call('POST', `${path}/draft`, { answers, expectedVersion: seen });
    };
    return { id: body.id as string, path, read, save };
  };
  return { me, call, begin };
}

describe('a draft, as an app writes it', () => {
  test('is begun, found on another device, filled in over several calls, and sent', async () => {
    const { me, call, begin } = person();
    const { id, path, read, save } = await begin();
    const [listed] = (await call('GET', '/api/cases?state=draft')).body.cases;
    expect(listed).toMatchObject({ id, state: 'draft', keptUntil: '2027-02-20', isEndingSoon: false });
    expect((await call('GET', '/api/cases?state=approved')).body.cases).toEqual([]);

    const empty = await read();
    expect(empty).toMatchObject({ version: 1, answers: {}, files: {}, keptUntil: '2027-02-20' });
    expect(empty.evidenceMissing).toContain('person-identity.full_name_ar');
    expect(empty.open.map(({ field }: { field: string }) => field)).toEqual([
      'purpose',
      'email',
      'mobile',
      'language',
      'declaration',
    ]);

    // Of several pages at once, half of a page, and questions that another answer of the same call opens.
    const first = await save({ sector: 'private', purpose: 'work', email: 'fatima@example.com' });
    expect(first).toMatchObject({ status: 200, body: { saved: true, errors: [] } });
    expect(first.body.draft.pages.map(({ id }: { id: string }) => id)).toEqual([
      'purpose',
      'profession',
      'contact',
      'declaration',
    ]);
    expect(first.body.draft.open.map(({ pageId, field }: Record<string, string>) => `${pageId}.${field}`)).toEqual([
      'profession.profession',
      'contact.mobile',
      'contact.language',
      'declaration.declaration',
    ]);
    const task = (await call('GET', path)).body.tasks.find(({ id }: { id: string }) => id === 'page-contact');
    expect(task.status).not.toBe('done');

    await save({ profession: 'مهندسة حاسوب', mobile: '+٩٧٣ ٣٦٠٠ ٠٠٠٠', language: 'ar', declaration: true });
    const full = await read();
    expect(full.answers).toEqual({
      ...{ purpose: 'work', profession: 'مهندسة حاسوب', sector: 'private', email: 'fatima@example.com' },
      ...{ mobile: '+97336000000', language: 'ar', declaration: true },
    });
    expect(full.open).toEqual([]);
    // What was read can be sent back as it is.
    expect((await save(full.answers)).body).toMatchObject({ saved: true, draft: { answers: full.answers } });

    await room.cases.recordEvidence(me, id, [identity, degree()]);
    const { version, evidenceMissing } = await read();
    expect(evidenceMissing).toEqual([]);
    expect(await call('POST', `${path}/submit?expectedVersion=${version - 1}`)).toMatchObject({
      status: 409,
      body: { code: 'case-changed-since' },
    });
    expect(await call('POST', `${path}/submit?expectedVersion=${version}`)).toMatchObject({
      body: { state: 'approved' },
    });
    for (const [method, url, payload] of [
      ['GET', `${path}/draft`],
      ['POST', `${path}/draft`, { answers: { note: 'x' }, expectedVersion: version }],
      ['DELETE', `${path}/draft?expectedVersion=${version}`],
    ] as const)
      expect(await call(method, url, payload)).toMatchObject({ status: 409, body: { code: 'case-not-open' } });
  });

  test('keeps nothing of a call in which one answer is wrong, and says so as the form does', async () => {
    const { call, begin } = person();
    const { path, read, save } = await begin();
    const before = await read();
    const wrong = { purpose: 'work', email: 'nobody', mobile: '12', sector: 'moon', language: '' };
    const { status, body } = await save(wrong);
    expect(status).toBe(200);
    expect(body.saved).toBe(false);
    const said = (errors: Array<Record<string, string>>) =>
      errors.map(({ pageId, field, code }) => [pageId, field, code]);
    expect(said(body.errors)).toEqual([
      ['profession', 'sector', 'not-an-option'],
      ['contact', 'email', 'not-an-email'],
      ['contact', 'mobile', 'not-a-phone'],
      ['contact', 'language', 'required'],
    ]);
    await call('PUT', `${path}/answers/purpose`, { purpose: 'work' });
    const page = await call('PUT', `${path}/answers/profession`, { profession: 'مهندسة', sector: 'moon' });
    expect(page.body.errors[0]).toEqual(body.errors.map(({ pageId: _, ...error }: { pageId: string }) => error)[0]);
    expect((await read()).answers).toEqual({ purpose: 'work' });
    expect((await read()).version).toBe(before.version + 1);

    for (const answers of [{ colour: 'green' }, { university: { code: 'X' } }, { __proto__x: 1 }, { constructor: 1 }])
      expect(await save({ ...answers, note: 'x' })).toMatchObject({
        status: 422,
        body: { code: 'question-not-asked' },
      });
    expect(await call('POST', `${path}/draft`, { answers: { note: 'x' } })).toMatchObject({ status: 400 });
    expect((await read()).answers).toEqual({ purpose: 'work' });
  });

  test('takes an answer away, and shows the pages that the answers lead to now', async () => {
    const { begin } = person();
    const { read, save } = await begin();
    await save({ purpose: 'work', sector: 'private', note: 'a note' });
    await save({ note: null, purpose: 'study' });
    const draft = await read();
    expect(draft.answers).not.toHaveProperty('note');
    expect(draft.pages.map(({ id }: { id: string }) => id)).not.toContain('profession');
    expect((await save({ purpose: null })).body.draft.open[0]).toMatchObject({ field: 'purpose', code: 'required' });
  });

  test('is changed on the version that was read: the second of two devices loses nothing and overwrites nothing', async () => {
    const { call, begin } = person();
    const { path, read, save } = await begin();
    const { version } = await read();
    const at = await Promise.all([save({ purpose: 'work' }, version), save({ purpose: 'study' }, version)]);
    expect(at.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(at.find(({ status }) => status === 409)!.body).toMatchObject({ code: 'case-changed-since' });
    const [kept] = at.filter(({ status }) => status === 200).map(({ body }) => body.draft.answers.purpose);
    expect((await read()).answers).toEqual({ purpose: kept });
    const page = (expectedVersion: number) =>
      call('PUT', `${path}/answers/purpose?expectedVersion=${expectedVersion}`, { purpose: 'work' });
    expect((await page(version)).body.code).toBe('case-changed-since');
    const now = (await read()).version;
    expect((await page(now)).body).toMatchObject({ saved: true, version: now + 1, nextPageId: 'profession' });
  });

  test('is discarded on the version that was read, with all that was in it; it is kept by each change and ends by itself', async () => {
    const { call, begin } = person();
    const { id, path, read, save } = await begin();
    await save({ purpose: 'work' });
    room.clock.advance(80 * 86_400_000);
    expect(await read()).toMatchObject({ keptUntil: '2027-02-20', isEndingSoon: true });
    await save({ sector: 'private' });
    const { version, keptUntil, isEndingSoon } = await read();
    expect({ keptUntil, isEndingSoon }).toEqual({ keptUntil: '2027-05-11', isEndingSoon: false });
    const discard = (seen: number) => call('DELETE', `${path}/draft?expectedVersion=${seen}`);
    expect((await discard(version - 1)).body.code).toBe('case-changed-since');
    expect(await discard(version)).toMatchObject({ status: 200, body: { id, state: 'withdrawn' } });
    expect((await call('GET', '/api/cases?state=draft')).body.cases).toEqual([]);
    expect((await call('GET', path)).body.answers).toEqual([]);
    expect((await call('GET', `${path}/draft`)).body.code).toBe('case-not-open');

    const other = await begin();
    room.clock.advance(91 * 86_400_000);
    await room.cases.expireDrafts();
    expect((await call('GET', `${other.path}/draft`)).body.code).toBe('case-not-open');
  });

  test('holds groups whole and names what is attached, which is sent to its own address', async () => {
    const { me, begin } = person();
    const { id, read, save } = await begin('gcc-school-enrolment');
    // What evidence says is shown to the person, and is no answer before they have said so.
    const residence = { evidenceType: 'residence-record', providerState: 'SA', values: { city: 'الرياض' } };
    await room.cases.recordEvidence(me, id, [residence]);
    expect(await read()).toMatchObject({
      answers: {},
      firstValues: { city: { value: 'الرياض', source: { en: expect.stringMatching(/^From: /) } } },
    });
    const siblings = [{ name: 'Ali', school: 'Noor', stage: 'primary' }];
    expect((await save({ stage: 'primary', siblings })).body).toMatchObject({
      saved: true,
      draft: { answers: { siblings } },
    });
    await room.cases.attachFile(me, id, 'reports', { name: 'report.pdf', bytes: await pdfWith() });
    const draft = await read();
    expect(draft.files.reports).toMatchObject([{ name: 'report.pdf', mediaType: 'application/pdf' }]);
    expect(draft.answers).not.toHaveProperty('reports');
    expect((await save({ reports: draft.files.reports })).body).toMatchObject({
      saved: false,
      errors: [{ pageId: 'reports', field: 'reports', code: 'wrong-form' }],
    });
    expect((await save({ siblings: [{ name: '7' }] })).body.errors[0]).toMatchObject({
      pageId: 'siblings',
      code: 'not-a-name',
    });
    expect((await save({ siblings: null })).body.draft.answers.siblings).toEqual([]);
    expect((await read()).files.reports).toHaveLength(1);
  });

  test('is nobody else’s', async () => {
    const { begin } = person();
    const { path, read } = await begin();
    const { version } = await read();
    const other = person();
    for (const [method, url, payload] of [
      ['GET', `${path}/draft`],
      ['POST', `${path}/draft`, { answers: { purpose: 'work' }, expectedVersion: version }],
      ['DELETE', `${path}/draft?expectedVersion=${version}`],
    ] as const)
      expect(await other.call(method, url, payload)).toMatchObject({ status: 404, body: { code: 'case-unknown' } });
    expect((await read()).version).toBe(version);
  });
});

test('an amount and what is in no register are read as they are sent, so that sending back changes nothing', () => {
  const label = { ar: 'س', en: 'A' };
  const questions = {
    wage: { kind: 'money', label, currency: 'BHD' },
    employer: { kind: 'look-up', label, lookUp: { register: 'employers', mayBeUnlisted: true } },
  };
  const properties = { wage: { type: 'integer' }, employer: { type: 'object' } };
  const form = formFor(
    openForm(
      {
        pages: [{ id: 'one', title: label, questions: ['wage', 'employer'] }],
        questions,
        schema: {
          $schema: 'https://json-schema.org/draft/2020-12/schema',
          type: 'object',
          properties,
          required: [],
          additionalProperties: false,
        },
      } as unknown as FormDefinition,
      'BH',
    ),
    {},
  );
  const { answers, errors } = validateGiven(form, { wage: '1250.500', employer: { unlisted: 'Yard' } }, {});
  expect(errors).toEqual([]);
  expect(answers).toEqual({ wage: 1_250_500, employer: { ar: 'Yard', en: 'Yard' } });
  const given = givable(form, answers);
  expect(given).toEqual({ wage: '1250.500', employer: { unlisted: 'Yard' } });
  expect(validateGiven(form, given, {}).answers).toEqual(answers);
});
