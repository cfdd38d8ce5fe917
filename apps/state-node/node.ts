import { join } from 'node:path';
import type { PageRoute, PortalNeeds } from '#apps/portal';
import { systemClock as clock } from '#kernel/clock';
import type { Contract } from '#kernel/contract';
import { migrateDatabase, openDatabase } from '#kernel/database';
import { createHttpServer, mountContract } from '#kernel/http';
import { createHttpClient } from '#kernel/http-client';
import { createJobs } from '#kernel/jobs';
import { openKeyFolder } from '#kernel/keys';
import { createLog } from '#kernel/log';
import { noTracing, startTracing } from '#kernel/tracing';
import type { Apps } from '#modules/apps';
import { createCatalogue } from '#modules/catalogue';
import { createConsent } from '#modules/consent';
import { createCredentials } from '#modules/credentials';
import { createEvents } from '#modules/events';
import { createExchange, type ExchangeDoor } from '#modules/exchange';
import { createFederation, type Federation } from '#modules/federation';
import { createIdentity, type Identity, type RelyingParty } from '#modules/identity';
import type { Notifications } from '#modules/notifications';
import type { Offers } from '#modules/offers';
import type { Payments } from '#modules/payments';
import { createSignatures } from '#modules/signatures';
import { createActingFor } from './acting.ts';
import { createAnnouncements } from './announcements.ts';
import { createAppsFor } from './apps.ts';
import { createCasesFor } from './casework.ts';
import type { NodeConfig } from './config.ts';
import { nodeContract } from './contract.ts';
import { credentialTypesOf } from './documents.ts';
import { appTiersOf, describeEntities, describeOwnOffices, deskOf } from './entities.ts';
import { identityNeeds } from './identity.ts';
import { createInsightsFor } from './insights.ts';
import { issuersOf } from './issuers.ts';
import { createLedgerFor } from './ledger.ts';
import { createMatchingFor } from './matching.ts';
import { allMigrations } from './migrations.ts';
import { createNotifying } from './notifying.ts';
import { followLives, hearOwnEvents } from './offering.ts';
import { openOfficers } from './officers.ts';
import { operatorContract } from './operator/contract.ts';
import type { OperatorNeeds } from './operator/needs.ts';
import { createPaymentsFor } from './payments.ts';
import { createProbe } from './probe.ts';
import { createPublicHandlers } from './public.ts';
import { createPublishingFor } from './publishing.ts';
import { loadSamples, readRegistries } from './samples.ts';
import { createSharingFor, personOfIn } from './sharing.ts';
import { readNeighbourLooks, readStateFolder, type StateFolder } from './state-folder.ts';
import type { Siblings } from './workers.ts';

export type RunningNode = {
  publicUrl: string;
  operatorUrl?: string;
  operatorNeeds: OperatorNeeds;
  state: StateFolder['state'];
  contracts: Contract[];
  pages: PageRoute[];
  doors: Omit<PortalNeeds, 'assets'>;
  stop(): Promise<void>;
};

