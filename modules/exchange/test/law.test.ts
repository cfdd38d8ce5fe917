import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { newId } from '#kernel/ids';
import { type Problem, problemFromJson } from '#kernel/problem';
import { findLaw } from '#protocol/laws';
import type { AskEvidence } from '../index.ts';
import { checkLaw, isInForce } from '../law/rules.ts';
import { signQuestion } from '../messages.ts';
import { createMessageSigning } from '../signing.ts';
import { ali, noura, startTwoStates, type TwoStates } from './two-states.ts';

let world: TwoStates;
beforeAll(async () => {
  world = await startTwoStates();
});
afterAll(() => world.close());

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    const { code } = error as Problem;
    if (code === undefined) throw error;
    return code;
  }
  return 'answered';
};
const dayMs = 86_400_000;
const inDays = (days: number) => new Date(world.clock.now().getTime() + days * dayMs).toISOString();

type LawAsk = Extract<AskEvidence, { law: string }>;
const askUnder = (changes: Partial<LawAsk> = {}): LawAsk => ({
  officeId: 'civil',
  providerState: 'BH',
  evidenceType: 'person-identity',
  fields: ['full_name_ar', 'birth_date'],
  purpose: 'insurance-registration',
  caseId: `SA-${newId().slice(-8)}`,
  law: 'gcc-insurance-extension',
  nationalId: noura.nationalId,
  ...changes,
});
const usesOf = async (caseId: string, person = noura) =>
  (await world.holding.exchange.listUses(person.personId)).flatMap((use) =>
    use.shown === 'all' && use.caseId === caseId ? [use] : [],
  );
const aboutNoura = async () => JSON.stringify(await world.holding.ledger.listAbout(noura.personId));

/** Every row of every table of the exchange and the ledger of a node, as text. */
const everythingAt = async (node: 'asking' | 'holding') => {
  const { db } = world[node].database;
  const { rows } = await sql<{ name: string }>`select table_schema || '.' || table_name as name
    from information_schema.tables where table_schema in ('exchange', 'ledger')`.execute(db);
  const texts = await Promise.all(
    rows.map(async ({ name }) => {
      const found = await sql<{ text: string }>`select t::text as text from ${sql.table(name)} t`.execute(db);
      return found.rows.map(({ text }) => text).join('\n');
    }),
  );
  return texts.join('\n');
};

