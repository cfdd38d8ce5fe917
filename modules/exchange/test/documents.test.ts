import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { documentUrl, fetchComponents, fetchLabel } from '#protocol/document';
import { signFetch } from '../documents/messages.ts';
import type { Evidence, TakenDocument } from '../index.ts';
import { createMessageSigning } from '../signing.ts';
import { described, digestOf, type FileStore, makeDocument, startFileStore } from './file-store.ts';
import { noura, personalValues, startTwoStates, type TwoStates } from './two-states.ts';

const fields = ['degree_level', 'diploma_scan'];
const scan = makeDocument(300_000);
const key = 'key-of-the-store';
let folder: string;
let files: FileStore;
let world: TwoStates;

const record = (document: object | null) => ({
  cpr: noura.nationalId,
  level: 'bachelor',
  field: 'Civil engineering',
  isced: '0732',
  uniAr: 'جامعة البحرين',
  uniEn: 'University of Bahrain',
  uni: 'uob.edu.bh',
  year: 2021,
  scan: document,
});
const registry = (documents: object) => ({
  id: 'education',
  officeId: 'moe',
  names: { ar: 'وزارة التربية والتعليم', en: 'Ministry of Education' },
  adapter: 'json',
  file: 'graduates.json',
  key: '/cpr',
  documents,
  evidence: [
    {
      type: 'degree-record',
      map: {
        degree_level: '/level',
        field_of_study: '/field',
        field_code: '/isced',
        university_ar: '/uniAr',
        university_en: '/uniEn',
        university_id: '/uni',
        graduation_year: '/year',
        diploma_scan: {
          document: { from: '/scan/path', size: '/scan/bytes', sha256: '/scan/sha256', mediaType: '/scan/type' },
        },
      },
    },
  ],
});
const identities = {
  id: 'identities',
  officeId: 'civil',
  names: { ar: 'السجل السكاني', en: 'Population register' },
  adapter: 'json',
  file: 'persons.json',
  key: '/cpr',
  evidence: [
    {
      type: 'person-identity',
      map: { full_name_ar: '/ar', full_name_latin: '/en', birth_date: '/born', nationality: '/nat' },
    },
  ],
};

/** Puts a record into the ministry's file, as a ministry would: whole, by renaming. */
const keep = (document: object | null, at = folder) => {
  writeFileSync(join(at, 'graduates.next'), JSON.stringify([record(document)]));
  renameSync(join(at, 'graduates.next'), join(at, 'graduates.json'));
};
const makeFolder = () => {
  const made = mkdtempSync(join(tmpdir(), 'jisr-documents-'));
  writeFileSync(join(made, 'persons.json'), JSON.stringify([{ cpr: noura.nationalId }]));
  keep(null, made);
  return made;
};

beforeAll(async () => {
  files = await startFileStore();
  folder = makeFolder();
  writeFileSync(join(folder, 'store'), key, { mode: 0o600 });
  chmodSync(join(folder, 'store'), 0o600);
  const documents = { server: `${files.url}/files/`, authentication: { kind: 'bearer', secret: 'store' } };
  world = await startTwoStates({ registries: [registry(documents), identities], registriesFolder: folder });
});
afterAll(async () => {
  await world.close();
  await files.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  files.files.set('scan.pdf', scan);
  keep(described('scan.pdf', scan));
});
afterEach(() => {
  files.behave = undefined;
});

const outcomeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    const { code, brokenBy } = error as { code?: string; brokenBy?: string };
    if (code === undefined) throw error;
    return brokenBy === undefined ? code : `${code}: ${brokenBy}`;
  }
  return 'whole';
};
const obtain = async (in_ = world) => {
  const { ask, given, office } = await in_.consentTo({ fields, essential_fields: ['degree_level'] });
  return { evidence: await in_.asking.exchange.ask(ask), given, office };
};
const fetchOf = ({ questionId, fields: received }: Evidence, in_ = world): Promise<TakenDocument> =>
  in_.asking.exchange.fetchDocument({ officeId: 'moe', questionId, field: 'diploma_scan', fields: received });
