import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tablesOf } from '#kernel/database';
import type { HttpServer } from '#kernel/http';
import { newId, sha256 } from '#kernel/ids';
import { digestOf } from '../files/answers.ts';
import { cleanFileName } from '../files/formats.ts';
import type { Person } from '../index.ts';
import { startClamd, startClamdDouble } from './clamd.ts';
import { eicar, jpegWith, pdfWith, pngWith, protectedPdf } from './samples.ts';
import { childBorn, officerAt, openSaudiCases, type SaudiCases, serveCases, somebody } from './support.ts';

const service = 'gcc-school-enrolment';
const nobody = newId();

/** A draft that asks for a school report, and which an officer decides: the child is too old for the stage. */
async function begin({ cases }: SaudiCases, person: Person = somebody()) {
  const { id } = await cases.startCase(person, service);
  await cases.recordEvidence(person, id, childBorn('2010-03-14'));
  await cases.saveAnswers(person, id, 'stage', { stage: 'primary' });
  return { person, caseId: id };
}

async function send({ cases }: SaudiCases, person: Person, caseId: string) {
  for (const pageId of ['siblings', 'reports']) await cases.saveAnswers(person, caseId, pageId, {});
  await cases.saveAnswers(person, caseId, 'contact', { email: 'a@example.com', mobile: '+97336000000' });
  await cases.saveAnswers(person, caseId, 'declaration', { declaration: 'yes' });
  const sent = await cases.submitCase(person, caseId);
  expect(sent.state).toBe('submitted');
  return sent;
}

type Rows = { files: { id: string; case_id: string; size: number; content: Buffer | null; scan: string } };
const rowsOf = ({ database }: SaudiCases, caseId: string) =>
  tablesOf<Rows>(database.db, 'cases').selectFrom('files').selectAll().where('case_id', '=', caseId).execute();