describe('a question under a law', () => {
  test('is answered without consent, and both ledgers name the law', async () => {
    const ask = askUnder();
    const evidence = await world.asking.exchange.ask(ask);
    expect(evidence.fields).toEqual({ full_name_ar: 'نورة أحمد', birth_date: '1999-05-17' });
    expect(evidence.theirReceipt.record).toMatchObject({
      kind: 'evidence-answered',
      law: 'gcc-insurance-extension',
      accessRule: 'identity-under-laws',
      accessVersion: 1,
      disclosure: 'open',
    });
    expect(evidence.theirReceipt.record).not.toHaveProperty('consentId');
    expect(evidence.ownReceipt.record).toMatchObject({ kind: 'evidence-received', law: 'gcc-insurance-extension' });
  });

  test('is shown to the person at once, with the name of the law', async () => {
    const ask = askUnder();
    const { theirReceipt } = await world.asking.exchange.ask(ask);
    const [use] = await usesOf(ask.caseId);
    expect(use).toMatchObject({
      outcome: 'given',
      requesterNames: { en: 'Office civil' },
      law: { id: 'gcc-insurance-extension', names: findLaw('gcc-insurance-extension')!.names },
      legalBasis: findLaw('gcc-insurance-extension')!.names.en,
      leafHash: theirReceipt.leafHash,
    });
    expect(use).not.toHaveProperty('consentId');
    expect(await usesOf(ask.caseId, ali)).toEqual([]);
  });

  test('leaves the number of the person nowhere once it has ended, given or refused', async () => {
    await world.asking.exchange.ask(askUnder());
    expect(await codeOf(world.asking.exchange.ask(askUnder({ fields: ['nationality'] })))).toBe('access-not-granted');
    expect(await codeOf(world.asking.exchange.ask(askUnder({ nationalId: '770303355' })))).toBe('evidence-not-found');
    for (const node of ['asking', 'holding'] as const) {
      const text = await everythingAt(node);
      expect(text).toContain('gcc-insurance-extension');
      for (const number of [noura.nationalId, '770303355']) expect(text, node).not.toContain(number);
    }
  });

  test('that lost its answer is continued with the same bytes, and counts once', async () => {
    const ask = askUnder();
    world.asking.http.after = () => Promise.reject(Object.assign(new Error('lost'), { code: 'ECONNRESET' }));
    await expect(world.asking.exchange.ask(ask)).rejects.toThrow('lost');
    world.asking.http.after = undefined;
    expect(await everythingAt('asking')).toContain(noura.nationalId);
    const evidence = await world.asking.exchange.ask(ask);
    expect(await usesOf(ask.caseId)).toHaveLength(1);
    expect((await usesOf(ask.caseId))[0]!.questionId).toBe(evidence.questionId);
    expect(await everythingAt('asking')).not.toContain(noura.nationalId);
  });

  test('about another person is another question, though all else is the same', async () => {
    const ask = askUnder();
    world.asking.http.after = () => Promise.reject(new Error('lost'));
    await expect(world.asking.exchange.ask(ask)).rejects.toThrow('lost');
    world.asking.http.after = undefined;
    // Ali has no record of identity: had Noura's question been continued, hers would have come.
    expect(await codeOf(world.asking.exchange.ask({ ...ask, nationalId: ali.nationalId }))).toBe('evidence-not-found');
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe('answered');
  });

  test('that never ended forgets its person after a day', async () => {
    world.asking.http.after = () => Promise.reject(new Error('lost'));
    await expect(world.asking.exchange.ask(askUnder())).rejects.toThrow('lost');
    world.asking.http.after = undefined;
    world.clock.advance(dayMs + 1);
    await world.asking.exchange.forgetOld();
    expect(await everythingAt('asking')).not.toContain(noura.nationalId);
  });

  test.each<[string, Partial<LawAsk>]>([
    ['law-unknown', { law: 'no-such-law' }],
    ['law-does-not-ground', { purpose: 'criminal-investigation' }],
    ['law-does-not-ground', { evidenceType: 'degree-record', fields: ['degree_level'] }],
    ['law-does-not-ground', { fields: ['full_name_ar', 'national_id'] }],
    ['requester-not-entitled', { officeId: 'parks' }],
    ['requester-not-entitled', { fields: ['full_name_latin'] }],
    ['access-not-granted', { fields: ['full_name_ar', 'nationality'] }],
    ['evidence-not-found', { nationalId: '770303355' }],
    ['sealing-not-allowed', { sealUntil: '2027-01-01T00:00:00Z' }],
  ])('is refused as %s with %j, and nobody is told anything about the person', async (code, changes) => {
    const ask = askUnder(changes);
    const before = await aboutNoura();
    expect(await codeOf(world.asking.exchange.ask(ask))).toBe(code);
    expect(await usesOf(ask.caseId)).toEqual([]);
    expect(await aboutNoura()).toBe(before);
    const [refusal] = await world.holding.exchange.listRefusals(1);
    expect(refusal).toMatchObject({ code, asked: { ground: ask.law, purpose: ask.purpose, fields: ask.fields } });
    expect(JSON.stringify(refusal)).not.toContain(ask.nationalId);
  });

  test('does not carry an office that is certified to ask with consent only', async () => {
    // The ministry's mark names the evidence for its own purpose, but no law for it.
    const ask = askUnder({ purpose: 'degree-recognition' });
    expect(['law-does-not-ground', 'requester-not-entitled']).toContain(await codeOf(world.asking.exchange.ask(ask)));
    const withConsent = await world.consentTo({
      evidence_type: 'person-identity',
      fields: ['full_name_ar'],
      essential_fields: [],
      purpose: 'insurance-registration',
    });
    expect(await codeOf(world.asking.exchange.ask(withConsent.ask))).toBe('requester-not-entitled');
  });
});