const readAll = async (document: TakenDocument) => buffer(document.stream);
const kindsOf = async (node: 'asking' | 'holding', questionId: string) => {
  const { rows } = await sql<{ kind: string; record: Record<string, unknown>; person_id: string | null }>`
    select record->>'kind' as kind, record, person_id from ledger.entries
    where record->>'questionId' = ${questionId} and record->>'kind' like 'document-%'
    order by appended_at`.execute(world[node].database.db);
  return rows;
};
/** Waits for what happens on the other side of a connection, and fails when it does not. */
const eventually = async (isTrue: () => boolean | Promise<boolean>) => {
  for (let turn = 0; turn < 200; turn += 1) {
    if (await isTrue()) return;
    await wait(20);
  }
  throw new Error('it did not happen');
};

describe('a document of an answer', () => {
  test('is bound by the answer and streamed from the registry to the office that asked', async () => {
    const { evidence } = await obtain();
    expect(evidence.fields['diploma_scan']).toEqual({
      mediaType: 'application/pdf',
      size: scan.length,
      digest: digestOf(scan),
    });
    const document = await fetchOf(evidence);
    expect(document).toMatchObject({ mediaType: 'application/pdf', size: scan.length, digest: digestOf(scan) });
    expect((await readAll(document)).equals(scan)).toBe(true);

    const theirs = await kindsOf('holding', evidence.questionId);
    expect(theirs.map(({ kind }) => kind)).toEqual(['document-begun', 'document-sent']);
    expect(theirs.every(({ person_id }) => person_id === noura.personId)).toBe(true);
    const ours = await kindsOf('asking', evidence.questionId);
    expect(ours.map(({ kind }) => kind)).toEqual(['document-received']);
    for (const { record: said } of [...theirs, ...ours]) {
      expect(said).toMatchObject({ questionId: evidence.questionId, field: 'diploma_scan' });
      for (const value of [...personalValues, 'scan.pdf', digestOf(scan)])
        expect(JSON.stringify(said)).not.toContain(value);
    }
  });

  test('can be fetched again, counts as no further use, and the person reads when it left', async () => {
    const { evidence, given } = await obtain();
    await readAll(await fetchOf(evidence));
    expect((await readAll(await fetchOf(evidence))).equals(scan)).toBe(true);
    const consent = await world.holding.consent.get(noura.personId, given.consentId);
    expect(consent.items[0]!.usesCount).toBe(1);
    const uses = await world.holding.exchange.listUses(noura.personId);
    expect(uses.find(({ questionId }) => questionId === evidence.questionId)).toMatchObject({
      documents: [
        { field: 'diploma_scan', isWhole: true },
        { field: 'diploma_scan', isWhole: true },
      ],
    });
  });

  test('is not fetched on the word of changed values', async () => {
    const { evidence } = await obtain();
    const other = { ...(evidence.fields['diploma_scan'] as object), digest: digestOf(Buffer.from('another')) };
    const changed = { ...evidence, fields: { ...evidence.fields, diploma_scan: other } };
    expect(await outcomeOf(fetchOf(changed))).toBe('document-invalid');
  });

  test('a person without a scan has none, and nobody can fetch it', async () => {
    keep(null);
    const { evidence } = await obtain();
    expect(evidence.fields).toEqual({ degree_level: 'bachelor' });
    expect(await outcomeOf(fetchOf(evidence))).toBe('document-unknown');
  });

  test('a scan of unknown size or digest, of another type or too large keeps the whole record back', async () => {
    for (const fault of [{ sha256: undefined }, { bytes: '?' }, { type: 'text/html' }, { bytes: 20_971_521 }]) {
      keep({ ...described('scan.pdf', scan), ...fault });
      expect(await outcomeOf(obtain()), JSON.stringify(fault)).toBe('registry-answer-invalid');
    }
    const [health] = await world.holding.exchange.checkRegistries({ isNow: true });
    expect(health!.drift).toContainEqual(expect.objectContaining({ kind: 'document-incomplete' }));
  });
});