/** Everything one state serves, on one web address: provider, federation, ledger, exchange, JSON API and pages. */
export async function startNode(config: NodeConfig, siblings?: Siblings): Promise<RunningNode> {
  const folder = readStateFolder(config.stateFolder);
  const { state, offices } = folder;
  const log = createLog({ name: state.id, level: config.logLevel });
  const officers = openOfficers(config.stateFolder, log);
  const tracing = config.tracing ? await startTracing({ ...config.tracing, state: state.code, log }) : noTracing;
  const { publicUrl, databaseUrl: url, databaseConnectionsMax: connectionsMax = 10, dataFolder: dataDir } = config;
  const database = tracing.watchDatabase(await openDatabase(url ? { url, connectionsMax } : { dataDir }));
  await migrateDatabase(database, allMigrations);
  const keys = openKeyFolder(join(config.dataFolder, 'keys'));
  const http = tracing.watchClient(createHttpClient());
  const jobs = createJobs(database, { log, connectionsMax: connectionsMax < 10 ? 2 : 3 });
  const officeEntityId = (officeId: string) => `${publicUrl}/offices/${officeId}`;
  const officeSigner = (officeId: string) => keys.signer(`office.${officeId}`);
  const providerId = `${publicUrl}/eid`;

  const ledger = await createLedgerFor({
    ...{ database, clock, http, log, keys, config },
    federation: () => federation,
  });
  const announcements = createAnnouncements({
    ledger,
    offices,
    timeZone: state.timeZone,
    findDocumentNames: (typeId) => catalogue.listDelivered().find(({ id }) => id === typeId)?.credential.names,
    events: () => events,
    notifications: () => notifications,
    apps: () => apps,
  });
  const receiptSigner = await keys.signer('consent.receipts');
  const consent = createConsent({
    database,
    clock,
    ledger,
    receiptSigner,
    issuer: providerId,
    log,
    onWithdrawn: announcements.onConsentWithdrawn,
  });
  const mandates = createActingFor({
    database,
    clock,
    log,
    ledger,
    scheme: state.nationalIdScheme,
    consent,
    later: () => ({ identity, exchange, cases }),
  });
  const identity: Identity = await createIdentity({
    database,
    clock,
    keys,
    http,
    log,
    publicUrl,
    ...identityNeeds(folder, officers, config, () => ({ federation, notifications, cases })),
    evidenceAudience: `${publicUrl}/r1`,
    ...announcements.identity,
    listStates: () => federation.listStates(),
    mandates,
  });
  const portalSigner = await keys.signer('portal');
  const federation: Federation = createFederation({
    database,
    clock,
    http,
    log,
    publicUrl,
    trustAnchors: { [config.anchor.entityId]: { keys: config.anchor.keys } },
    hosted: await describeEntities({
      config,
      folder,
      keys,
      identity,
      ledgerKeys: ledger.keys,
      portalSigner,
      receiptKeys: [receiptSigner.publicJwk],
      caCertificate: () => signatures.caCertificatePem(),
      issueTrustMark: (request) => federation.issueTrustMark(request),
    }),
    ...deskOf(folder, config),
    onMembershipChanged: async (tx, change) => {
      await ledger.append(tx, { kind: 'membership-changed', record: change });
    },
    onOwnStatementChanged: async (tx, { entityId, statementHash }) => {
      await ledger.append(tx, { kind: 'entity-statement-changed', record: { entityId, statementHash } });
    },
  });

  const ownOffices = await describeOwnOffices(offices, officeEntityId, officeSigner);
  const exchange: ExchangeDoor = createExchange({
    database,
    clock,
    http,
    log,
    ledger,
    consent,
    federation,
    mandates,
    state: state.code,
    timeZone: state.timeZone,
    publicUrl,
    witnessQuorum: config.witnessQuorum,
    offices: ownOffices,
    mayBatchSignatures: config.batchSignatures !== false,
    registries: readRegistries(folder.folder),
    registriesFolder: join(folder.folder, 'registries'),
    secretsFolder: join(config.dataFolder, 'secrets'),
    issuer: providerId,
    issuerKeys: async () => (identity.providerMetadata(state.names)['jwks'] as { keys: [] }).keys,
    audience: `${publicUrl}/r1`,
    readingHolders: identity.readingHolders,
    findNationalId: async (personId) => (await identity.persons.findPerson(personId))?.nationalId,
    findPersonByNationalId: (nationalId) => identity.persons.findByNationalId(nationalId),
    accessRules: folder.access,
    assuranceClasses: folder.assurance,
    consentKey: await keys.secret('held-consents'),
    tracing,
    ...(config.monitoringKeptDays ? { monitoringKeptDays: config.monitoringKeptDays } : {}),
  });

  const matching = await createMatchingFor({ database, clock, log, ledger, identity, exchange, folder, keys });
  const events = createEvents({
    database,
    clock,
    http,
    log,
    ledger,
    federation,
    eventsEndpoint: `${publicUrl}/events`,
    offices: ownOffices,
    personOf: personOfIn(identity),
    findPersonId: async (number) =>
      (await identity.persons.findByNationalId(number))?.personId ?? matching.findLinked(number),
    onPublished: hearOwnEvents(() => ({ cases, offers, matching, identity })),
  });
  const tools = { database, clock, log, keys };
  const registers = exchange.lookUps.list().map(({ name }) => name);
  const catalogue = createCatalogue({ ...tools, state, publicUrl, servicesDir: config.servicesFolder, registers });
  await catalogue.start();
  const issuing = () => ({ credentials, signatures, payments, notifications, sharing });
  const later = () => ({ ...issuing(), exchange, identity, mandates, federation, http });
  const publishing = createPublishingFor({ ...tools, ledger, catalogue, state, offices, publicUrl, later });
  const { virusScanner } = config;
  const cases = createCasesFor({ ...tools, ledger, jobs, catalogue, state, officers, later, virusScanner });
  const payments: Payments = createPaymentsFor({ ...tools, ledger, jobs, catalogue, cases, http, config, state });
  const shared = { ...tools, http, ledger, federation, identity, exchange, catalogue, cases, publicUrl, state };
  const sharing = createSharingFor({ ...shared, mandates, offices: ownOffices });
  const signatures = createSignatures({
    keys,
    clock,
    database,
    state: state.code,
    names: state.names,
    findOfficeNames: (officeId) => offices.find((office) => office.id === officeId)?.names,
  });
  await signatures.prepareOffices(offices.map((office) => office.id));
  const credentials = createCredentials({
    database,
    clock,
    keys,
    http,
    log,
    publicUrl,
    names: state.names,
    ledger,
    signatures,
    officeSigner,
    officeEntityId,
    ...issuersOf(federation),
    listTypes: () => credentialTypesOf(catalogue),
    onRevoked: announcements.onCredentialRevoked,
  });

  const followed = { ...tools, jobs, offices, events, cases, federation, identity, ledger, catalogue, mandates, state };
  const offers: Offers = followLives({ ...followed, sharing, notifications: () => notifications });
  const apps: Apps = await createAppsFor({ ...tools, config, ledger, federation, identity, cases, payments, state });
  const notifying = { ...tools, config, folder, officers, http, jobs, ledger, catalogue, cases, apps };
  const notifications: Notifications = await createNotifying(notifying);
  const insights = createInsightsFor({ ...tools, jobs, ledger, exchange, publicUrl, config, folder, catalogue, cases });

  const doors: Omit<PortalNeeds, 'assets'> = {
    clock,
    log,
    publicUrl,
    anchorId: config.anchor.entityId,
    listAnchorKeys: () => federation.listAnchorKeys(config.anchor.entityId),
    state,
    look: folder.look,
    offices,
    lifeEventsFirst: folder.lifeEvents,
    isSample: config.loadSamples,
    appTiers: appTiersOf(folder.desk, config.loadSamples),
    witnessQuorum: config.witnessQuorum,
    portal: { entityId: `${publicUrl}/portal`, signer: portalSigner },
    officeClient: async (id): Promise<RelyingParty> => ({
      entityId: officeEntityId(id),
      signer: await officeSigner(id),
    }),
    federation,
    identity,
    mandates,
    matching,
    consent,
    exchange,
    events,
    catalogue,
    publishing,
    cases,
    offers,
    sharing,
    payments,
    notifications,
    apps,
    credentials,
    insights,
    makeDocument: signatures.makeDocument,
    sealDocument: signatures.sealPdf,
    ledger,
    probe: createProbe({ http, clock }),
  };

  const { buildAssets, createDraw, createRenderProblem, mountPortal, portalRoutes } = await import('#apps/portal');
  const { consoleRoutes } = await import('#apps/console');
  const assets = await buildAssets(folder.look, readNeighbourLooks(folder.folder));
  const portalNeeds: PortalNeeds = { ...doors, assets };
  const server = createHttpServer({
    publicUrl,
    log,
    clock,
    identify: (request) => identity.sessions.identify(request),
    recogniseApp: apps.recognise,
    renderProblem: createRenderProblem(() => portalNeeds),
  });
  const operatorNeeds: OperatorNeeds = {
    clock,
    log,
    database,
    http,
    keys,
    jobs,
    federation,
    ledger,
    exchange,
    identity,
    cases,
    payments,
    events,
    sharing,
    notifications,
    state: state.code,
    dataFolder: config.dataFolder,
    publicUrl,
    anchor: config.anchor,
    officeEntityIds: offices.map(({ id }) => officeEntityId(id)),
    witnessQuorum: config.witnessQuorum,
  };
  const operator =
    config.operator &&
    (await import('./operator/index.ts')).createOperator({
      ...operatorNeeds,
      jobs,
      ...{ listen: config.operator.listen, ...(config.movedTime ? { moved: { jobs, cases, apps } } : {}) },
      portal: portalNeeds,
      ...(siblings ? { siblings } : {}),
    });
  operator?.watchServer(server.fastify);
  tracing.watchServer(server.fastify);
  mountContract(server, nodeContract, createPublicHandlers({ config, database, exchange, federation, ledger, state }));
  const modules = [
    ledger,
    federation,
    identity,
    mandates,
    matching,
    consent,
    exchange,
    events,
    catalogue,
    publishing,
    cases,
    offers,
    sharing,
    payments,
    notifications,
    signatures,
    credentials,
    insights,
    apps,
  ];
  for (const { contract, handlers } of modules) mountContract(server, contract as Contract, handlers as never);
  identity.mountProvider(server);
  apps.mountProvider(server);
  const draw = createDraw(portalNeeds);
  const pages = [...portalRoutes(portalNeeds, draw), ...consoleRoutes(portalNeeds, draw)];
  mountPortal(server, portalNeeds, pages);

  if (config.loadSamples)
    await loadSamples({ database, clock, persons: identity.persons, scheme: state.nationalIdScheme }, folder.folder);
  await jobs.start();
  const operatorAddress = await operator?.open(modules as never);
  await server.listen(config.listen);
  await federation.start();
  const ofPeople = [identity, mandates, matching, cases, offers, sharing, payments, notifications, apps];
  const living = [...ofPeople, publishing, exchange, events, insights];
  for (const module of living) module.start();
  ledger.start();
  log.info({ publicUrl, engine: database.engine }, 'node started');

  return {
    publicUrl,
    state,
    operatorNeeds,
    ...(operatorAddress ? { operatorUrl: operatorAddress.url } : {}),
    contracts: [nodeContract, operatorContract, ...modules.map(({ contract }) => contract as Contract)],
    pages,
    doors,
    stop: async () => {
      await server.close();
      await operatorAddress?.close();
      await jobs.stop();
      for (const module of living) await module.stop();
      await federation.stop();
      await ledger.stop();
      await http.close();
      await database.close();
      await tracing.stop();
    },
  };
}