describe('files', () => {
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

  const call = async (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    personId: string,
    { bytes, disposition, officeId }: { bytes?: Buffer; disposition?: string; officeId?: string } = {},
  ) => {
    const officer = officeId ? { officer: { officeId, roles: ['reviewer'] } } : {};
    const caller = { kind: 'person', sessionId: newId(), personId, homeState: 'BH', level: 'substantial', ...officer };
    const answer = await server.fastify.inject({
      method,
      url,
      headers: {
        'x-caller': JSON.stringify(caller),
        ...(bytes ? { 'content-type': 'application/octet-stream' } : {}),
        ...(disposition ? { 'content-disposition': disposition } : {}),
      },
      ...(bytes ? { payload: bytes } : {}),
    });
    const isJson = String(answer.headers['content-type']).includes('json');
    return {
      status: answer.statusCode,
      headers: answer.headers,
      bytes: answer.rawPayload,
      json: isJson ? answer.json() : {},
    };
  };

  test('a file is attached, read by its person alone, sealed when the case is sent, and then read by its office', async () => {
    const { person, caseId } = await begin(room);
    const me = person.personId;
    const at = `/api/cases/${caseId}/questions/reports/files`;
    const disposition = `attachment; filename*=UTF-8''${encodeURIComponent('شهادة.PDF')}`;
    const bytes = pdfWith();
    const attached = await call('POST', at, me, { bytes, disposition });
    const sha = sha256(bytes).toString('hex');
    const described = {
      name: 'شهادة.pdf',
      mediaType: 'application/pdf',
      size: bytes.length,
      sha256: sha,
      scan: 'unscanned',
    };
    expect(attached).toMatchObject({ status: 201, json: described });
    // The same bytes again, as after an answer that was lost, are the file there is.
    expect((await call('POST', at, me, { bytes })).json.id).toBe(attached.json.id);
    expect((await call('POST', at, newId(), { bytes })).json.code).toBe('case-unknown');

    const own = `/api/cases/${caseId}/files/${attached.json.id}`;
    const office = `/api/office/cases/${caseId}/files/${attached.json.id}`;
    const read = await call('GET', own, me);
    expect(read.bytes.equals(bytes)).toBe(true);
    expect(read.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="file.pdf"; filename*=UTF-8''${encodeURIComponent('شهادة.pdf')}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    });
    const isHidden = async (url: string, reader: string, officeId?: string) =>
      expect(await call('GET', url, reader, officeId ? { officeId } : {})).toMatchObject({ status: 404 });
    await isHidden(own, newId());
    await isHidden(office, newId(), 'moe');

    const sent = await send(room, person, caseId);
    expect(sent.answers.find(({ questionId }) => questionId === 'reports')).toMatchObject({ file: described });
    expect((await call('GET', office, newId(), { officeId: 'moe' })).bytes.equals(bytes)).toBe(true);
    await isHidden(office, newId(), 'customs');
    await isHidden(own, newId());
    await isHidden(`/api/cases/${caseId}/files/${nobody}`, me);
    expect((await call('GET', own, me)).status).toBe(200);
    expect((await call('POST', at, me, { bytes: pngWith() })).json.code).toBe('case-not-open');
    expect((await call('DELETE', own, me)).json.code).toBe('case-not-open');
    const entry = room.entries.find(({ kind, record }) => kind === 'case-submitted' && record['caseId'] === caseId);
    const filesDigest = digestOf([{ id: '', questionId: 'reports', sha256: sha }]);
    expect(entry!.record).toMatchObject({ files: 1, filesDigest });
    expect(JSON.stringify(entry)).not.toContain('شهادة');

    // Swapped behind the node's back: neither side is given it.
    const files = tablesOf<Rows>(room.database.db, 'cases');
    await files.updateTable('files').set({ content: pngWith() }).where('case_id', '=', caseId).execute();
    expect((await call('GET', office, newId(), { officeId: 'moe' })).json.code).toBe('file-altered');
  });

  test('what it holds counts, not what it is called', async () => {
    const { person, caseId } = await begin(room);
    const at = `/api/cases/${caseId}/questions/reports/files`;
    const image = jpegWith();
    const javascript = '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>';
    for (const [bytes, status, code] of [
      [Buffer.alloc(0), 422, 'file-empty'],
      [Buffer.from('<html><script>alert(1)</script>'), 422, 'file-type-refused'],
      [Buffer.from('GIF89a'), 422, 'file-type-refused'],
      [Buffer.concat([pdfWith(), Buffer.alloc(5_000_001)]), 413, 'file-too-large'],
      [Buffer.alloc(10_000_001), 413, 'request-too-large'],
      [Buffer.from('%PDF-1.7\nnothing'), 422, 'file-damaged'],
      [await protectedPdf(), 422, 'file-protected'],
      [pdfWith(javascript), 422, 'file-active'],
      [pdfWith('/OpenAction << /S /J#61vaScript /J#53 (x) >>'), 422, 'file-active'],
      [pdfWith('/OpenAction 4 0 R', ['<< /S 5 0 R /F (cmd.exe) >>', '/Launch']), 422, 'file-active'],
      [pdfWith('/Names << /EmbeddedFiles << /Names [] >> >>'), 422, 'file-active'],
      [pngWith().subarray(0, 60), 422, 'file-damaged'],
      [image.subarray(0, 60), 422, 'file-damaged'],
      [image.subarray(0, image.indexOf(Buffer.from('ffd9', 'hex'))), 422, 'file-damaged'],
    ] as const)
      expect(
        await call('POST', at, person.personId, { bytes, disposition: 'attachment; filename="a.pdf"' }),
      ).toMatchObject({
        status,
        json: { code },
      });
    expect(await rowsOf(room, caseId)).toEqual([]);
    const elsewhere = `/api/cases/${caseId}/questions/stage/files`;
    expect((await call('POST', elsewhere, person.personId, { bytes: pdfWith() })).json.code).toBe('question-unknown');
  });

  test('a picture loses its place, its texts and what hides behind it, and stays the right way up', async () => {
    const { person, caseId } = await begin(room);
    const bytes = jpegWith(Buffer.from([1, 0xff, 2]));
    const { id, name, mediaType } = await room.cases.attachFile(person, caseId, 'reports', { name: 'a.pdf', bytes });
    expect([name, mediaType]).toEqual(['a.jpg', 'image/jpeg']);
    const kept = (await room.cases.readFile(person, caseId, id)).bytes;
    expect(kept.toString('latin1')).not.toMatch(/GPS|Fatima/);
    expect(kept.includes(Buffer.from('011200030000000100060000', 'hex'))).toBe(true);
    expect(kept.includes(Buffer.from('01010000003f0001ff0002ffd9', 'hex'))).toBe(true);
    const png = await room.cases.attachFile(person, caseId, 'reports', { name: '', bytes: pngWith('by Fatima') });
    expect((await room.cases.readFile(person, caseId, png.id)).bytes.equals(pngWith())).toBe(true);
    expect(png.name).toBe('file.png');
  });

  test('a name is never a path and never reads otherwise than it is', () => {
    expect(cleanFileName('C:\\fakepath\\..\\my "report".final.PDF', 'application/pdf')).toBe('my report.final.pdf');
    expect(cleanFileName('../../etc/passwd', 'image/png')).toBe('passwd.png');
    expect(cleanFileName('invoice\u202Egpj.exe', 'image/jpeg')).toBe('invoicegpj.jpg');
    expect(cleanFileName('...', 'image/jpeg')).toBe('file.jpg');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
        const name = cleanFileName(given, 'application/pdf');
        expect(name).toMatch(/^[^.\s].*\.pdf$/u);
        expect(name).not.toMatch(/[\p{Cc}\p{Cf}/\\"<>|:*?]/u);
        expect(name.isWellFormed()).toBe(true);
        expect([...name].length).toBeLessThanOrEqual(104);
        expect(cleanFileName(name, 'application/pdf')).toBe(name);
      }),
    );
  });

  test('of many at once no more are kept than may be, and everyone who is told so is kept', async () => {
    const { person, caseId } = await begin(room);
    const attach = (at: number) =>
      room.cases.attachFile(person, caseId, 'reports', {
        name: `${at}.jpg`,
        bytes: jpegWith(Buffer.from(`picture ${at}`)),
      });
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5, 6].map(attach));
    const kept = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
    expect(kept).toHaveLength(3);
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason.code).toBe('files-too-many');
    expect((await rowsOf(room, caseId)).map(({ id }) => id).sort()).toEqual(kept.sort());
    await room.cases.removeFile(person, caseId, kept[0]!);
    expect((await attach(7)).name).toBe('7.jpg');
    await expect(room.cases.removeFile(person, caseId, kept[0]!)).rejects.toMatchObject({ code: 'file-unknown' });
  });

  test('all files of a draft together have a limit', async () => {
    const { person, caseId } = await begin(room);
    const attach = (bytes: Buffer) => room.cases.attachFile(person, caseId, 'reports', { name: 'a', bytes });
    await attach(pdfWith());
    const files = tablesOf<Rows>(room.database.db, 'cases');
    await files.updateTable('files').set({ size: 39_999_900 }).where('case_id', '=', caseId).execute();
    await expect(attach(pdfWith('/Lang (ar)'))).rejects.toMatchObject({ code: 'files-too-large' });
    expect((await attach(pngWith())).size).toBeLessThan(100);
  });

  test('files go with the draft, and with the question that is asked no more', async () => {
    const withFile = async () => {
      const begun = await begin(room);
      const file = await room.cases.attachFile(begun.person, begun.caseId, 'reports', { name: 'a', bytes: pdfWith() });
      return { ...begun, file };
    };
    const discarded = await withFile();
    await room.cases.withdrawCase(discarded.person, discarded.caseId);
    expect(await rowsOf(room, discarded.caseId)).toEqual([]);
    const changed = await withFile();
    await room.cases.saveAnswers(changed.person, changed.caseId, 'stage', { stage: 'kindergarten' });
    const again = { name: 'b', bytes: pngWith() };
    await expect(room.cases.attachFile(changed.person, changed.caseId, 'reports', again)).rejects.toMatchObject({
      code: 'question-unknown',
    });
    await room.cases.saveAnswers(changed.person, changed.caseId, 'siblings', {});
    await room.cases.saveAnswers(changed.person, changed.caseId, 'contact', {
      email: 'a@example.com',
      mobile: '+97336000000',
    });
    await room.cases.saveAnswers(changed.person, changed.caseId, 'declaration', { declaration: 'yes' });
    await room.cases.submitCase(changed.person, changed.caseId);
    expect(await rowsOf(room, changed.caseId)).toEqual([]);
    const expired = await withFile();
    room.clock.advance(91 * 86_400_000);
    expect(await room.cases.expireDrafts()).toBeGreaterThan(0);
    expect(await rowsOf(room, expired.caseId)).toEqual([]);
  });

  test('entries of a group are added, changed and removed one by one, and nobody writes over what they have not seen', async () => {
    const { cases } = room;
    const { person, caseId } = await begin(room);
    const pageId = 'siblings';
    const child = (name: string) => ({ name, school: 'School 12', stage: 'primary' });
    const names = async () => {
      const { questions } = await cases.openPage(person, caseId, pageId, 'en');
      return questions[0]!.group!.entries.map(({ rows }) => rows[0]!.value);
    };
    const wrong = await cases.saveEntry(person, caseId, { pageId }, { name: 'R2', school: 'x' });
    expect(wrong.errors.map(({ field, code }) => [field, code])).toEqual([
      ['name', 'not-a-name'],
      ['stage', 'required'],
    ]);
    await Promise.all(['Ali', 'Sara', 'Mona'].map((name) => cases.saveEntry(person, caseId, { pageId }, child(name))));
    expect((await names()).sort()).toEqual(['Ali', 'Mona', 'Sara']);
    const [first, second] = await names();
    const { seen } = await cases.openEntry(person, caseId, { pageId, number: 1 }, 'en');
    expect(await cases.saveEntry(person, caseId, { pageId, number: 1, seen }, child('Noura'))).toEqual({
      saved: true,
      errors: [],
    });
    expect(await names()).toEqual(['Noura', second, (await names())[2]]);
    // Sent twice, or from a window that still shows the old one.
    for (const change of [
      () => cases.saveEntry(person, caseId, { pageId, number: 1, seen }, child(first!)),
      () => cases.removeEntry(person, caseId, { pageId, number: 1, seen }),
      () => cases.removeEntry(person, caseId, { pageId, number: 9, seen }),
    ])
      await expect(change()).rejects.toMatchObject({ code: 'entry-changed' });
    const now = await cases.openEntry(person, caseId, { pageId, number: 1 }, 'en');
    await cases.removeEntry(person, caseId, { pageId, number: 1, seen: now.seen });
    expect((await names())[0]).toBe(second);
    await expect(cases.openEntry(person, caseId, { pageId, number: 3 }, 'en')).rejects.toMatchObject({
      code: 'entry-unknown',
    });
    await expect(cases.openEntry(person, caseId, { pageId: 'contact' }, 'en')).rejects.toMatchObject({
      code: 'page-unknown',
    });
    await expect(cases.saveEntry(somebody(), caseId, { pageId }, child('Ali'))).rejects.toMatchObject({
      code: 'case-unknown',
    });
    // A program sends the whole list.
    const whole = await cases.saveAnswers(person, caseId, pageId, { siblings: [child('Huda'), { name: 'Sara' }] });
    expect(whole.errors[0]).toMatchObject({ control: 'siblings-2-school', code: 'required' });
    await cases.saveAnswers(person, caseId, pageId, { siblings: [child('Huda')] });
    const sent = await send(room, person, caseId);
    const rows = sent.answers.filter(({ questionId }) => questionId === 'siblings');
    expect(rows.map(({ label, value }) => [label.en, value.en])).toEqual([
      ['Brother or sister 1: Name', 'Huda'],
      ['Brother or sister 1: Name of the school', 'School 12'],
      ['Brother or sister 1: Stage', 'Primary'],
    ]);
    await expect(cases.saveEntry(person, caseId, { pageId }, child('Ali'))).rejects.toMatchObject({
      code: 'case-not-open',
    });
  });
});