describe('on the wire, a question under a law', () => {
  const handMade = async (changes: { body?: object; accessToken?: string } = {}) => {
    const office = world.asking.offices.get('civil')!;
    const { law, nationalId, evidenceType, fields, purpose, caseId } = askUnder();
    const person = { nationalId, salt: 'q2Vn0m4s1hTq3wq0w0e1rA' };
    const body = JSON.stringify(changes.body ?? { evidenceType, fields, purpose, caseId, ground: { law }, person });
    const signed = await signQuestion(
      {
        url: `${world.holding.url}/r1/BH/GOV/civil/registry/person-identity`,
        body,
        questionId: newId(),
        requester: office.entityId,
        xRoadClient: office.xRoadClient,
        ...(changes.accessToken ? { accessToken: changes.accessToken } : {}),
      },
      { sign: createMessageSigning(), signer: office.signer, mayShare: false, clock: world.clock },
    );
    return { ...signed, body, caseId };
  };
  const post = async ({ method, url, headers, body }: Awaited<ReturnType<typeof handMade>>) => {
    const answer = await world.asking.http.request({ method, url, headers, body });
    const text = answer.body.toString();
    return { text, code: answer.status === 200 ? 'answered' : problemFromJson(JSON.parse(text), answer.status).code };
  };

  test('is signed without a token, and sent again gets the same bytes', async () => {
    const message = await handMade();
    expect(message.headers['authorization']).toBeUndefined();
    const first = await post(message);
    expect(first.code).toBe('answered');
    expect((await post(message)).text).toBe(first.text);
    expect(await usesOf(message.caseId)).toHaveLength(1);
  });

  test('is refused when the person, the law or the seal was changed on the way', async () => {
    const message = await handMade();
    for (const body of [
      message.body.replace(noura.nationalId, ali.nationalId),
      message.body.replace('gcc-insurance-extension', 'gcc-estate-assistance'),
      message.body.replace('"ground":{', `"ground":{"sealUntil":"${inDays(30)}",`),
    ]) {
      expect(body).not.toBe(message.body);
      expect((await post({ ...message, body })).code).toBe('signature-invalid');
    }
  });

  test('is refused with a token beside the law, and without a person', async () => {
    expect((await post(await handMade({ accessToken: 'a.b.c' }))).code).toBe('question-malformed');
    const { person: _person, ...body } = JSON.parse((await handMade()).body);
    expect((await post(await handMade({ body }))).code).toBe('question-malformed');
  });

  test('names no person in its refusal, whatever is wrong with it', async () => {
    const good = JSON.parse((await handMade()).body);
    for (const body of [
      { ...good, person: { ...good.person, nationalId: `${noura.nationalId}!` } },
      { ...good, ground: { law: 'no-such-law' } },
      { ...good, fields: ['national_id'] },
    ]) {
      const { code, text } = await post(await handMade({ body }));
      expect(code).not.toBe('answered');
      expect(text).not.toContain(noura.nationalId);
    }
  });
});

