import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { vi } from 'vitest';
import { sql } from '#kernel/database';
import { createHttpClient, type HttpClient, type HttpRequest } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { startTestFederation, type TestFederation } from '#tests/support/federation';
import { apply, degreeAnswers, type JourneyNeeds, signIn, waitForDocument } from '../../apps/federation/journey.ts';
import { createVisitor, type Visitor } from '../../apps/federation/visitor.ts';

/** Somebody's browser: its cookies at each host, and everything it has sent. */
export type Browser = {
  visitor: Visitor;
  cookieAt(url: string): string | undefined;
  sent: HttpRequest[];
};

/** Ids that belong to somebody else than the attacker, by the name of the path parameter that takes them. */
export type Ids = Record<string, string>;

export type World = {
  federation: TestFederation;
  http: HttpClient;
  url(id: string): string;
  browsers: Record<'fatima' | 'bader' | 'maryam' | 'huda' | 'ali' | 'yousif' | 'noura', Browser>;
  /** What an attacker goes for, at each attacked node. */
  ids: Record<'bh' | 'sa', Ids>;
  /** Words that only their owner, or the office in charge, may be shown: names, national numbers, case references. */
  markers: string[];
  /** A digest per table of business data. */
  digestOf(id: string): Promise<Record<string, string>>;
  /** Entries and rows that say that data was asked for, given or allowed, by kind. */
  countGiven(id: string): Promise<Record<string, number>>;
  operatorUrl(id: string): string;
  operatorSecret(id: string): string;
  newBrowser(): Browser;
  signIn(browser: Browser, person: string, at: string): Promise<void>;
  stop(): Promise<void>;
};

const serviceId = 'degree-recognition';
const reportName = 'report-of-bader';

/** A draft of another service with a file in it, by the API. */
async function attachReport(http: HttpClient, node: string, cookie: string): Promise<string> {
  const ask = async (
    method: 'POST' | 'PUT',
    path: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ) => {
    const answer = await http.request({ method, url: `${node}${path}`, headers: { cookie, ...headers }, body });
    return JSON.parse(answer.body.toString('utf8')) as { id: string };
  };
  const json = { 'content-type': 'application/json' };
  const { id } = await ask('POST', '/api/cases', JSON.stringify({ serviceId: 'gcc-school-enrolment' }), json);
  await ask('PUT', `/api/cases/${id}/answers/stage`, JSON.stringify({ stage: 'primary' }), json);
  const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
    'base64',
  );
  const disposition = { 'content-disposition': `attachment; filename="${reportName}.png"` };
  const file = await ask('POST', `/api/cases/${id}/questions/reports/files`, picture, {
    ...disposition,
    'content-type': 'image/png',
  });
  if (!file.id) throw new Error('no file was attached');
  return file.id;
}

/**
 * Three states in which Fatima (BH) had a degree recognised in SA and holds it in her wallet, and Bader (KW) waits for the
 * decision of an office of BH. Everybody else is signed in and has no part in either.
 */