describe('virus scanner', () => {
  test('harmful is refused; what it cannot judge now is kept, held back from the office, and judged later', async () => {
    const double = await startClamdDouble();
    const room = await openSaudiCases(undefined, { virusScanner: double.address });
    const { cases } = room;
    expect(await cases.readScannerVersion()).toMatch(/^ClamAV /);
    const bad = jpegWith(Buffer.from(eicar));
    const { person, caseId } = await begin(room);
    const attach = (bytes: Buffer) => cases.attachFile(person, caseId, 'reports', { name: 'a', bytes });
    await expect(attach(bad)).rejects.toMatchObject({ code: 'file-infected' });
    expect((await attach(jpegWith())).scan).toBe('clean');

    await double.stop();
    await expect(cases.readScannerVersion()).rejects.toThrow();
    const good = await attach(pngWith());
    const hidden = await attach(bad);
    expect([good.scan, hidden.scan]).toEqual(['waiting', 'waiting']);
    await send(room, person, caseId);
    const officer = officerAt();
    const read = (fileId: string) => cases.readFileForOfficer(officer, caseId, fileId);
    for (const { id } of [good, hidden]) await expect(read(id)).rejects.toMatchObject({ code: 'file-not-scanned' });
    expect(await cases.scanWaiting()).toBe(0);

    const back = await startClamdDouble(double.port);
    expect(await cases.scanWaiting()).toBe(2);
    expect((await read(good.id)).bytes.equals(pngWith())).toBe(true);
    await expect(read(hidden.id)).rejects.toMatchObject({ code: 'file-infected' });
    await expect(cases.readFile(person, caseId, hidden.id)).rejects.toMatchObject({ code: 'file-infected' });
    expect((await rowsOf(room, caseId)).find(({ id }) => id === hidden.id)).toMatchObject({
      content: null,
      scan: 'infected',
    });
    expect(
      (await cases.getCaseForOfficer(officer, caseId)).answers.filter(({ file }) => file?.scan === 'infected'),
    ).toHaveLength(1);
    await back.stop();
    await room.database.close();
  });

  test('the real clamd says the same', async (context) => {
    const clamd = await startClamd();
    if (!clamd) context.skip('clamd is not installed: the scanner is judged by its double alone');
    const room = await openSaudiCases(undefined, { virusScanner: clamd!.address });
    const { person, caseId } = await begin(room);
    const attach = (bytes: Buffer) => room.cases.attachFile(person, caseId, 'reports', { name: 'a', bytes });
    expect(await room.cases.readScannerVersion()).toMatch(/^ClamAV \d/);
    await expect(attach(jpegWith(Buffer.from(eicar)))).rejects.toMatchObject({ code: 'file-infected' });
    expect((await attach(jpegWith(Buffer.alloc(4_900_000, 7)))).scan).toBe('clean');
    expect((await attach(pdfWith())).scan).toBe('clean');
    await clamd!.stop();
    await room.database.close();
  });
});
