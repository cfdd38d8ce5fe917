import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '#kernel/clock';
import type { Caller } from '#kernel/contract';
import type { Database } from '#kernel/database';
import { createHttpServer, mountContract } from '#kernel/http';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { type Keys, memoryKeys } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { silentLog } from '#kernel/log';
import { kernelProblem } from '#kernel/problem';
import {
  type Credentials,
  type CredentialType,
  createCredentials,
  credentialsMigrations,
  type TrustedIssuer,
} from '#modules/credentials';
import { createLedger, type Ledger, ledgerMigrations, openTileFolder } from '#modules/ledger';
import { createSignatures, type Signatures, signaturesMigrations } from '#modules/signatures';
import { openTestDatabase } from '#tests/support/database';

export const degreeType: CredentialType = {
  typeId: 'degree-recognition',
  names: { ar: 'معادلة شهادة جامعية', en: 'Degree recognition' },
  description: { ar: 'معادلة شهادة صادرة من دولة أخرى.', en: 'Recognition of a degree awarded in another state.' },
  claims: [
    { name: 'reference', label: { ar: 'المرجع', en: 'Reference' } },
    { name: 'holder_name', label: { ar: 'الاسم', en: 'Name' }, isDisclosable: true },
    { name: 'degree', label: { ar: 'الدرجة', en: 'Degree' }, isDisclosable: true },
    { name: 'grade', label: { ar: 'المعدل', en: 'Grade' }, isDisclosable: true },
  ],
};

export type TestNode = {
  state: string;
  publicUrl: string;
  names: Text;
  /** What its services end in, as published now. */
  types: CredentialType[];
  keys: Keys;
  http: HttpClient;
  database: Database;
  ledger: Ledger;
  signatures: Signatures;
  credentials: Credentials;
  issuerOf(entityId: string): Promise<TrustedIssuer | undefined>;
  /** Who the server takes the next callers for. */
  signIn(personId: string | undefined): void;
  /** States that this node cannot read just now. */
  outOfReach: Set<string>;
  close(): Promise<void>;
};

/** Nodes that listen and know each other, as the federation would have introduced them. */
export async function startNodes(
  states: Array<{ state: string; names: Text }>,
  clock: Clock = systemClock,
): Promise<TestNode[]> {
  const nodes: TestNode[] = [];
  for (const { state, names } of states) nodes.push(await startNode(state, names, clock, nodes));
  return nodes;
}

async function startNode(state: string, names: Text, clock: Clock, nodes: TestNode[]): Promise<TestNode> {
  const host = `${state.toLowerCase()}.localhost`;
  const port = await freePort();
  const publicUrl = `http://${host}:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
  const database = await openTestDatabase(ledgerMigrations, signaturesMigrations, credentialsMigrations);
  const keys = memoryKeys();
  const http = createHttpClient();
  const ledger = createLedger({
    database,
    clock,
    log: silentLog,
    http,
    tiles: openTileFolder(folder),
    origin: `${host}/ledger`,
    logSigner: await keys.signer('log', 'Ed25519'),
    witnessName: `${host}/witness`,
    witnessSigner: await keys.signer('witness', 'Ed25519'),
    neighbours: async () => [],
    quorum: 0,
  });
  const outOfReach = new Set<string>();
  const signatures = createSignatures({
    keys,
    clock,
    database,
    state,
    names,
    findOfficeNames: (officeId) =>
      officeId === 'moe'
        ? { ar: `وزارة التعليم – ${names.ar}`, en: `Ministry of Education of ${names.en}` }
        : undefined,
  });
  const credentials = createCredentials({
    database,
    clock,
    keys,
    http,
    log: silentLog,
    publicUrl,
    names,
    ledger,
    signatures,
    officeSigner: (officeId) => keys.signer(`office.${officeId}`),
    officeEntityId: (officeId) => `${publicUrl}/offices/${officeId}`,
    resolveIssuer: async (entityId) => {
      for (const node of nodes) {
        const issuer = await node.issuerOf(entityId);
        if (issuer) return issuer;
      }
      throw kernelProblem('not-found');
    },
    listStates: async () => nodes.map((node) => ({ entityId: node.publicUrl })),
    trustedCas: () =>
      Promise.all(
        nodes.filter((node) => !outOfReach.has(node.state)).map((node) => node.signatures.listCaCertificatesPem()),
      ),
    mayMissCas: async () => outOfReach.size > 0,
    listTypes: () => node.types,
  });
  let caller: Caller = { kind: 'anyone' };
  const server = createHttpServer({ publicUrl, log: silentLog, clock, identify: async () => caller });
  mountContract(server, credentials.contract, credentials.handlers);
  mountContract(server, signatures.contract, signatures.handlers);
  await server.listen({ port, host: '127.0.0.1' });
  const node: TestNode = {
    state,
    publicUrl,
    names,
    types: [degreeType],
    keys,
    http,
    database,
    ledger,
    signatures,
    credentials,
    issuerOf: async (entityId) =>
      entityId === `${publicUrl}/offices/moe`
        ? {
            jwks: [(await keys.signer('office.moe')).publicJwk],
            names: { ar: 'وزارة التعليم', en: 'Ministry of Education' },
            state,
          }
        : undefined,
    outOfReach,
    signIn: (personId) => {
      caller = personId ? { kind: 'person', sessionId: 'session', personId, homeState: state } : { kind: 'anyone' };
    },
    close: async () => {
      await server.close();
      await http.close();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return node;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