describe('what is not the promised document', () => {
  test('a byte changed at the registry is found before the last byte leaves', async () => {
    const { evidence } = await obtain();
    const changed = Buffer.from(scan);
    changed[150_000]! ^= 1;
    files.files.set('scan.pdf', changed);
    const { stream } = await fetchOf(evidence);
    let taken = 0;
    stream.on('data', (part: Buffer) => {
      taken += part.length;
    });
    expect(await outcomeOf(new Promise((done, fail) => stream.on('end', done).on('error', fail)))).toMatch(
      /^document|UND_ERR|ECONN/,
    );
    expect(taken).toBeLessThan(scan.length);
    await eventually(async () => (await kindsOf('asking', evidence.questionId)).length === 1);
    expect((await kindsOf('holding', evidence.questionId)).at(-1)!.record).toMatchObject({
      kind: 'document-broken-off',
      brokenBy: 'digest',
    });
    expect((await kindsOf('asking', evidence.questionId)).at(-1)!.record).toMatchObject({
      kind: 'document-broken-off',
      brokenBy: 'source',
    });
  });

  test('a byte changed between the nodes is found by the asking one', async () => {
    const { evidence } = await obtain();
    let isFirst = true;
    const changing = new Transform({
      transform: (part: Buffer, _encoding, done) => {
        const copy = Buffer.from(part);
        if (isFirst) copy[0]! ^= 1;
        isFirst = false;
        done(null, copy);
      },
    });
    world.asking.http.through = (body) => body.pipe(changing);
    expect(await outcomeOf(fetchOf(evidence).then(readAll))).toBe('document-broken-off: digest');
    world.asking.http.through = undefined;
    await eventually(async () => (await kindsOf('asking', evidence.questionId)).length === 1);
    expect((await kindsOf('asking', evidence.questionId)).at(-1)!.record).toMatchObject({ brokenBy: 'digest' });
  });

  test('a store that says another size is refused before anything leaves', async () => {
    const { evidence } = await obtain();
    files.files.set('scan.pdf', scan.subarray(1));
    expect(await outcomeOf(fetchOf(evidence))).toBe('document-changed');
    expect(await kindsOf('holding', evidence.questionId)).toEqual([]);
  });

  test('a store that sends more or less than it says is broken off', async () => {
    for (const [wrong, brokenBy] of [
      [Buffer.concat([scan, scan]), 'size'],
      [scan.subarray(0, 200_000), 'size'],
    ] as const) {
      const { evidence } = await obtain();
      // Without a length, so that only counting tells.
      files.behave = (response) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end(wrong);
      expect(await outcomeOf(fetchOf(evidence).then(readAll))).not.toBe('whole');
      await eventually(async () => (await kindsOf('holding', evidence.questionId)).length === 2);
      expect((await kindsOf('holding', evidence.questionId)).at(-1)!.record).toMatchObject({ brokenBy });
    }
  });

  test('a store that breaks off midway breaks the document off, and the person sees that it did', async () => {
    const { evidence } = await obtain();
    files.behave = (response, bytes) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 100_000), () => response.destroy());
    };
    expect(await outcomeOf(fetchOf(evidence).then(readAll))).not.toBe('whole');
    await eventually(async () => (await kindsOf('holding', evidence.questionId)).length === 2);
    expect((await kindsOf('holding', evidence.questionId)).at(-1)!.record).toMatchObject({ brokenBy: 'source' });
    const uses = await world.holding.exchange.listUses(noura.personId);
    expect(uses.find(({ questionId }) => questionId === evidence.questionId)).toMatchObject({
      documents: [{ isWhole: false }],
    });
  });

  test('a store that is down, refuses us or has lost the file is a failure of the registry', async () => {
    const { evidence } = await obtain();
    files.files.delete('scan.pdf');
    expect(await outcomeOf(fetchOf(evidence))).toBe('document-unavailable');
    files.files.set('scan.pdf', scan);
    files.behave = (response) => response.writeHead(503).end();
    expect(await outcomeOf(fetchOf(evidence))).toBe('document-unavailable');
    files.behave = undefined;
    expect(await outcomeOf(fetchOf(evidence).then(readAll))).toBe('whole');
  });

  test('another document in the registry is not the one that was answered', async () => {
    const { evidence } = await obtain();
    const renewed = makeDocument(10_000);
    files.files.set('renewed.pdf', renewed);
    keep(described('renewed.pdf', renewed));
    expect(await outcomeOf(fetchOf(evidence))).toBe('document-changed');
  });

  test('a record cannot point outside of its store', async () => {
    const { origin } = new URL(files.url);
    for (const path of [
      '../openapi.json',
      `${origin}/secret`,
      'http://127.0.0.1:1/x',
      '//host/x',
      '%2e%2e/x',
      'a\\..\\..\\x',
    ]) {
      keep(described(path, scan));
      const { evidence } = await obtain();
      const before = files.sent.length;
      expect(await outcomeOf(fetchOf(evidence)), path).toBe('document-unavailable');
      expect(files.sent.length, path).toBe(before);
    }
  });
});

