import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { type Database, sql } from '#kernel/database';
import { createHttpServer, type HttpServer, mountContract } from '#kernel/http';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { memoryKeys, type Signer } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import type { Problem } from '#kernel/problem';
import { writing } from '#kernel/statements';
import { createLedger, type Ledger, ledgerMigrations, openTileFolder } from '#modules/ledger';
import { ConsentReceipt } from '#protocol/consent-receipt';
import type { EvidenceDetail } from '#protocol/evidence-detail';
import { openTestDatabase } from '#tests/support/database';
import { type ConsentDoor, consentMigrations, createConsent, verifyReceipt } from '../index.ts';

const clock = fixedClock('2026-11-22T12:00:00Z');
const requester = 'http://sa.example/offices/moe';
const personId = newId();
const subject = 'pairwise-noura';
const detail: EvidenceDetail = {
  type: 'evidence',
  evidence_type: 'degree-record',
  fields: ['degree_level', 'university_en', 'gpa'],
  essential_fields: ['degree_level'],
  purpose: 'degree-recognition',
  case_id: 'SA-1',
  requester,
  retention: 'P5Y',
  until: '2027-01-01T00:00:00.000Z',
  use: 'once',
};

let database: Database;
let http: HttpClient;
let server: HttpServer;
let signer: Signer;
let ledger: Ledger;
let consent: ConsentDoor;
let baseUrl: string;
const folder = mkdtempSync(join(tmpdir(), 'jisr-consent-'));