export async function startWorld(): Promise<World> {
  const embedded = watchEmbeddedDatabases();
  const federation = await startTestFederation(['bh', 'kw', 'sa']);
  const http = createHttpClient({ timeoutMs: 30_000, bodyBytesMax: 20 * 1024 * 1024 });
  const url = (id: string) => federation.url(id);
  const newBrowser = () => createBrowser(http);
  const query = <Row extends object>(id: string, text: string) => queryNode<Row>(federation, embedded, id, text);
  const needsOf = (browser: Browser, key: string, at: string): JourneyNeeds => {
    const person = federation.person(key);
    return {
      visitor: browser.visitor,
      person,
      homeUrl: url(person.state),
      serviceUrl: url(at),
      homeState: person.state.toUpperCase(),
      serviceId,
    };
  };
  const enter = async (browser: Browser, key: string, at: string) => {
    await signIn(needsOf(browser, key, at), url(at), '/about/privacy');
  };
  const people = ['fatima', 'bader', 'maryam', 'huda', 'ali', 'yousif', 'noura'] as const;
  const browsers = Object.fromEntries(people.map((key) => [key, newBrowser()])) as World['browsers'];

  const [fatimaIds, baderIds] = await Promise.all([
    (async () => {
      const needs = needsOf(browsers.fatima, 'fatima', 'sa');
      await enter(browsers.fatima, 'fatima', 'sa');
      const caseUrl = (await apply(needs, degreeAnswers)).url;
      const { visitor } = browsers.fatima;
      await waitForDocument(visitor, caseUrl);
      await visitor.submit('/wallet');
      if (visitor.current().url.includes('/signin')) await visitor.submit('/signin', { state: 'BH' });
      const offerUrl = new URL(visitor.current().url).searchParams.get('credential_offer_uri')!;
      const held = await visitor.submit('/wallet/offer');
      const api = async (path: string) =>
        JSON.parse((await visitor.fetchJson(`${url('bh')}${path}`)).body.toString('utf8'));
      const [consent] = await api('/api/consents');
      const [use] = await api('/api/uses');
      const mandate = await http.request({
        method: 'POST',
        url: `${url('bh')}/api/mandates`,
        headers: { 'content-type': 'application/json', cookie: browsers.fatima.cookieAt(url('bh'))! },
        body: JSON.stringify({ until: new Date(Date.now() + 86_400_000).toISOString() }),
      });
      const interaction = browsers.fatima.sent.map(({ url: sent }) => /interaction\/([^/?]+)/.exec(sent)?.[1]);
      const ids: Ids = {
        caseId: caseUrl.split('/').at(-1)!,
        walletCredentialId: held.url.split('/').at(-1)!,
        credentialId: held.url.split('/').at(-1)!,
        consentId: consent.consentId,
        mandateId: JSON.parse(mandate.body.toString('utf8')).mandateId,
        useId: use.questionId,
        questionId: use.questionId,
        leafHash: use.leafHash,
        messageId: (
          await query<{ id: string }>('sa', 'select message_id as id from notifications.messages order by sent_at')
        )[0]!.id,
        ...(await linkRecord(
          federation,
          (
            await query<{ id: string }>('sa', 'select person_id as id from cases.cases')
          )[0]!.id,
        )),
        reference: (await query<{ reference: string }>('sa', 'select reference from credentials.credentials'))[0]!
          .reference,
        offerId: offerUrl.split('/').at(-1)!,
        offerUrl,
        uid: interaction.filter(Boolean).at(-1)!,
      };
      return { ids, reference: use.caseId as string };
    })(),
    (async () => {
      await enter(browsers.bader, 'bader', 'bh');
      const page = await apply(needsOf(browsers.bader, 'bader', 'bh'), degreeAnswers);
      const caseId = page.url.split('/').at(-1)!;
      const answer = await browsers.bader.visitor.fetchJson(`${url('bh')}/api/cases/${caseId}`);
      const fileId = await attachReport(http, url('bh'), browsers.bader.cookieAt(url('bh'))!);
      return { caseId, fileId, reference: JSON.parse(answer.body.toString('utf8')).reference as string };
    })(),
    enter(browsers.maryam, 'maryam', 'bh'),
    enter(browsers.huda, 'huda', 'bh').then(() => enter(browsers.huda, 'huda', 'sa')),
    enter(browsers.ali, 'ali', 'bh'),
    enter(browsers.yousif, 'yousif', 'sa'),
    enter(browsers.noura, 'noura', 'sa').then(() => enter(browsers.noura, 'noura', 'bh')),
  ]);

  const shared = {
    side: 'first',
    code: 'if-010',
    roundId: await openRound(federation),
    ...(await shareCase(federation)),
    pageId: 'profession',
    serviceId,
    kind: 'pdf',
    page: 'privacy',
    state: 'BH',
  };
  const owners = [federation.person('fatima'), federation.person('bader')];
  const drafts = { bh: await openDraft(federation, 'bh', 'ali'), sa: await openDraft(federation, 'sa', 'noura') };
  await waitUntilAtRest(async () => {
    const text = "select count(*)::int as count from ledger.entries where kind <> 'entity-statement-changed'";
    const states = federation.nodes.filter(({ role }) => role === 'state');
    const counts = await Promise.all(states.map(({ id }) => query<{ count: number }>(id, text)));
    return counts.flat().reduce((sum, { count }) => sum + count, 0);
  });
  return {
    federation,
    http,
    url,
    browsers,
    ids: {
      bh: {
        ...shared,
        ...fatimaIds.ids,
        draftId: drafts.bh,
        caseId: baderIds.caseId,
        fileId: baderIds.fileId,
      },
      sa: { ...shared, ...fatimaIds.ids, draftId: drafts.sa, fileId: baderIds.fileId },
    },
    markers: [
      ...owners.flatMap(({ names, nationalId }) => [names.ar, names.en, nationalId]),
      fatimaIds.reference,
      reportName,
      baderIds.reference,
    ],
    digestOf: async (id) => {
      const rows = await query<{ name: string; digest: string }>(id, digestQuery);
      return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
    },
    countGiven: async (id) => {
      const rows = await query<{ name: string; count: number }>(id, givenQuery);
      return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
    },
    operatorUrl: (id) => federation.running.get(id)!.operatorUrl!,
    operatorSecret: (id) => readFileSync(join(federation.config.dataFolder, id, 'operator', 'secret'), 'utf8').trim(),
    newBrowser,
    signIn: enter,
    stop: async () => {
      embedded.stopWatching();
      await http.close();
      await federation.stop();
    },
  };
}