describe('a reader', () => {
  const large = makeDocument(20_000_000);
  beforeEach(() => {
    files.files.set('large.pdf', large);
    keep(described('large.pdf', large));
  });

  test('that is slow slows the registry down, and gets the document', async () => {
    const { evidence } = await obtain();
    const document = await fetchOf(evidence);
    await wait(400);
    const paused = files.sent.at(-1)!.bytes;
    await wait(200);
    // Nobody reads: what the machine's sockets hold has been filled, and the store has stopped there.
    expect(files.sent.at(-1)!.bytes).toBe(paused);
    expect(paused).toBeLessThan(large.length);
    expect((await readAll(document)).equals(large)).toBe(true);
  });

  test('that goes away closes the stream of the registry', async () => {
    const { evidence } = await obtain();
    const document = await fetchOf(evidence);
    document.stream.destroy();
    await eventually(() => files.sent.at(-1)!.isWhole === false);
    await eventually(async () => (await kindsOf('holding', evidence.questionId)).length === 2);
    expect((await kindsOf('holding', evidence.questionId)).at(-1)!.record).toMatchObject({ brokenBy: 'reader' });
    await eventually(async () => (await kindsOf('asking', evidence.questionId)).length === 1);
    expect((await kindsOf('asking', evidence.questionId)).at(-1)!.record).toMatchObject({ brokenBy: 'reader' });
  });
});

describe('who may fetch', () => {
  test('nobody once the person has taken the consent back', async () => {
    const { evidence, given } = await obtain();
    await readAll(await fetchOf(evidence));
    await world.holding.consent.withdraw(noura.personId, given.consentId);
    expect(await outcomeOf(fetchOf(evidence))).toBe('consent-withdrawn');
  });

  test('nobody after the consent has ended, or thirty days after the answer', async () => {
    const { evidence } = await obtain();
    const { ask } = await world.consentTo({
      fields,
      essential_fields: ['degree_level'],
      until: new Date(world.clock.now().getTime() + 90 * 86_400_000).toISOString(),
    });
    const longer = await world.asking.exchange.ask(ask);
    world.clock.advance(3_600_000);
    expect(await outcomeOf(fetchOf(evidence))).toBe('consent-expired');
    expect(await outcomeOf(fetchOf(longer).then(readAll))).toBe('whole');
    world.clock.advance(30 * 86_400_000);
    expect(await outcomeOf(fetchOf(longer))).toBe('document-expired');
  });

  test('only the office that asked, and only what it was answered', async () => {
    const { evidence } = await obtain();
    const { asking } = world;
    const as = (officeId: string, questionId = evidence.questionId) =>
      outcomeOf(asking.exchange.fetchDocument({ officeId, questionId, field: 'diploma_scan', digest: digestOf(scan) }));
    expect(await as('civil')).toBe('exchange-unknown');
    const { ask } = await world.consentTo({ fields: ['degree_level'], essential_fields: ['degree_level'] });
    const without = await asking.exchange.ask(ask);
    expect(await as('moe', without.questionId)).toBe('document-unknown');
  });

  const send = (url: string, headers: Record<string, string>) =>
    new Promise<{ status: number; code: string; headers: Record<string, unknown> }>((resolve, reject) => {
      plainRequest(
        url,
        {
          headers,
          lookup: (_h, o, done) =>
            o.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
        },
        (answer) => {
          buffer(answer).then((body) => {
            const code = answer.statusCode === 200 ? 'whole' : JSON.parse(body.toString('utf8')).code;
            resolve({ status: answer.statusCode!, code, headers: answer.headers });
          }, reject);
        },
      )
        .on('error', reject)
        .end();
    });
  const signed = async (evidence: Evidence, officeId: string, changes: { field?: string } = {}) => {
    const office = world.asking.offices.get(officeId)!;
    const field = changes.field ?? 'diploma_scan';
    return signFetch(
      {
        url: documentUrl(evidence.messages.url, evidence.questionId, field),
        questionId: evidence.questionId,
        requester: office.entityId,
        xRoadClient: office.xRoadClient,
        digest: digestOf(scan),
      },
      { sign: createMessageSigning(), signer: office.signer, mayShare: false, clock: world.clock },
    );
  };

  test('not another office with a good signature, nor a stranger with a bad one; every refusal is signed', async () => {
    const { evidence } = await obtain();
    const other = await signed(evidence, 'civil');
    expect(await send(other.url, other.headers)).toMatchObject({ status: 404, code: 'document-unknown' });
    const own = await signed(evidence, 'moe');
    const forged = { ...own.headers, 'jisr-document-digest': digestOf(Buffer.from('x')) };
    const refused = await send(own.url, forged);
    expect(refused).toMatchObject({ status: 401, code: 'signature-invalid' });
    expect(refused.headers['signature']).toMatch(/^document=:/);
    const { signature: _signature, ...unsigned } = own.headers;
    expect(await send(own.url, unsigned)).toMatchObject({ code: 'signature-missing' });
    const elsewhere = await signed(evidence, 'moe', { field: 'gpa' });
    expect(await send(elsewhere.url, elsewhere.headers)).toMatchObject({ code: 'document-unknown' });
    const { rows } = await sql<{ code: string }>`select code from exchange.refusals
      where service like ${`%/${evidence.questionId}/%`} order by refused_at`.execute(world.holding.database.db);
    expect(rows.length).toBe(4);
  });

  test('a fetch that is played back, or comes late, gets nothing', async () => {
    const { evidence } = await obtain();
    const own = await signed(evidence, 'moe');
    expect(own.headers['signature-input']).toContain(`${fetchLabel}=(${fetchComponents.join(' ')})`);
    expect(await send(own.url, own.headers)).toMatchObject({ code: 'whole' });
    expect(await send(own.url, own.headers)).toMatchObject({ status: 409, code: 'fetch-replayed' });
    const late = await signed(evidence, 'moe');
    world.clock.advance(420_000);
    expect(await send(late.url, late.headers)).toMatchObject({ status: 401, code: 'question-expired' });
  });
});

