import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import type { Signer } from '#kernel/keys';
import { type Problem, problemFromJson } from '#kernel/problem';
import { questionComponents } from '#protocol/exchange-message';
import { contentDigest, signMessage } from '#protocol/http-signatures';
import { commitValues, signQuestion } from '../messages.ts';
import { createMessageSigning } from '../signing.ts';
import { ali, noura, personalValues, startTwoStates, type TwoStates } from './two-states.ts';

let world: TwoStates;
const signedBy = (signer: Signer) => ({ sign: createMessageSigning(), signer, mayShare: false, clock: world.clock });
beforeAll(async () => {
  world = await startTwoStates();
});
afterAll(() => world.close());

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    const { code, params } = error as Problem;
    if (code === undefined) throw error;
    return code === 'answer-invalid' ? `${code}: ${params['where']}` : code;
  }
  return 'answered';
};
const count = async (node: 'asking' | 'holding', table: string, where = sql`true`) => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)} where ${where}`.execute(
    world[node].database.db,
  );
  return rows[0]!.n;
};
const usesOf = async (consentId: string) => {
  const consent = await world.holding.consent.get(noura.personId, consentId);
  return consent.items[0]!.usesCount;
};

describe('a question between two states', () => {
  test('brings the consented fields, and both ledgers hold it before the answer is used', async () => {
    const { ask } = await world.consentTo();
    const evidence = await world.asking.exchange.ask(ask);
    expect(evidence.fields).toEqual({ degree_level: 'bachelor', university_en: 'University of Bahrain', gpa: 3.7146 });
    expect(evidence.provider).toMatchObject({ state: 'BH', entityId: `${world.holding.url}/offices/moe` });

    await world.holding.ledger.integrate();
    await world.asking.ledger.integrate();
    const theirs = await world.holding.ledger.findProof({ leafHash: evidence.theirReceipt.leafHash });
    const ours = await world.asking.ledger.findProof({ leafHash: evidence.ownReceipt.leafHash });
    expect(theirs?.opening.record).toMatchObject({ kind: 'evidence-answered', questionId: evidence.questionId });
    expect(ours?.opening.record).toMatchObject({
      kind: 'evidence-received',
      providerLeafHash: evidence.theirReceipt.leafHash,
    });
    expect(theirs?.opening.commitment).toBe(evidence.theirReceipt.commitment);
    const asked = await sql<{ kind: string }>`select record->>'kind' as kind from ledger.entries
      where record->>'questionId' = ${evidence.questionId} order by appended_at`.execute(world.asking.database.db);
    expect(asked.rows.map(({ kind }) => kind)).toEqual(['question-asked', 'evidence-received']);
  });

  test('binds the values to the ledger without putting them there', async () => {
    const { ask } = await world.consentTo();
    const { fields, theirReceipt } = await world.asking.exchange.ask(ask);
    const salt = Buffer.from(theirReceipt.valuesSalt!, 'base64');
    expect(theirReceipt.record['valuesCommitment']).toBe(commitValues(salt, fields));
    expect(theirReceipt.record['valuesCommitment']).not.toBe(commitValues(salt, { ...fields, gpa: 3.72 }));
  });

  test('finds the office that holds each kind of evidence by itself', async () => {
    const { ask } = await world.consentTo({
      evidence_type: 'person-identity',
      fields: ['full_name_ar', 'birth_date'],
      essential_fields: [],
    });
    const evidence = await world.asking.exchange.ask(ask);
    expect(evidence.fields).toEqual({ full_name_ar: 'نورة أحمد', birth_date: '1999-05-17' });
    expect(evidence.provider.entityId).toBe(`${world.holding.url}/offices/civil`);
    expect(await codeOf(world.asking.exchange.ask({ ...ask, providerState: 'KW' }))).toBe('evidence-provider-unknown');
    expect(await codeOf(world.asking.exchange.ask({ ...ask, providerOfficeId: 'moe' }))).toBe(
      'evidence-provider-unknown',
    );
  });

  test('is listed for the person: who, why, which fields, when, given or refused, with the ledger leaf', async () => {
    const { ask, given } = await world.consentTo();
    const evidence = await world.asking.exchange.ask(ask);
    await world.holding.consent.withdraw(noura.personId, given.consentId);
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe('consent-withdrawn');
    const uses = (await world.holding.exchange.listUses(noura.personId)).flatMap((use) =>
      use.shown === 'all' && use.caseId === ask.caseId ? [use] : [],
    );
    expect(uses.map(({ outcome }) => outcome).sort()).toEqual(['given', 'refused']);
    expect(uses.find(({ outcome }) => outcome === 'given')).toMatchObject({
      requester: ask.officeId === 'moe' ? `${world.asking.url}/offices/moe` : '',
      requesterNames: { en: 'Office moe' },
      purposeNames: { en: 'Recognition of a university degree' },
      leafHash: evidence.theirReceipt.leafHash,
    });
    expect(uses.find(({ outcome }) => outcome === 'refused')?.refusal?.code).toBe('consent-withdrawn');
    const answer = await world.asking.http.request({ method: 'GET', url: `${world.holding.url}/api/uses` });
    expect(answer.status).toBe(401);
    const other = await world.asking.http.request({
      method: 'GET',
      url: `${world.holding.url}/api/uses`,
      headers: { 'x-test-person': ali.personId },
    });
    expect(JSON.parse(other.body.toString()).filter((use: { caseId: string }) => use.caseId === ask.caseId)).toEqual(
      [],
    );
  });

  test('can be previewed by the person before consenting', async () => {
    const preview = await world.holding.exchange.preview(noura.personId, 'degree-record', [
      'gpa',
      'degree_level',
      'study_mode',
    ]);
    expect(preview.fields.map(({ name, value, sensitivity }) => [name, value, sensitivity])).toEqual([
      ['gpa', 3.7146, 'sensitive'],
      ['degree_level', 'bachelor', 'ordinary'],
    ]);
    expect(await codeOf(world.holding.exchange.preview(ali.personId, 'person-identity', ['birth_date']))).toBe(
      'evidence-not-found',
    );
  });
});

describe('a consent', () => {
  test('given once answers one question; a repeat of that question does not count', async () => {
    const { ask, given } = await world.consentTo();
    const first = await world.asking.exchange.ask(ask);
    const again = await world.asking.exchange.ask({ ...ask, questionId: first.questionId });
    expect(again.fields).toEqual(first.fields);
    expect(again.theirReceipt).toEqual(first.theirReceipt);
    expect(again.ownReceipt).toEqual(first.ownReceipt);
    expect(await usesOf(given.consentId)).toBe(1);
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe('consent-used-up');
  });

  test('withdrawn stops the next question, and the repeat of an answered one', async () => {
    const { ask, given } = await world.consentTo({ use: 'until' });
    const { questionId } = await world.asking.exchange.ask(ask);
    await world.holding.consent.withdraw(noura.personId, given.consentId);
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe('consent-withdrawn');
    expect(await codeOf(world.asking.exchange.ask({ ...ask, questionId }))).toBe('consent-withdrawn');
  });

  test('ends when it says so', async () => {
    const { ask, given, office } = await world.consentTo({ use: 'until' });
    world.clock.advance(3_600_000);
    const accessToken = await world.mintToken(given, office);
    expect(await codeOf(world.asking.exchange.ask({ ...ask, accessToken }))).toBe('consent-expired');
  });

  test('for a number of uses allows that number', async () => {
    const { ask } = await world.consentTo({ use: 'times', times: 2 });
    const codes = [];
    for (let turn = 0; turn < 3; turn += 1) codes.push(await codeOf(world.asking.exchange.ask(ask)));
    expect(codes).toEqual(['answered', 'answered', 'consent-used-up']);
  });

  test('is counted once when the same consent is used by two questions at once', async () => {
    const { ask, given } = await world.consentTo();
    const codes = await Promise.all([
      codeOf(world.asking.exchange.ask({ ...ask, questionId: '019ab0c0-0000-7000-8000-00000000aa01' })),
      codeOf(world.asking.exchange.ask({ ...ask, questionId: '019ab0c0-0000-7000-8000-00000000aa02' })),
    ]);
    expect(codes.sort()).toEqual(['answered', 'consent-used-up']);
    expect(await usesOf(given.consentId)).toBe(1);
  });
});

describe('a question is refused', () => {
  test('when it asks for what was not approved', async () => {
    const { given, ask, office } = await world.consentTo({ fields: ['degree_level', 'gpa'] });
    // The provider would have to issue such a token by mistake: the consent still holds.
    const wide = (changes: object) =>
      world.mintToken(given, office, { authorization_details: [{ ...given.grantedDetails[0], ...changes }] });
    const moreFields = { ...ask, fields: ['degree_level', 'university_en'] };
    expect(await codeOf(world.asking.exchange.ask(moreFields))).toBe('token-insufficient');
    const accessToken = await wide({ fields: ['degree_level', 'university_en'] });
    expect(await codeOf(world.asking.exchange.ask({ ...moreFields, accessToken }))).toBe('fields-not-consented');
    const otherCase = { ...ask, caseId: 'SA-other', accessToken: await wide({ case_id: 'SA-other' }) };
    expect(await codeOf(world.asking.exchange.ask(otherCase))).toBe('case-not-consented');
    const otherEvidence = { ...ask, evidenceType: 'person-identity', fields: ['birth_date'] };
    const token = await wide({ evidence_type: 'person-identity', fields: ['birth_date'] });
    expect(await codeOf(world.asking.exchange.ask({ ...otherEvidence, accessToken: token }))).toBe(
      'evidence-not-consented',
    );
  });

  test('when the office is not certified for it, whatever the person said', async () => {
    const parks = await world.consentTo({}, { officeId: 'parks' });
    expect(await codeOf(world.asking.exchange.ask(parks.ask))).toBe('requester-not-entitled');
    const wide = await world.consentTo({ fields: ['degree_level', 'field_code'] });
    expect(await codeOf(world.asking.exchange.ask(wide.ask))).toBe('requester-not-entitled');
  });

  test('when its consent belongs to another person or office, as if there were none', async () => {
    const { given, ask, office } = await world.consentTo();
    const accessToken = await world.mintToken(given, office, {}, ali.subject);
    expect(await codeOf(world.asking.exchange.ask({ ...ask, accessToken }))).toBe('consent-unknown');
  });

  test.each([
    ['token-issuer-unknown', { iss: 'http://elsewhere.example/eid' }, {}],
    ['token-invalid', { aud: 'http://elsewhere.example/r1' }, {}],
    ['token-invalid', { exp: 1 }, {}],
    ['token-invalid', { iat: 4_000_000_000 }, {}],
    ['token-invalid', { cnf: { jkt: 'somebody-else' } }, {}],
    ['token-invalid', { cnf: undefined }, {}],
    ['token-invalid', { client_id: 'http://sa.example/offices/other' }, {}],
    ['token-invalid', { sub: 'nobody' }, {}],
    ['token-invalid', {}, { typ: 'JWT' }],
    ['token-insufficient', { authorization_details: [] }, {}],
    ['token-insufficient', { authorization_details: undefined }, {}],
  ])('as %s with the token %j %j', async (code, changes, header) => {
    const { given, ask, office, person } = await world.consentTo();
    const accessToken = await world.mintToken(given, office, changes, person.subject, world.holding.operator, header);
    expect(await codeOf(world.asking.exchange.ask({ ...ask, accessToken }))).toBe(code);
  });

  test('when the token is signed by somebody else, or is none', async () => {
    const { given, ask, office, person } = await world.consentTo();
    const forged = await world.mintToken(given, office, {}, person.subject, office.signer);
    for (const accessToken of [forged, 'abc', 'a.b.c'])
      expect(['token-invalid', 'token-issuer-unknown']).toContain(
        await codeOf(world.asking.exchange.ask({ ...ask, accessToken })),
      );
  });

  test('when the registry has no record, holds one that does not fit, or is down', async () => {
    const identity = await world.consentTo(
      { evidence_type: 'person-identity', fields: ['birth_date'], essential_fields: [] },
      { person: ali },
    );
    expect(await codeOf(world.asking.exchange.ask(identity.ask))).toBe('evidence-not-found');
    const degree = await world.consentTo({}, { person: ali });
    expect(await codeOf(world.asking.exchange.ask(degree.ask))).toBe('registry-answer-invalid');
    await sql`alter table registry_education.graduates rename to graduates_away`.execute(world.holding.database.db);
    const { ask, given } = await world.consentTo();
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe('registry-unavailable');
    await sql`alter table registry_education.graduates_away rename to graduates`.execute(world.holding.database.db);
    expect(await usesOf(given.consentId)).toBe(0);
    // The registry's failure passed: the same question goes on.
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe('answered');
  });
});

/** A question made by hand, so that a test can spoil any part of it. */
async function handMade(changes: { url?: string; body?: string; expiresInSeconds?: number } = {}) {
  const { ask, office, given } = await world.consentTo();
  const body =
    changes.body ??
    JSON.stringify({
      evidenceType: ask.evidenceType,
      fields: ask.fields,
      purpose: ask.purpose,
      caseId: ask.caseId,
      consentId: ask.consentId,
    });
  const questionId = given.consentId.replace(/^......../, 'aaaaaaaa');
  const signed = await signQuestion(
    {
      url: changes.url ?? `${world.holding.url}/r1/BH/GOV/moe/registry/degree-record`,
      body,
      questionId,
      requester: office.entityId,
      xRoadClient: office.xRoadClient,
      accessToken: ask.accessToken,
    },
    signedBy(office.signer),
  );
  return { ...signed, body, given, office, questionId };
}
type HandMade = Awaited<ReturnType<typeof handMade>>;
const post = async (message: Pick<HandMade, 'method' | 'url' | 'headers'> & { body: string }) => {
  const { method, url, headers, body } = message;
  const answer = await world.asking.http.request({ method, url, headers, body });
  const json = JSON.parse(answer.body.toString());
  return { ...answer, json, code: answer.status === 200 ? 'answered' : problemFromJson(json, answer.status).code };
};

describe('on the wire', () => {
  test('an honest question made by hand is answered', async () => {
    expect((await post(await handMade())).code).toBe('answered');
  });

  test.each([
    ['content-type', 'application/json'],
    ['x-road-client', 'SA/GOV/parks'],
    ['x-road-id', '019ab0c0-0000-7000-8000-00000000bb01'],
    ['authorization', 'DPoP a.b.c'],
    ['jisr-authorization-digest', contentDigest('DPoP a.b.c')],
    ['content-digest', contentDigest('{}')],
  ])('a question whose %s was changed on the way is refused, and nothing is counted', async (name, value) => {
    const message = await handMade();
    const { code } = await post({ ...message, headers: { ...message.headers, [name]: value } });
    expect(['signature-invalid', 'requester-unknown']).toContain(code);
    expect(await usesOf(message.given.consentId)).toBe(0);
  });

  test('a question whose requester, address or body was changed on the way is refused', async () => {
    const message = await handMade();
    const requester = { ...message.headers, 'jisr-requester': `${world.asking.url}/offices/parks` };
    expect((await post({ ...message, headers: requester })).code).toBe('requester-unknown');
    expect((await post({ ...message, url: `${message.url}?x=1` })).code).toBe('signature-invalid');
    const body = message.body.replace('"gpa",', '');
    expect((await post({ ...message, body })).code).toBe('signature-invalid');
    const digest = { ...message.headers, 'content-digest': contentDigest(body) };
    expect((await post({ ...message, body, headers: digest })).code).toBe('signature-invalid');
  });

  test.each(['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'])(
    'a signature without %s is refused',
    async (param) => {
      const message = await handMade();
      const input = message.headers['signature-input']!.replace(new RegExp(`;${param}=("[^"]*"|\\d+)`), '');
      expect(input).not.toBe(message.headers['signature-input']);
      expect((await post({ ...message, headers: { ...message.headers, 'signature-input': input } })).code).toBe(
        'signature-invalid',
      );
    },
  );

  test('an unsigned question, and one signed with a key of another office, are refused', async () => {
    const message = await handMade();
    const { signature: _s, 'signature-input': _i, ...headers } = message.headers;
    expect((await post({ ...message, headers })).code).toBe('signature-missing');
    const parks = world.asking.offices.get('parks')!;
    const other = await signQuestion(
      {
        url: message.url,
        body: message.body,
        questionId: message.questionId,
        requester: message.office.entityId,
        xRoadClient: 'SA/GOV/moe',
        accessToken: 'a.b.c',
      },
      signedBy(parks.signer),
    );
    expect((await post({ ...other, body: message.body })).code).toBe('signature-invalid');
  });

  test('a question from an office outside the federation is refused', async () => {
    const message = await handMade();
    const codes = [];
    for (const requester of [
      world.anchorUrl,
      `${world.asking.url}/offices/nobody`,
      'http://nowhere.localhost:1/offices/moe',
    ]) {
      const stranger = await signQuestion(
        {
          url: message.url,
          body: message.body,
          questionId: message.questionId,
          requester,
          xRoadClient: 'SA/GOV/moe',
          accessToken: 'a.b.c',
        },
        signedBy(message.office.signer),
      );
      codes.push((await post({ ...stranger, body: message.body })).code);
    }
    expect(codes).toEqual(['requester-unknown', 'requester-unverifiable', 'requester-unverifiable']);
  });

  test('an old question, and one from the future, are refused; a minute of difference between clocks is not', async () => {
    const late = await handMade();
    world.clock.advance(361_000);
    expect((await post(late)).code).toBe('question-expired');
    const early = await handMade();
    world.clock.advance(-61_000);
    expect((await post(early)).code).toBe('question-expired');
    world.clock.advance(1_000);
    expect((await post(early)).code).toBe('answered');
    world.clock.advance(60_000);
  });

  test('the same message again gets the very same bytes; the same id with other content is refused', async () => {
    const message = await handMade();
    const [first, again] = [await post(message), await post(message)];
    expect(first.code).toBe('answered');
    expect(again.body.equals(first.body)).toBe(true);
    for (const name of ['signature', 'signature-input', 'content-digest'])
      expect(again.headers[name]).toBe(first.headers[name]);
    expect(await usesOf(message.given.consentId)).toBe(1);
    const less = message.body.replace('"gpa",', '');
    const reused = await signQuestion(
      {
        url: message.url,
        body: less,
        questionId: message.questionId,
        requester: message.office.entityId,
        xRoadClient: 'SA/GOV/moe',
        accessToken: message.headers['authorization']!.slice('DPoP '.length),
      },
      signedBy(message.office.signer),
    );
    expect(less).not.toBe(message.body);
    expect((await post({ ...reused, body: less })).code).toBe('question-replayed');
  });

  test('a nonce is good for one question', async () => {
    const first = await handMade();
    expect((await post(first)).code).toBe('answered');
    const second = await handMade();
    const nonceOf = (message: HandMade) => /nonce="([^"]+)"/.exec(message.headers['signature-input']!)![1]!;
    const resign = async (nonce: string) => {
      const { signature: _s, 'signature-input': _i, ...headers } = second.headers;
      const created = world.seconds();
      const signed = await signMessage({
        message: { method: 'POST', url: second.url, headers },
        label: 'question',
        components: questionComponents,
        params: {
          created,
          expires: created + 60,
          nonce,
          keyid: second.office.signer.kid,
          alg: 'ecdsa-p256-sha256',
          tag: 'jisr-question',
        },
        sign: (base) => second.office.signer.sign(base),
      });
      return (await post({ ...second, headers: { ...headers, ...signed } })).code;
    };
    expect(await resign(nonceOf(first))).toBe('question-replayed');
    expect(await resign('short')).toBe('signature-invalid');
    expect(await resign(nonceOf(second))).toBe('answered');
  });

  test('a stored answer cannot be read from the database, opens only with the token, and is dropped after an hour', async () => {
    const message = await handMade();
    expect((await post(message)).code).toBe('answered');
    const { rows } = await sql<{ sealed: Uint8Array }>`select answer_sealed as sealed from exchange.uses
      where question_id = ${message.questionId}::uuid`.execute(world.holding.database.db);
    expect(Buffer.from(rows[0]!.sealed).toString('latin1')).not.toContain('bachelor');
    const otherToken = await world.mintToken(message.given, message.office, { jti: 'another' });
    const resigned = await signQuestion(
      {
        url: message.url,
        body: message.body,
        questionId: message.questionId,
        requester: message.office.entityId,
        xRoadClient: 'SA/GOV/moe',
        accessToken: otherToken,
      },
      signedBy(message.office.signer),
    );
    expect((await post({ ...resigned, body: message.body })).code).toBe('question-replayed');
    world.clock.advance(3_601_000);
    await world.holding.exchange.forgetOld();
    expect(await count('holding', 'exchange.uses', sql`answer_sealed is not null`)).toBe(0);
  });

  test.each([
    ['question-malformed', '{"evidenceType":'],
    ['question-malformed', '[]'],
    ['question-malformed', '{"evidenceType":"degree-record"}'],
    ['question-malformed', JSON.stringify({ personId: noura.nationalId })],
    ['question-too-large', ' '.repeat(16_385)],
  ])('a body that is %s is refused before anything is looked up', async (code, body) => {
    expect((await post(await handMade({ body }))).code).toBe(code);
  });

  test('unknown evidence, an unknown office and a service that another office gives are refused', async () => {
    const body = (evidenceType: string) =>
      JSON.stringify({
        evidenceType,
        fields: ['gpa'],
        purpose: 'degree-recognition',
        caseId: 'SA-1',
        consentId: '019ab0c0-0000-7000-8000-00000000cc01',
      });
    const at = (member: string, service: string) => `${world.holding.url}/r1/BH/GOV/${member}/registry/${service}`;
    expect((await post(await handMade({ url: at('moe', 'tax-record'), body: body('tax-record') }))).code).toBe(
      'evidence-unknown',
    );
    expect((await post(await handMade({ url: at('nobody', 'degree-record') }))).code).toBe('service-unknown');
    expect((await post(await handMade({ url: at('civil', 'degree-record') }))).code).toBe('service-unknown');
    expect((await post(await handMade({ url: at('moe', 'person-identity') }))).code).toBe('question-malformed');
  });

  test('a refusal says who failed, in both languages, and speaks X-Road too', async () => {
    const message = await handMade({ body: '{}' });
    const { json, headers, status } = await post(message);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      code: 'question-malformed',
      origin: 'caller',
      type: 'urn:jisr:problem:question-malformed',
    });
    expect(json.messages.ar.length).toBeGreaterThan(10);
    expect(headers['x-road-error']).toBe('Server.ServerProxy.InvalidRequest');
    expect(headers['signature-input']).toContain('tag="jisr-answer"');
    expect(headers['signature-input']).toContain('"signature";req;key="question"');
  });

  test('refusals are noted for the operator with codes and without personal data', async () => {
    const refusals = await world.holding.exchange.listRefusals(1000);
    expect(refusals.length).toBeGreaterThan(10);
    const text = JSON.stringify(refusals);
    for (const value of personalValues) expect(text).not.toContain(value);
  });
});