/**
 * What nodes still do about what people have done (telling them, asking their state to be told of a death) is done, so that
 * it is not taken for the doing of an attacker: for three seconds, three rounds of their jobs, no log has grown.
 */
async function waitUntilAtRest(count: () => Promise<number>): Promise<void> {
  let last = await count();
  let since = Date.now();
  await vi.waitFor(
    async () => {
      const now = await count();
      if (now !== last) [last, since] = [now, Date.now()];
      if (Date.now() - since < 3000) throw new Error('the nodes are still at work');
    },
    { timeout: 120_000, interval: 250 },
  );
}

/** Her residence record in SA is linked, and a later request of hers waits for an officer. */
async function linkRecord(federation: TestFederation, personId: string): Promise<Ids> {
  const { matching } = federation.running.get('sa')!.doors;
  const { names } = federation.person('fatima');
  const record = { full_name_ar: names.ar, full_name_latin: names.en, sex: 'female', nationality: 'BH' };
  const compare = async (birthDate: string, number?: string) => {
    const begun = await matching.begin({ personId, homeState: 'BH' }, number ? { number } : {});
    return matching.compare(personId, begun.attemptId, { ...record, birth_date: birthDate });
  };
  await compare('1997-04-12');
  const { attemptId } = await compare('1950-01-02', '2000000000');
  return { attemptId, linkId: (await matching.own(personId)).links[0]!.linkId };
}

/** A case of Saudi Arabia that Bahrain's insurance office sees, with Fatima's name in it; as its letter would have left it. */
async function shareCase(federation: TestFederation): Promise<Ids> {
  const { identity } = federation.running.get('bh')!.doors;
  const { names, nationalId } = federation.person('fatima');
  const { personId } = (await identity.persons.findByNationalId(nationalId))!;
  const [shareId, documentId, at] = [newId(), newId(), new Date().toISOString()];
  const title = { ar: 'مد الحماية', en: 'Extension' };
  const status = {
    role: 'home-fund',
    subject: 'x',
    ground: { kind: 'consent', givenAt: at },
    case: {
      caseId: newId(),
      reference: 'SA-2026-90001',
      serviceId: 'social-insurance-extension',
      serviceVersion: '1.0.0',
      serviceTitle: title,
      state: 'submitted',
      whoseTurn: 'office',
      submittedAt: at,
      timeline: [],
      pageUrl: `${federation.url('sa')}/cases/x`,
    },
    facts: [{ id: 'evidence.person-identity.full_name_ar', label: names, value: names }],
    documents: [
      {
        documentId,
        id: 'answers.contract',
        label: title,
        name: 'x.pdf',
        mediaType: 'application/pdf',
        size: 1,
        sha256: '',
      },
    ],
    task: { question: title, workingDays: 5, confirmed: title, refused: title, silence: 'wait' },
  };
  await sql`insert into sharing.shares (share_id, side, role, office_id, peer, peer_state, case_id, person_id, subject, state,
      number, status, fields, began_at, changed_at, leaf_hash, answer_by, opened_number, sent, received, due_at, failures)
    values (${shareId}, 'viewer', 'home-fund', 'insurance', ${`${federation.url('sa')}/offices/insurance`}, 'SA',
      ${status.case.caseId}, ${personId}, 'x', 'active', 1, ${JSON.stringify(status)}::jsonb, '[]'::jsonb, now(), now(), '',
      (now() + interval '60 days')::date, 0, 0, 1, now(), 0)`.execute(
    federation.running.get('bh')!.operatorNeeds.database.db,
  );
  return { shareId, documentId, role: 'home-fund' };
}

/** A draft of a service, opened by an official of the office that offers it. */
async function openDraft(federation: TestFederation, state: string, key: string): Promise<string> {
  const { publishing, identity } = federation.running.get(state)!.doors;
  const { personId } = (await identity.persons.findByNationalId(federation.person(key).nationalId))!;
  const roles = ['service-editor'];
  return publishing.openDraft({ personId, officeId: 'moe', roles }, serviceId);
}

/** A round of self-assessment in SA, in which its officers have roles and nobody else has. */
async function openRound(federation: TestFederation): Promise<string> {
  const { assessments } = federation.running.get('sa')!.doors.insights;
  const [first, second, reviewer, senior] = JSON.parse(
    readFileSync(join(federation.config.statesFolder, 'sa', 'officers.json'), 'utf8'),
  ) as Array<{ personId: string; roles: string[] }>;
  const people = { assessors: [first!.personId, second!.personId], reviewer: reviewer!.personId };
  return (await assessments.openRound(senior!, { year: 2026, ...people })).roundId;
}