describe('documents in a folder', () => {
  let inFolder: TwoStates;
  let place: string;
  beforeAll(async () => {
    place = makeFolder();
    mkdirSync(join(place, 'scans', '2021'), { recursive: true });
    writeFileSync(join(place, 'scans', '2021', 'a.pdf'), scan);
    writeFileSync(join(place, 'secret.pdf'), scan);
    symlinkSync(join(place, 'secret.pdf'), join(place, 'scans', 'link.pdf'));
    inFolder = await startTwoStates({
      registries: [registry({ folder: 'scans' }), identities],
      registriesFolder: place,
    });
  });
  afterAll(async () => {
    await inFolder.close();
    rmSync(place, { recursive: true, force: true });
  });

  test('are streamed from there, and from nowhere else', async () => {
    keep(described('2021/a.pdf', scan), place);
    const { evidence } = await obtain(inFolder);
    expect((await readAll(await fetchOf(evidence, inFolder))).equals(scan)).toBe(true);
    const outside = [
      '../secret.pdf',
      '2021/../../secret.pdf',
      join(place, 'secret.pdf'),
      'link.pdf',
      '2021',
      'none.pdf',
    ];
    for (const path of outside) {
      keep(described(path, scan), place);
      const { evidence: next } = await obtain(inFolder);
      expect(await outcomeOf(fetchOf(next, inFolder)), path).toBe('document-unavailable');
    }
  });

  test('are looked after by the health check', async () => {
    expect((await inFolder.holding.exchange.checkRegistries({ isNow: true }))[0]!.isHealthy).toBe(true);
    renameSync(join(place, 'scans'), join(place, 'moved'));
    const [health] = await inFolder.holding.exchange.checkRegistries({ isNow: true });
    expect(health).toMatchObject({ isHealthy: false, reason: { en: expect.stringContaining('scans') } });
    renameSync(join(place, 'moved'), join(place, 'scans'));
  });
});