beforeAll(async () => {
  database = await openTestDatabase(ledgerMigrations, consentMigrations);
  http = createHttpClient();
  const keys = memoryKeys();
  signer = await keys.signer('receipts');
  ledger = createLedger({
    database,
    clock,
    http,
    log: silentLog,
    logSigner: await keys.signer('log', 'Ed25519'),
    witnessSigner: await keys.signer('witness', 'Ed25519'),
    origin: 'bh.example/ledger',
    witnessName: 'bh.example/witness',
    tiles: openTileFolder(folder),
    neighbours: async () => [],
    quorum: 0,
  });
  consent = createConsent({
    database,
    clock,
    ledger,
    receiptSigner: signer,
    issuer: 'http://bh.example/eid',
    log: silentLog,
  });
  server = createHttpServer({
    publicUrl: 'http://bh.localhost',
    log: silentLog,
    clock,
    identify: async ({ headers }) => {
      const person = headers['x-test-person'];
      return person ? { kind: 'person', sessionId: 's', personId: person, homeState: 'BH' } : { kind: 'anyone' };
    },
  });
  mountContract(server, consent.contract, consent.handlers);
  baseUrl = `http://bh.localhost:${(await server.listen({ port: 0, host: '127.0.0.1' })).port}`;
});
afterAll(async () => {
  await server.close();
  await http.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const give = (approved = ['degree_level', 'gpa'], changes: Partial<EvidenceDetail> = {}) =>
  consent.give({ personId, subject, requester, details: [{ ...detail, ...changes }], approvedFields: [approved] });
const call = async (path: string, person: string | undefined, method = 'GET') => {
  const answer = await http.request({
    method,
    url: `${baseUrl}${path}`,
    headers: person ? { 'x-test-person': person } : {},
  });
  return { status: answer.status, text: answer.body.toString(), type: answer.headers['content-type'] };
};
const question = (consentId: string, questionId = newId()) => ({
  consentId,
  questionId,
  requester,
  subject,
  purpose: detail.purpose,
  caseId: detail.case_id,
  evidenceType: detail.evidence_type,
  fields: ['gpa'],
  at: clock.now(),
});
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'allowed',
    (error: Problem) => error.code,
  );

describe('giving a consent', () => {
  test('keeps exactly what was approved: in the token, in the receipt and in the list alike', async () => {
    const given = await give();
    expect(given.grantedDetails).toEqual([{ ...detail, fields: ['degree_level', 'gpa'], consent_id: given.consentId }]);
    const receipt = verifyReceipt(given.receipt, [signer.publicJwk]);
    expect(Compile(ConsentReceipt).Check(receipt)).toBe(true);
    expect(
      receipt.purposes[0]!.pii_information.map((item) => [item.pii_attribute, item.pii_approved, item.pii_optional]),
    ).toEqual([
      ['degree_level', true, false],
      ['university_en', false, true],
      ['gpa', true, true],
    ]);
    const listed = (await consent.list(personId)).find(({ consentId }) => consentId === given.consentId);
    expect(listed?.items[0]?.fields.map(({ name }) => name)).toEqual(['degree_level', 'gpa']);
    expect(listed).toMatchObject({ state: 'active', until: '2027-01-01T00:00:00.000Z' });
  });

  test('is an entry in the ledger that names no person', async () => {
    const given = await give();
    const [entry] = await ledger.listAbout(personId, { kinds: ['consent-given'], limit: 1 });
    expect(entry?.record).toMatchObject({ consentId: given.consentId, requester });
    const text = JSON.stringify(entry?.record);
    for (const secret of [personId, subject]) expect(text).not.toContain(secret);
  });

  test('is refused without an essential field, and nothing is saved', async () => {
    const before = (await consent.list(personId)).length;
    expect(await codeOf(give(['gpa']))).toBe('essential_claim_declined');
    expect(await codeOf(give(['degree_level', 'study_mode']))).toBe('field-unknown');
    expect(await codeOf(give(['degree_level'], { until: '2026-11-22T12:00:00Z' }))).toBe('evidence-request-malformed');
    expect((await consent.list(personId)).length).toBe(before);
  });

  test('a receipt with one character changed is refused', async () => {
    const { receipt } = await give();
    const at = receipt.indexOf('.') + 20;
    const changed = receipt.slice(0, at) + (receipt[at] === 'A' ? 'B' : 'A') + receipt.slice(at + 1);
    expect(() => verifyReceipt(changed, [signer.publicJwk])).toThrow();
  });
});

const check = async (asked: ReturnType<typeof question>) =>
  (await database.readTogether([consent.checking([asked])]))[0][0]?.code ?? 'allowed';
/** As whoever answers does: with a refusal among them nothing is counted, then the others are, without it. */
const enforce = async (...asked: Array<ReturnType<typeof question>>): Promise<string[]> => {
  const { results, isDone } = await database.writeTogether([consent.enforcing(asked)], ([refusals]) =>
    refusals.every((refusal) => refusal === undefined),
  );
  if (!isDone) await enforce(...asked.filter((_, place) => !results[0][place]));
  return results[0].map((refusal) => refusal?.code ?? 'allowed');
};

test('a receipt says what ISO/IEC TS 27560 wants of it, in words that the person read', async () => {
  const shown = {
    language: 'ar' as const,
    requesterNames: { ar: 'وزارة التعليم', en: 'Ministry of Education' },
    issuerNames: { ar: 'البحرين', en: 'Bahrain' },
  };
  const { receipt } = await consent.give({
    personId,
    subject,
    requester,
    details: [detail],
    approvedFields: [['degree_level']],
    shown,
  });
  const said = verifyReceipt(receipt, [signer.publicJwk]);
  expect(Compile(ConsentReceipt).Check(said)).toBe(true);
  // Of the record header (table 1), the PII processing, the parties and the events.
  for (const field of [
    'schema_version',
    'record_id',
    'pii_principal_id',
    'privacy_notice',
    'language',
    'purposes',
    'events',
  ])
    expect(said).toHaveProperty(field);
  expect(said.language).toBe('ar');
  expect(said.parties).toEqual([
    { party_id: requester, party_role: 'pii_controller', party_names: shown.requesterNames },
    { party_id: 'http://bh.example/eid', party_role: 'pii_provider', party_names: shown.issuerNames },
  ]);
});

describe('withdrawing', () => {
  test('takes effect at the next question, is in the ledger, and twice is once', async () => {
    const { consentId } = await give(undefined, { use: 'until' });
    expect(await check(question(consentId))).toBe('allowed');
    await consent.withdraw(personId, consentId);
    expect(await check(question(consentId))).toBe('consent-withdrawn');
    expect(await enforce(question(consentId))).toEqual(['consent-withdrawn']);
    expect((await consent.withdraw(personId, consentId)).state).toBe('withdrawn');
    const entries = await ledger.listAbout(personId, { kinds: ['consent-withdrawn'], limit: 50 });
    expect(entries.filter(({ record }) => record['consentId'] === consentId).length).toBe(1);
  });

  test('of a consent of somebody else is refused as if there were none', async () => {
    const { consentId } = await give();
    expect(await codeOf(consent.withdraw(newId(), consentId))).toBe('consent-unknown');
    expect((await consent.get(personId, consentId)).state).toBe('active');
  });
});

describe('enforcing', () => {
  test('counts in the transaction of the answer: undone with it, repeated without it', async () => {
    const { consentId } = await give();
    const first = question(consentId);
    const failing = writing({ text: 'select 1 / 0', values: [] });
    await expect(database.writeTogether([consent.enforcing([first]), failing])).rejects.toThrow('division by zero');
    expect((await consent.get(personId, consentId)).items[0]!.usesCount).toBe(0);
    expect(await enforce(first)).toEqual(['allowed']);
    expect(await enforce(first)).toEqual(['allowed']);
    expect(await enforce(question(consentId))).toEqual(['consent-used-up']);
    expect((await consent.get(personId, consentId)).state).toBe('used-up');
  });
});

test('of questions judged together each is judged for itself, and the second sees the count of the first', async () => {
  const [once, other] = [await give(), await give()];
  const [first, second] = [question(once.consentId), question(once.consentId)];
  const elsewhere = { ...question(other.consentId), subject: 'somebody-else' };
  const unknown = question(newId());
  expect(await enforce(first, elsewhere, second, unknown, first, question(other.consentId))).toEqual([
    'allowed',
    'consent-unknown',
    'consent-used-up',
    'consent-unknown',
    'allowed',
    'allowed',
  ]);
  expect((await consent.get(personId, once.consentId)).items[0]!.usesCount).toBe(1);
  expect((await consent.get(personId, other.consentId)).items[0]!.usesCount).toBe(1);
});

describe('over HTTP', () => {
  test('a person sees, keeps and withdraws their own consents', async () => {
    const { consentId, receipt } = await give();
    const path = `/api/consents/${consentId}`;
    expect(JSON.parse((await call('/api/consents', personId)).text)[0].consentId).toBe(consentId);
    expect(await call(`${path}/receipt`, personId)).toMatchObject({
      status: 200,
      text: receipt,
      type: 'application/consent-receipt+jwt',
    });
    expect(JSON.parse((await call(`${path}/withdraw`, personId, 'POST')).text).state).toBe('withdrawn');
    expect(JSON.parse((await call(path, personId)).text).state).toBe('withdrawn');

    // The receipt now says both: what was given, and that and when it ended.
    const ended = await call(`${path}/receipt`, personId);
    const after = verifyReceipt(ended.text, [signer.publicJwk]);
    const before = verifyReceipt(receipt, [signer.publicJwk]);
    expect(Compile(ConsentReceipt).Check(after)).toBe(true);
    expect(after.events.map((event) => event.event_state)).toEqual(['consent-given', 'consent-withdrawn']);
    expect(after.purposes).toEqual(before.purposes);
    expect(after.pii_principal_id).toBe(before.sub);
    expect((await call(`${path}/receipt`, personId)).text).toBe(ended.text);
  });

  test('a stranger is asked to sign in and another person finds nothing, whatever they call', async () => {
    const { consentId } = await give();
    for (const [method, path] of [
      ['GET', `/api/consents/${consentId}`],
      ['GET', `/api/consents/${consentId}/receipt`],
      ['POST', `/api/consents/${consentId}/withdraw`],
    ] as const) {
      expect((await call(path, undefined, method)).status).toBe(401);
      expect((await call(path, newId(), method)).status).toBe(404);
    }
    expect((await call('/api/consents/none', personId)).status).toBe(400);
    expect((await call('/api/consents', newId())).text).toBe('[]');
    expect((await consent.get(personId, consentId)).state).toBe('active');
  });

  test('the tables hold no value of a field, only names', async () => {
    const { rows } = await sql<{ text: string }>`select receipt as text from consent.grants limit 1`.execute(
      database.db,
    );
    const payload = JSON.parse(Buffer.from(rows[0]!.text.split('.')[1]!, 'base64url').toString());
    expect(JSON.stringify(payload)).not.toContain(personId);
  });
});