function createBrowser(http: HttpClient): Browser {
  const cookies = new Map<string, string>();
  const sent: HttpRequest[] = [];
  const watching: HttpClient = {
    ...http,
    request: (request) => {
      sent.push(request);
      const cookie = request.headers?.['cookie'];
      if (cookie) cookies.set(new URL(request.url).host, cookie);
      return http.request(request);
    },
  };
  return { visitor: createVisitor(watching, 'en'), cookieAt: (url) => cookies.get(new URL(url).host), sent };
}

type EmbeddedDatabases = { find(folder: string): PGlite; stopWatching(): void };

/** An embedded database takes no second connection, so the one that the node opens is looked into. */
function watchEmbeddedDatabases(): EmbeddedDatabases {
  const opened = new Map<string, PGlite>();
  const create = PGlite.create;
  const watched = async (options?: { dataDir?: string }) => {
    const database = (await Reflect.apply(create, PGlite, [options])) as PGlite;
    if (options?.dataDir) opened.set(options.dataDir, database);
    return database;
  };
  PGlite.create = watched as unknown as typeof create;
  return {
    find: (folder) => {
      const database = opened.get(`${folder}/pglite`);
      if (!database) throw new Error(`no embedded database was opened in ${folder}`);
      return database;
    },
    stopWatching: () => {
      PGlite.create = create;
    },
  };
}

/**
 * What a refused request must leave as it was. Left out is only what nodes write by themselves or on purpose about refusals:
 * caches, checkpoints, sign-ins under way, counters of attempts, the audit of refused questions.
 */
const businessTables = [
  'cases.cases',
  'cases.events',
  'cases.evidence',
  'cases.answers',
  'cases.documents',
  'catalogue.versions',
  'consent.grants',
  'consent.uses',
  'credentials.credentials',
  'credentials.status_entries',
  'credentials.offers',
  'credentials.access_tokens',
  'credentials.wallet',
  'exchange.access_versions',
  'exchange.held_consents',
  'exchange.questions',
  'exchange.system_calls',
  'exchange.system_credentials',
  'exchange.systems',
  'exchange.uses',
  'identity.persons',
  'identity.subjects',
  'identity.evidence_grants',
  'identity.known_persons',
  'identity.passkeys',
  'identity.approval_devices',
  'identity.approval_requests',
  'identity.recoveries',
  'insights.rounds',
  'insights.former_people',
  'insights.answers',
  'insights.settlements',
  'insights.history',
  'matching.links',
  'matching.reads',
  'matching.separations',
  'signatures.certificates',
];
const digestQuery = [
  ...businessTables.map(
    (table) =>
      `select '${table}' as name, md5(coalesce(string_agg(md5(one::text), '' order by one::text), '')) as digest from ${table} one`,
  ),
  // The log numbers its entries by itself.
  `select 'ledger.entries of ' || kind, count(*)::text from ledger.entries where kind <> 'entity-statement-changed' group by kind`,
  `select 'identity.sessions', md5(coalesce(string_agg(session_id::text || coalesce(ended_at::text, ''), '' order by session_id), '')) from identity.sessions`,
].join(' union all ');

/** Refusals are written down too, and are no giving; nor is the word to other states that a person has withdrawn a consent. */
const givenQuery = `select kind as name, count(*)::int as count from ledger.entries e
    where encode(e.leaf_hash, 'hex') not in (
      select leaf_hash from events.events where event_type = 'consent-withdrawn'
      union all select given.leaf_hash from events.deliveries given join events.events using (event_id)
        where event_type = 'consent-withdrawn'
      union all select leaf_hash from events.inbox where event_type = 'consent-withdrawn')
    and kind in ('consent-given', 'credential-handed-over', 'event-given', 'event-published', 'event-received',
      'evidence-answered', 'evidence-received', 'question-asked', 'seal-lifted') group by kind
  union all select 'uses given', count(*)::int from exchange.uses where outcome = 'given'`;

async function queryNode<Row extends object>(
  federation: TestFederation,
  embedded: EmbeddedDatabases,
  id: string,
  text: string,
): Promise<Row[]> {
  const { configFile } = federation.nodes.find((node) => node.id === id)!;
  const { databaseUrl, dataFolder } = JSON.parse(readFileSync(configFile, 'utf8'));
  if (!databaseUrl) return (await embedded.find(dataFolder).query<Row>(text)).rows;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
