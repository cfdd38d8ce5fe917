import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Identify } from '#kernel/admission';
import { fixedClock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { createHttpServer, type HttpServerNeeds, mountContract } from '#kernel/http';
import { createHttpClient, type HttpClient, type HttpRequest } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { signJws } from '#kernel/jws';
import { type Keys, memoryKeys, type Signer } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { type ConsentDoor, consentMigrations, createConsent, type GivenConsent } from '#modules/consent';
import {
  createFederation,
  type Federation,
  federationMigrations,
  type HostedEntity,
  type Subordinate,
} from '#modules/federation';
import {
  createLedger,
  type Ledger,
  type LedgerNeeds,
  ledgerMigrations,
  type Neighbour,
  openTileFolder,
} from '#modules/ledger';
import { createMandates, type Mandates, mandatesMigrations } from '#modules/mandates';
import type { EvidenceDetail, EvidenceGrant } from '#protocol/evidence-detail';
import { openTestDatabase } from '#tests/support/database';
import {
  type AccessRules,
  type AskEvidence,
  createExchange,
  type ExchangeDoor,
  type ExchangeNeeds,
  exchangeMigrations,
  importRegistry,
  type RegistryTables,
} from '../index.ts';

export const noura = { personId: newId(), nationalId: '900101233', subject: 'pairwise-noura' };
export const ali = { personId: newId(), nationalId: '880202244', subject: 'pairwise-ali' };
const people = [noura, ali];

/** Personal data of the samples: none of it may stand in a ledger, a log or an audit. */
export const personalValues = [
  '900101233',
  'نورة أحمد',
  'Noura Ahmed',
  'pairwise-noura',
  noura.personId,
  // Longer than the milliseconds of any time.
  '3.7146',
  '1999-05-17',
];

const education: RegistryTables = {
  id: 'education',
  tables: [
    {
      name: 'graduates',
      columns: {
        cpr: 'text',
        level: 'text',
        field: 'text',
        isced: 'text',
        uni_ar: 'text',
        uni_en: 'text',
        uni: 'text',
        year: 'integer',
        gpa: 'numeric',
        scale: 'numeric',
        mode: 'text',
      },
      key: ['cpr'],
      rows: [
        {
          cpr: noura.nationalId,
          level: 'bachelor',
          field: 'Civil engineering',
          isced: '0732',
          uni_ar: 'جامعة البحرين',
          uni_en: 'University of Bahrain',
          uni: 'uob.edu.bh',
          year: 2021,
          gpa: 3.7146,
          scale: 4,
          mode: null,
        },
        {
          cpr: ali.nationalId,
          level: 'certificate',
          field: 'Law',
          isced: '0421',
          uni_ar: 'جامعة البحرين',
          uni_en: 'University of Bahrain',
          uni: 'uob.edu.bh',
          year: 2020,
          gpa: 3,
          scale: 4,
          mode: null,
        },
      ],
    },
  ],
};
const civil: RegistryTables = {
  id: 'civil',
  tables: [
    {
      name: 'persons',
      columns: { cpr: 'text', name_ar: 'text', name_en: 'text', born: 'date', nat: 'text' },
      key: ['cpr'],
      rows: [{ cpr: noura.nationalId, name_ar: 'نورة أحمد', name_en: 'Noura Ahmed', born: '1999-05-17', nat: 'BH' }],
    },
  ],
};
export const educationRegistry = {
  id: 'education',
  officeId: 'moe',
  names: { ar: 'وزارة التربية والتعليم', en: 'Ministry of Education' },
  adapter: 'sql',
  schema: 'registry_education',
  evidence: [
    {
      type: 'degree-record',
      query: 'select * from graduates where cpr = :nationalId::text',
      map: {
        degree_level: 'level',
        field_of_study: 'field',
        field_code: 'isced',
        university_ar: 'uni_ar',
        university_en: 'uni_en',
        university_id: 'uni',
        graduation_year: 'year',
        gpa: 'gpa',
        gpa_scale: 'scale',
        study_mode: 'mode',
      },
    },
  ],
};
const civilRegistry = {
  id: 'civil',
  officeId: 'civil',
  names: { ar: 'السجل السكاني', en: 'Population register' },
  adapter: 'sql',
  schema: 'registry_civil',
  evidence: [
    {
      type: 'person-identity',
      query: 'select * from persons where cpr = :nationalId',
      map: { full_name_ar: 'name_ar', full_name_latin: 'name_en', birth_date: 'born', nationality: 'nat' },
    },
  ],
};

export const grants: EvidenceGrant[] = [
  {
    purpose: 'degree-recognition',
    evidence_type: 'degree-record',
    fields: ['degree_level', 'university_en', 'graduation_year', 'gpa', 'study_mode', 'diploma_scan'],
  },
  { purpose: 'degree-recognition', evidence_type: 'person-identity', fields: ['full_name_ar', 'birth_date'] },
  ...(
    [
      ['insurance-registration', 'gcc-insurance-extension'],
      ['criminal-investigation', 'gcc-criminal-assistance'],
      ['estate-settlement', 'gcc-estate-assistance'],
    ] as const
  ).map(([purpose, law]) => ({
    purpose,
    evidence_type: 'person-identity',
    fields: ['full_name_ar', 'birth_date', 'nationality'],
    laws: [law],
  })),
];

/** What the holding state gives: degrees to one office of the other state, identities to those that hold the mark. */
export const accessRules: AccessRules = {
  groups: { ministries: ['SA/GOV/moe'] },
  rules: [
    {
      id: 'degrees-for-recognition',
      who: { group: 'ministries' },
      evidenceType: 'degree-record',
      fields: ['degree_level', 'field_code', 'university_en', 'graduation_year', 'gpa', 'study_mode', 'diploma_scan'],
      purposes: ['degree-recognition'],
      grounds: ['consent'],
    },
    {
      id: 'identity-for-recognition',
      who: { office: 'SA/GOV/moe' },
      evidenceType: 'person-identity',
      fields: ['full_name_ar', 'birth_date'],
      purposes: ['degree-recognition'],
      grounds: ['consent'],
    },
    {
      id: 'identity-under-laws',
      who: { trustMark: 'evidence-requester' },
      evidenceType: 'person-identity',
      fields: ['full_name_ar', 'birth_date'],
      purposes: ['insurance-registration', 'criminal-investigation', 'estate-settlement'],
      grounds: ['gcc-insurance-extension', 'gcc-criminal-assistance', 'gcc-estate-assistance'],
    },
  ],
  disclosure: [{ purpose: 'estate-settlement', class: 'about-others' }],
};

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const metadataOf = (url: string) => ({
  organization_name: url,
  'organization_name#ar': url,
  federation_fetch_endpoint: `${url}/federation/fetch`,
  federation_list_endpoint: `${url}/federation/list`,
  federation_resolve_endpoint: `${url}/federation/resolve`,
  federation_trust_mark_status_endpoint: `${url}/federation/trust-mark-status`,
  federation_historical_keys_endpoint: `${url}/federation/historical-keys`,
});

type TestClock = ReturnType<typeof fixedClock>;
type OfficePlan = { officeId: string; provides: string[]; isCertified: boolean };

export type StateNode = {
  url: string;
  /** Serves the operator of the state, to whom `operatorHeaders` belong. */
  operatorUrl: string;
  database: Database;
  ledger: Ledger;
  consent: ConsentDoor;
  mandates: Mandates;
  /** The state's register of guardians: the numbers of the children of a number. */
  guardians: Map<string, string[]>;
  exchange: ExchangeDoor;
  needs: ExchangeNeeds & { registries: readonly unknown[] };
  offices: Map<string, { entityId: string; signer: Signer; xRoadClient: string }>;
  keys: Keys;
  operator: Signer;
  http: TamperableHttp;
  /** What is done to the signer of answers next: a crash between the log and the answer. */
  crashes: { beforeSigning: boolean };
};

export const operatorHeaders = { authorization: 'Bearer the-operator' };

/** The true edge: connections. A test may look at, change, or lose what passes. */
export type TamperableHttp = HttpClient & {
  change: ((request: HttpRequest) => HttpRequest) | undefined;
  after:
    | ((
        answer: Awaited<ReturnType<HttpClient['request']>>,
        request: HttpRequest,
      ) => typeof answer | Promise<typeof answer>)
    | undefined;
  /** What a streamed body passes through. */
  through: ((body: Readable) => Readable) | undefined;
  /** The questions. */
  sent: HttpRequest[];
};

function tamperable(inner: HttpClient): TamperableHttp {
  const http: TamperableHttp = {
    ...inner,
    change: undefined,
    after: undefined,
    through: undefined,
    sent: [],
    open: async (request) => {
      const opening = await inner.open(request);
      return http.through ? { ...opening, body: http.through(opening.body) } : opening;
    },
    request: async (request) => {
      if (request.method !== 'POST') return inner.request(request);
      const changed = http.change?.(request) ?? request;
      // A node also asks other nodes whether a trust mark still stands, whenever it is due.
      if (changed.url.includes('/r1/')) http.sent.push(changed);
      const answer = await inner.request(changed);
      return http.after ? http.after(answer, changed) : answer;
    },
  };
  return http;
}

/** What a state asks of its log, and who stamps that. */
type Assured = Pick<ExchangeNeeds, 'assuranceClasses'> & Pick<LedgerNeeds, 'timeStampAuthorities'>;

/** An anchor and two states in one process, over real HTTP: offices of `asking` hold trust marks, `holding` has registries. */
export async function startTwoStates(
  options: {
    asking?: Assured;
    holding?: Assured;
    clock?: ReturnType<typeof fixedClock>;
    registries?: readonly unknown[];
    registriesFolder?: string;
  } = {},
) {
  const clock = options.clock ?? fixedClock('2026-11-22T12:00:00Z');
  const registriesFolder = options.registriesFolder ?? import.meta.dirname;
  const folder = mkdtempSync(join(tmpdir(), 'jisr-exchange-'));
  const closers: Array<() => Promise<unknown>> = [];
  const anchorUrl = `http://gcc.localhost:${await findFreePort()}`;
  const anchorSigner = await memoryKeys().signer('anchor');
  const subordinates: Subordinate[] = [];
  const markIssuers: string[] = [];
  const neighbours: Neighbour[] = [];
  const markType = `${anchorUrl}/marks/evidence-requester`;
  const trustAnchors = { [anchorUrl]: { keys: [anchorSigner.publicJwk] } };

  const serve = async (
    url: string,
    contracts: Array<[never, never]>,
    identify: Identify,
    rest: Pick<HttpServerNeeds, 'isOperator'> = {},
  ) => {
    const server = createHttpServer({ publicUrl: url, log: silentLog, clock, identify, ...rest });
    for (const [contract, handlers] of contracts) mountContract(server, contract, handlers);
    await server.listen({ host: '127.0.0.1', port: Number(new URL(url).port) });
    closers.push(() => server.close());
  };

  const makeFederation = (url: string, database: Database, http: HttpClient, hosted: HostedEntity[]) => {
    const federation = createFederation({
      database,
      clock,
      http,
      log: silentLog,
      publicUrl: url,
      hosted,
      trustAnchors,
    });
    closers.push(() => federation.stop());
    return federation;
  };

  const anchorDatabase = await openTestDatabase(federationMigrations);
  const anchorHttp = createHttpClient();
  const anchor = makeFederation(anchorUrl, anchorDatabase, anchorHttp, [
    {
      entityId: anchorUrl,
      signer: anchorSigner,
      metadata: { federation_entity: metadataOf(anchorUrl) },
      subordinates: async () => subordinates,
      trustMarkIssuers: { [markType]: markIssuers },
    },
  ]);
  await anchor.start();
  await serve(anchorUrl, [[anchor.contract as never, anchor.handlers as never]], async () => ({ kind: 'anyone' }));
  const stopAnchor = closers.at(-1)!;

  const startState = async (
    state: string,
    plans: OfficePlan[],
    registries: readonly unknown[],
    { assuranceClasses = [], timeStampAuthorities = [] }: Assured = {},
  ): Promise<StateNode> => {
    const url = `http://${state.toLowerCase()}.localhost:${await findFreePort()}`;
    const keys = memoryKeys();
    const database = await openTestDatabase(
      federationMigrations,
      ledgerMigrations,
      mandatesMigrations,
      consentMigrations,
      exchangeMigrations,
    );
    const http = tamperable(createHttpClient({ timeoutMs: 3_000 }));
    const stateSigner = await keys.signer('state');
    const crashes = { beforeSigning: false };
    const offices: StateNode['offices'] = new Map();
    for (const { officeId } of plans) {
      const signer = await keys.signer(`office-${officeId}`);
      const sign = (data: Uint8Array) => {
        if (crashes.beforeSigning) {
          crashes.beforeSigning = false;
          return Promise.reject(new Error('the process ends here'));
        }
        return signer.sign(data);
      };
      offices.set(officeId, {
        entityId: `${url}/offices/${officeId}`,
        signer: { ...signer, sign },
        xRoadClient: `${state}/GOV/${officeId}`,
      });
    }
    // The federation signs with the office's key too, and must not meet the crash that is meant for an answer.
    const federationSigners = new Map(
      await Promise.all(
        plans.map(async ({ officeId }) => [officeId, await keys.signer(`office-${officeId}`)] as const),
      ),
    );
    const ledger = createLedger({
      database,
      clock,
      http,
      log: silentLog,
      logSigner: await keys.signer('log', 'Ed25519'),
      witnessSigner: await keys.signer('witness', 'Ed25519'),
      origin: `${state}.example/ledger`,
      witnessName: `${state}.example/witness`,
      tiles: openTileFolder(join(folder, state)),
      neighbours: async () => neighbours,
      quorum: 0,
      timeStampAuthorities,
      stampEveryMs: 0,
    });
    const { ledgerKey, witnessKey } = ledger.keys;
    neighbours.push({
      origin: ledger.origin,
      ledgerKey,
      ledgerUrl: `${url}/ledger`,
      witnessUrl: `${url}/witness`,
      witnessKey,
    });
    const operator = await keys.signer('provider');
    let federation: Federation | undefined;
    const hosted: HostedEntity[] = [
      {
        entityId: url,
        signer: stateSigner,
        metadata: {
          federation_entity: metadataOf(url),
          jisr_node: {
            state,
            exchange_endpoint: `${url}/r1`,
            ledger_origin: ledger.origin,
            ledger_endpoint: `${url}/ledger`,
            ledger_key: ledger.keys.ledgerKey,
            witness_endpoint: `${url}/witness`,
            witness_key: ledger.keys.witnessKey,
            receipt_keys: { keys: [operator.publicJwk] },
          },
        },
        authorityHints: [anchorUrl],
        subordinates: async () =>
          [...offices.entries()].map(([officeId, { entityId }]) => ({
            entityId,
            jwks: [federationSigners.get(officeId)!.publicJwk],
            entityTypes: ['jisr_office'],
          })),
      },
      ...plans.map(({ officeId, provides, isCertified }): HostedEntity => {
        const { entityId, xRoadClient } = offices.get(officeId)!;
        const signer = federationSigners.get(officeId)!;
        return {
          entityId,
          signer,
          metadata: {
            jisr_office: {
              state,
              office: officeId,
              names: { ar: `جهة ${officeId}`, en: `Office ${officeId}` },
              x_road_client: xRoadClient,
              provides,
              signature_algorithms: ['jisr-es256-batch'],
              jwks: { keys: [signer.publicJwk] },
            },
          },
          authorityHints: [url],
          trustMarks: async () =>
            isCertified
              ? [
                  await federation!.issueTrustMark({
                    issuerEntityId: url,
                    subject: entityId,
                    type: markType,
                    claims: { jisr_grants: grants },
                    lifetimeSeconds: 86_400,
                  }),
                ]
              : [],
        };
      }),
    ];
    subordinates.push({
      entityId: url,
      jwks: [stateSigner.publicJwk],
      entityTypes: ['federation_entity', 'jisr_node'],
    });
    markIssuers.push(url);
    federation = makeFederation(url, database, http, hosted);
    await federation.start();
    const consent = createConsent({
      database,
      clock,
      ledger,
      receiptSigner: operator,
      issuer: `${url}/eid`,
      log: silentLog,
    });
    const guardians = new Map<string, string[]>();
    const mandates = createMandates({
      database,
      clock,
      ledger,
      log: silentLog,
      findParty: async (personId) => {
        const person = people.find((one) => one.personId === personId);
        return person && { ...person, names: { ar: person.subject, en: person.subject }, isSuspended: false };
      },
      admitParty: async ({ nationalId }) => people.find((one) => one.nationalId === nationalId)!.personId,
      readRegister: async (type, nationalId) =>
        type === 'guardianship'
          ? { children: guardians.get(nationalId) ?? [] }
          : { full_name_ar: nationalId, full_name_latin: nationalId },
      onEnded: (tx, { mandateId }) => consent.withdrawUnder(tx, mandateId),
    });
    for (const registry of registries.length > 0 ? [education, civil] : [])
      await importRegistry({ database, clock }, registry);
    const needs: StateNode['needs'] = {
      database,
      clock,
      http,
      log: silentLog,
      ledger,
      consent,
      mandates,
      federation,
      state,
      timeZone: 'Asia/Bahrain',
      publicUrl: url,
      witnessQuorum: 0,
      offices: plans.map(({ officeId, provides }) => ({ officeId, provides, ...offices.get(officeId)! })),
      mayBatchSignatures: true,
      registries,
      registriesFolder,
      secretsFolder: registriesFolder,
      issuer: `${url}/eid`,
      issuerKeys: async () => [operator.publicJwk],
      audience: `${url}/r1`,
      readingHolders: (subjects) => ({
        statements: [],
        read: () => people.filter((person) => subjects.includes(person.subject)),
      }),
      findNationalId: async (personId) => people.find((person) => person.personId === personId)?.nationalId,
      findPersonByNationalId: async (nationalId) => people.find((person) => person.nationalId === nationalId),
      accessRules,
      assuranceClasses,
      consentKey: await keys.secret('held-consents'),
    };
    const exchange = createExchange(needs);
    await serve(
      url,
      [federation, ledger, consent, exchange].map(({ contract, handlers }) => [contract as never, handlers as never]),
      async ({ headers }) => {
        const personId = headers['x-test-person'];
        const officeId = headers['x-test-office'];
        const officer = officeId ? { officer: { officeId, roles: [] } } : {};
        return personId
          ? { kind: 'person', sessionId: 's', personId, homeState: state, ...officer }
          : { kind: 'anyone' };
      },
    );
    const operatorUrl = `http://127.0.0.1:${await findFreePort()}`;
    await serve(
      operatorUrl,
      [[exchange.contract as never, exchange.handlers as never]],
      async () => ({ kind: 'anyone' }),
      {
        isOperator: ({ headers }) => headers['authorization'] === operatorHeaders.authorization,
      },
    );
    closers.push(() => http.close());
    closers.push(() => database.close());
    return {
      url,
      operatorUrl,
      database,
      ledger,
      consent,
      mandates,
      guardians,
      exchange,
      needs,
      offices,
      keys,
      operator,
      http,
      crashes,
    };
  };

  const asking = await startState(
    'SA',
    [
      { officeId: 'moe', provides: [], isCertified: true },
      { officeId: 'parks', provides: [], isCertified: false },
      { officeId: 'civil', provides: [], isCertified: true },
    ],
    [],
    options.asking,
  );
  const holding = await startState(
    'BH',
    [
      { officeId: 'moe', provides: ['degree-record'], isCertified: false },
      { officeId: 'civil', provides: ['person-identity'], isCertified: false },
    ],
    options.registries ?? [educationRegistry, civilRegistry],
    options.holding,
  );

  const seconds = () => Math.floor(clock.now().getTime() / 1000);

  /** The person's approval and the token that the home state's provider gives for it. */
  const consentTo = async (
    changes: Partial<EvidenceDetail> = {},
    options: { officeId?: string; person?: typeof noura } = {},
  ) => {
    const office = asking.offices.get(options.officeId ?? 'moe')!;
    const person = options.person ?? noura;
    const detail: EvidenceDetail = {
      type: 'evidence',
      evidence_type: 'degree-record',
      fields: ['degree_level', 'university_en', 'gpa', 'study_mode'],
      essential_fields: ['degree_level'],
      purpose: 'degree-recognition',
      case_id: `SA-${newId().slice(-8)}`,
      requester: office.entityId,
      retention: 'P5Y',
      until: new Date(clock.now().getTime() + 3_600_000).toISOString(),
      use: 'once',
      ...changes,
    };
    const given = await holding.consent.give({
      ...person,
      requester: office.entityId,
      details: [detail],
      approvedFields: [detail.fields],
    });
    const accessToken = await mintToken(given, office, {}, person.subject);
    const ask: AskEvidence = {
      officeId: options.officeId ?? 'moe',
      providerState: 'BH',
      evidenceType: detail.evidence_type,
      fields: detail.fields,
      purpose: detail.purpose,
      caseId: detail.case_id,
      consentId: given.consentId,
      accessToken,
    };
    return { given, ask, office, person };
  };

  const mintToken = (
    given: GivenConsent,
    office: { entityId: string; signer: Signer },
    changes: object = {},
    subject = noura.subject,
    signer = holding.operator,
    header: object = {},
  ) =>
    signJws(
      signer,
      {
        iss: `${holding.url}/eid`,
        aud: `${holding.url}/r1`,
        sub: subject,
        client_id: office.entityId,
        iat: seconds(),
        exp: seconds() + 600,
        cnf: { jkt: office.signer.kid },
        authorization_details: given.grantedDetails,
        ...changes,
      },
      { typ: 'at+jwt', ...header },
    );

  return {
    clock: clock as TestClock,
    seconds,
    anchorUrl,
    anchorKeys: [anchorSigner.publicJwk],
    stopAnchor,
    asking,
    holding,
    consentTo,
    mintToken,
    close: async () => {
      for (const close of closers) await close();
      await anchorHttp.close();
      await anchorDatabase.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type TwoStates = Awaited<ReturnType<typeof startTwoStates>>;