describe('a sealed question', () => {
  const sealed = (changes: Partial<LawAsk> = {}) =>
    askUnder({
      purpose: 'criminal-investigation',
      law: 'gcc-criminal-assistance',
      sealUntil: inDays(30),
      personId: newId(),
      ...changes,
    });

  test('is logged at once, hidden from the person until its day, and then shown', async () => {
    const ask = sealed();
    const { questionId, theirReceipt } = await world.asking.exchange.ask(ask);
    await world.holding.ledger.integrate();
    const proof = await world.holding.ledger.findProof({ leafHash: theirReceipt.leafHash });
    expect(proof?.opening.record).toMatchObject({ disclosure: 'sealed', hiddenUntil: ask.sealUntil, questionId });
    expect(JSON.stringify(await world.holding.exchange.listUses(noura.personId))).not.toContain(questionId);
    expect(await aboutNoura()).not.toContain(questionId);

    world.clock.advance(30 * dayMs - 1);
    await world.holding.exchange.forgetOld();
    expect(JSON.stringify(await world.holding.exchange.listUses(noura.personId))).not.toContain(questionId);
    world.clock.advance(1);
    expect(await usesOf(ask.caseId)).toMatchObject([{ leafHash: theirReceipt.leafHash }]);
    await world.holding.exchange.forgetOld();
    expect(await usesOf(ask.caseId)).toHaveLength(1);
    expect(await aboutNoura()).toContain(questionId);
    expect((await world.holding.ledger.findProof({ leafHash: theirReceipt.leafHash }))?.opening).toEqual(
      proof?.opening,
    );
  });

  test('is not listed about the person at the asking state either', async () => {
    const ask = sealed();
    const { questionId } = await world.asking.exchange.ask(ask);
    expect(JSON.stringify(await world.asking.ledger.listAbout(ask.personId!))).not.toContain(questionId);
    const open = askUnder({ personId: newId() });
    const { questionId: openId } = await world.asking.exchange.ask(open);
    expect(JSON.stringify(await world.asking.ledger.listAbout(open.personId!))).toContain(openId);
  });

  test('is shown at once when an officer of the office that answered lifts the seal, and that is logged', async () => {
    const ask = sealed();
    const { questionId } = await world.asking.exchange.ask(ask);
    expect(await codeOf(world.holding.exchange.liftSeal('moe', questionId))).toBe('seal-unknown');
    expect(await usesOf(ask.caseId)).toEqual([]);
    await world.holding.exchange.liftSeal('civil', questionId);
    expect(await usesOf(ask.caseId)).toHaveLength(1);
    const kinds = (await world.holding.ledger.listAbout(noura.personId))
      .filter(({ record }) => record['questionId'] === questionId)
      .map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['evidence-answered', 'seal-lifted']);
    expect(await codeOf(world.holding.exchange.liftSeal('civil', questionId))).toBe('seal-unknown');
  });

  test('is refused for longer than the law allows, and for a time that is over', async () => {
    expect(await codeOf(world.asking.exchange.ask(sealed({ sealUntil: inDays(366) })))).toBe('sealing-not-allowed');
    expect(await codeOf(world.asking.exchange.ask(sealed({ sealUntil: inDays(-1) })))).toBe('sealing-not-allowed');
  });
});

test('a use that tells about somebody else is shown in part: neither office, nor purpose, nor law, nor hour', async () => {
  // Past nine in the evening by UTC, the next day has begun in Bahrain.
  const day = world.clock.now().toISOString().slice(0, 10);
  world.clock.advance(Date.parse(`${day}T22:30:00Z`) - world.clock.now().getTime());
  const ask = askUnder({ purpose: 'estate-settlement', law: 'gcc-estate-assistance' });
  const { questionId, theirReceipt } = await world.asking.exchange.ask(ask);
  const use = (await world.holding.exchange.listUses(noura.personId)).find((one) => one.questionId === questionId);
  expect(use).toEqual({
    shown: 'part',
    questionId,
    on: new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10),
    requesterState: world.asking.url,
    evidenceType: 'person-identity',
    evidenceNames: expect.anything(),
    fields: [
      { name: 'full_name_ar', names: expect.anything() },
      { name: 'birth_date', names: expect.anything() },
    ],
    outcome: 'given',
    leafHash: theirReceipt.leafHash,
  });
  expect(JSON.stringify(use)).not.toMatch(/estate|offices|civil|SA-/);
  world.clock.advance(400 * dayMs);
  await world.holding.exchange.forgetOld();
  expect(await aboutNoura()).not.toContain(questionId);
});

describe('a law', () => {
  const law = findLaw('gcc-insurance-extension')!;
  const facts = { requesterState: 'SA', holderState: 'BH', at: new Date('2026-11-22T12:00:00Z') };
  test('is in force between its parties, from its beginning to its end', () => {
    expect(isInForce(law, facts)).toBe(true);
    expect(isInForce(law, { ...facts, requesterState: 'FR' })).toBe(false);
    expect(isInForce(law, { ...facts, holderState: 'FR' })).toBe(false);
    expect(isInForce(law, { ...facts, at: new Date(Date.parse(law.from) - 1) })).toBe(false);
    expect(isInForce({ ...law, until: '2026-11-22T12:00:00Z' }, facts)).toBe(false);
    expect(isInForce({ ...law, until: '2026-11-22T12:00:01Z' }, facts)).toBe(true);
  });

  test('that is not in force grounds nothing', async () => {
    const question = {
      evidenceType: 'person-identity',
      fields: ['birth_date'],
      purpose: 'insurance-registration',
      ground: { law: law.id },
    };
    expect(checkLaw(question, facts)).toBe(law);
    expect(await codeOf((async () => checkLaw(question, { ...facts, requesterState: 'FR' }))())).toBe(
      'law-not-in-force',
    );
  });
});