describe('the asking side', () => {
  const withAnswer = async (
    change: NonNullable<TwoStates['asking']['http']['after']>,
    ask?: Awaited<ReturnType<TwoStates['consentTo']>>['ask'],
  ) => {
    world.asking.http.after = change;
    try {
      return await codeOf(world.asking.exchange.ask(ask ?? (await world.consentTo()).ask));
    } finally {
      world.asking.http.after = undefined;
    }
  };

  test('refuses an answer of which any covered part was changed', async () => {
    const change = (name: string, value: (old: string) => string) =>
      withAnswer((answer) => ({ ...answer, headers: { ...answer.headers, [name]: value(answer.headers[name]!) } }));
    expect(await withAnswer((answer) => ({ ...answer, status: 201 }))).toBe('answer-invalid: signature');
    expect(await change('content-type', () => 'application/json')).toBe('answer-invalid: signature');
    expect(await change('x-road-id', (old) => old.replace(/^./, 'f'))).toBe('answer-invalid: signature');
    expect(await change('content-digest', () => contentDigest('{}'))).toBe('answer-invalid: signature');
    expect(await change('signature-input', (old) => old.replace('jisr-answer', 'jisr-other'))).toBe(
      'answer-invalid: tag',
    );
    expect(await change('signature-input', (old) => old.replace(' "@method";req', ''))).toBe(
      'answer-invalid: component-not-covered',
    );
    expect(await change('signature-input', (old) => old.replace(/created=\d/, 'created=9'))).toBe(
      'answer-invalid: created',
    );
    const body = await withAnswer((answer) => ({
      ...answer,
      body: Buffer.from(answer.body.toString().replace('bachelor', 'doctorate')),
    }));
    expect(body).toBe('answer-invalid: digest-mismatch');
  });

  test('refuses an answer that was given to another question', async () => {
    let other: Parameters<NonNullable<TwoStates['asking']['http']['after']>>[0] | undefined;
    await withAnswer((answer) => {
      other = answer;
      return answer;
    });
    expect(other?.status).toBe(200);
    expect(await withAnswer(() => other!)).toBe('answer-invalid: signature');
  });

  test('refuses an unsigned refusal: anybody on the way could have made it', async () => {
    const json = JSON.stringify({ code: 'consent-withdrawn', status: 403, messages: { ar: 'لا', en: 'no' } });
    expect(
      await withAnswer(() => ({
        status: 403,
        headers: { 'content-type': 'application/problem+json' },
        body: Buffer.from(json),
      })),
    ).toBe('answer-invalid: missing');
  });

  test('asks again after a broken connection, and the question counts once', async () => {
    const { ask, given } = await world.consentTo();
    let losses = 1;
    const { request } = world.asking.http;
    world.asking.http.sent.length = 0;
    const code = await withAnswer(async (answer) => {
      if (losses-- > 0) await request({ method: 'POST', url: 'http://nobody.localhost:1/' });
      return answer;
    }, ask);
    expect(code).toBe('answered');
    const { sent } = world.asking.http;
    expect(sent.length).toBe(2);
    expect(sent[0]!.headers).toEqual(sent[1]!.headers);
    expect(await usesOf(given.consentId)).toBe(1);
  });

  test('continues the same question after a crash between the answer and its own entry', async () => {
    const { ask, given } = await world.consentTo();
    const lost = async () => {
      throw new Error('the process ends here');
    };
    await expect(withAnswer(lost, ask)).rejects.toThrow('the process ends here');
    expect(await usesOf(given.consentId)).toBe(1);
    const evidence = await world.asking.exchange.ask(ask);
    expect(evidence.fields['degree_level']).toBe('bachelor');
    expect(await usesOf(given.consentId)).toBe(1);
    const entries = sql`record->>'questionId' = ${evidence.questionId}`;
    expect(await count('asking', 'ledger.entries', entries)).toBe(2);
    expect(await count('holding', 'ledger.entries', entries)).toBe(1);
  });

  test('asked five times at once, is one question with one answer in each ledger', async () => {
    const { ask, given } = await world.consentTo({ use: 'until' });
    // All answers are there in the same moment, so that the five end in one round.
    const { promise: allAreThere, resolve: release } = Promise.withResolvers<void>();
    let answers = 0;
    world.asking.http.after = async (answer) => {
      answers += 1;
      if (answers === 5) release();
      await allAreThere;
      return answer;
    };
    const asked = await Promise.all(Array.from({ length: 5 }, () => world.asking.exchange.ask(ask)));
    world.asking.http.after = undefined;
    const [first] = asked;
    for (const one of asked) expect([one.questionId, one.ownReceipt]).toEqual([first!.questionId, first!.ownReceipt]);
    const entries = sql`record->>'questionId' = ${first!.questionId}`;
    expect(await count('asking', 'ledger.entries', entries)).toBe(2);
    expect(await count('holding', 'ledger.entries', entries)).toBe(1);
    expect(await usesOf(given.consentId)).toBe(1);
  });

  test('gets its answer, counted once, after the other node crashed before it was saved', async () => {
    const { ask, given } = await world.consentTo();
    world.holding.crashes.beforeSigning = true;
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe('answer-invalid: missing');
    expect(await usesOf(given.consentId)).toBe(0);
    const evidence = await world.asking.exchange.ask(ask);
    expect(evidence.fields['degree_level']).toBe('bachelor');
    expect(await usesOf(given.consentId)).toBe(1);
    expect(await count('holding', 'ledger.entries', sql`record->>'questionId' = ${evidence.questionId}`)).toBe(1);
  });

  test('is told plainly when the other node is away', async () => {
    const { ask } = await world.consentTo();
    world.asking.http.change = (request) => ({ ...request, url: 'http://bh.localhost:1/' });
    const code = await codeOf(world.asking.exchange.ask(ask));
    world.asking.http.change = undefined;
    expect(code).toBe('peer-unreachable');
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe('answered');
  });
});

describe('what is written down', () => {
  test('neither ledger nor the tables of questions and refusals hold anything that says who the person is', async () => {
    for (const node of [world.asking, world.holding]) {
      const { rows } = await sql<{ text: string }>`select record::text as text from ledger.entries`.execute(
        node.database.db,
      );
      expect(rows.length).toBeGreaterThan(10);
      for (const value of personalValues) expect(rows.filter(({ text }) => text.includes(value))).toEqual([]);
    }
    for (const table of ['questions', 'refusals']) {
      const { rows } = await sql<{
        text: string;
      }>`select t::text as text from ${sql.table(`exchange.${table}`)} t`.execute(world.asking.database.db);
      for (const value of personalValues) expect(rows.filter(({ text }) => text.includes(value))).toEqual([]);
    }
  });
});
