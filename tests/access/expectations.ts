import type { Ids } from './world.ts';

/**
 * Who may have it. `public`: anyone, and it tells nothing of a person. `self`: whoever is signed in, about themselves alone.
 * `queue`: an officer, about the own office. `owner`: one person. `office`: officers of the office in charge. `operator`: nobody
 * at all on this address. Whoever else asks gets a coded refusal.
 */
export type Who = 'public' | 'self' | 'queue' | 'owner' | 'office' | 'operator';

export type Expectation = {
  who: Who;
  /** Values of path parameters that are not ids of the world. */
  params?: Ids;
  query?: (ids: Ids) => Record<string, string>;
  /** A body of the right form. A string is sent as it is. */
  body?: (ids: Ids) => object | string;
  /** Refuses with `error` of OAuth 2.0 or OpenID Federation instead of a code of its contract. */
  isOAuth?: true;
  /** Would end the session that attacks. */
  endsSession?: true;
};

const publicly = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'public', ...rest });
const self = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'self', ...rest });
const queue = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'queue', ...rest });
const owner = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'owner', ...rest });
const office = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'office', ...rest });
const operator = (rest: Omit<Expectation, 'who'> = {}): Expectation => ({ who: 'operator', ...rest });
const decision = () => ({ outcome: 'approve', reasonIds: ['other'], expectedVersion: 1 });

const interior = { instance: 'BH', memberClass: 'GOV', member: 'interior' };
const nobody = '019ab0c0-7c00-7000-8000-000000000000';

/** Every endpoint of every contract, by module and name. An endpoint that is not here fails the suite. */
export const endpoints: Record<string, Expectation> = {
  'state-node.getHealth': publicly(),
  'state-node.listLogs': publicly(),
  'state-node.readPolicy': publicly(),
  'operator.getDiagnosis': operator(),
  'operator.readMetrics': operator(),
  'ledger.readCheckpoint': publicly(),
  'ledger.readEntries': publicly({ params: { '*': '000.p/1' } }),
  'ledger.readTile': publicly({ params: { '*': '0/000.p/1' } }),
  'ledger.readProof': publicly(),
  'ledger.readStamp': publicly(),
  'ledger.listBreaches': publicly(),
  'ledger.addCheckpoint': publicly({ body: () => 'old 0\n\nelsewhere.example/log\n1\nAAAA\n' }),
  'federation.getEntityConfiguration': publicly(),
  'federation.getEntityConfigurationAt': publicly(),
  'federation.fetchSubordinateStatement': publicly({ query: () => ({ sub: 'http://x.example' }), isOAuth: true }),
  'federation.listSubordinates': publicly({ query: () => ({ entity_type: 'openid_provider' }), isOAuth: true }),
  'federation.resolveEntity': publicly({
    query: () => ({ sub: 'http://x.example', trust_anchor: 'http://y.example' }),
    isOAuth: true,
  }),
  'federation.getTrustMarkStatus': publicly({ body: () => 'trust_mark=a.b.c', isOAuth: true }),
  'federation.getHistoricalKeys': publicly({ isOAuth: true }),
  'identity.receiveLogout': publicly({ body: () => 'logout_token=a.b.c' }),
  'identity.receiveSignal': publicly({ body: () => 'a.b.c' }),
  'identity.suspendIdentity': operator({ body: () => ({ nationalId: '000000000', reason: 'misuse' }) }),
  'identity.restoreIdentity': operator({ body: () => ({ nationalId: '000000000', reason: 'mistake' }) }),
  'identity.findMyself': self(),
  'mandates.listMandates': self(),
  'mandates.giveMandate': self({ body: () => ({ until: '2000-01-01T00:00:00Z' }) }),
  'mandates.acceptMandate': self({ body: () => ({ code: 'AAAAA-AAAAA-AAAAA-AAAAA' }) }),
  'mandates.withdrawMandate': owner(),
  'mandates.listActs': self(),
  'consent.listConsents': self(),
  'consent.getConsent': owner(),
  'consent.getConsentReceipt': owner(),
  'consent.withdrawConsent': owner(),
  'exchange.answerQuestion': publicly({
    params: { instance: 'BH', memberClass: 'GOV', member: 'moe', subsystem: 'registry', service: 'degree-record' },
    body: ({ consentId }) => ({
      evidenceType: 'degree-record',
      fields: ['degree_level'],
      purpose: 'degree-recognition',
      caseId: 'SA-1',
      consentId,
    }),
  }),
  'exchange.fetchDocument': publicly({
    params: { ...interior, subsystem: 'registry', service: 'degree-record', field: 'diploma_scan' },
  }),
  'exchange.listUses': self(),
  'exchange.readProofOfUse': owner({ query: () => ({ form: 'whole' }) }),
  'exchange.readProofOfAnswer': office(),
  'exchange.readProofOfQuestion': office(),
  'events.acceptSubscription': publicly({ params: interior, body: () => ({}) }),
  'events.listGrantedSubscriptions': publicly({ params: interior }),
  'events.changeSubjects': publicly({
    params: { ...interior, subscriptionId: nobody },
    body: () => ({ add: [], remove: [] }),
  }),
  'events.endGrantedSubscription': publicly({ params: { ...interior, subscriptionId: nobody }, body: () => ({}) }),
  'events.catchUp': publicly({ params: { ...interior, subscriptionId: nobody }, query: () => ({ after: '0' }) }),
  'events.receiveEvent': publicly({ params: interior, body: () => ({ specversion: '1.0' }) }),
  'events.announceEvent': queue({
    body: () => ({
      eventId: nobody,
      type: 'person-wed',
      nationalId: '000000000',
      occurredAt: '2026-01-01T00:00:00Z',
      data: {},
    }),
  }),
  'events.listReceivedEvents': queue(),
  'events.listSubscriptions': queue(),
  'events.subscribe': queue({
    body: () => ({
      publisher: 'http://x.example/offices/interior',
      eventType: 'person-wed',
      purpose: 'benefit-payment',
      fields: ['died_on'],
      until: '2027-01-01T00:00:00Z',
    }),
  }),
  'events.listLetters': operator(),
  'events.retryLetter': operator({ params: { letterId: nobody } }),
  'events.dropLetter': operator({ params: { letterId: nobody }, body: () => ({ reason: 'by a stranger' }) }),
  'events.endSubscription': office({ params: { subscriptionId: nobody } }),
  'exchange.addSystem': operator({
    body: () => ({ officeId: 'nobody', name: 'Records', clientId: 'BH/GOV/nobody/records' }),
  }),
  'exchange.listSystems': operator(),
  'exchange.rotateSystem': operator({ body: () => ({ overlapHours: 0 }) }),
  'exchange.removeSystem': operator(),
  'exchange.readService': publicly({ params: { '*': 'BH/GOV/moe/registry/degree-record' } }),
  'exchange.callService': publicly({
    params: { '*': 'BH/GOV/moe/degree-record' },
    body: () => ({ fields: ['degree_level'] }),
  }),
  'exchange.listClients': publicly({ query: () => ({ xRoadInstance: 'SA' }) }),
  'exchange.requestConsent': publicly({
    body: () => ({
      homeState: 'BH',
      caseId: 'SA-1',
      purpose: 'degree-recognition',
      evidence: [{ type: 'degree-record', fields: ['degree_level'] }],
      until: '2099-01-01T00:00:00Z',
      use: 'once',
      retention: 'P1Y',
    }),
  }),
  'exchange.listCoverage': publicly(),
  'exchange.listAccessVersions': operator(),
  'exchange.readAccessVersion': operator({ params: { version: '1' } }),
  'exchange.publishAccessRules': operator({
    body: () => ({ rules: { groups: {}, rules: [] }, basedOn: 1, reason: 'all is closed' }),
  }),
  'exchange.explainQuestion': operator(),
  'exchange.listExchanges': operator(),
  'exchange.summariseExchanges': operator(),
  'exchange.listOfficeExchanges': queue({ query: () => ({ limit: '5' }) }),
  'catalogue.listServices': publicly(),
  'catalogue.searchServices': publicly({ query: () => ({ q: 'degree' }) }),
  'catalogue.getService': publicly(),
  'catalogue.exportCatalogue': publicly(),
  'cases.startCase': self({ body: () => ({ serviceId: 'no-such-service' }) }),
  'cases.listMyCases': self(),
  'cases.getMyCase': owner(),
  'cases.saveAnswers': owner({ body: () => ({ profession: 'Engineer', sector: 'private' }) }),
  'cases.submitCase': owner(),
  'cases.withdrawCase': owner(),
  'cases.readDocument': owner(),
  'cases.listQueue': queue({ query: () => ({ state: 'open' }) }),
  'cases.getCaseForOfficer': office(),
  'cases.takeCase': office({ body: () => ({ takeOver: true }) }),
  'cases.releaseCase': office(),
  'cases.decideCase': office({ body: decision }),
  'signatures.readCaCertificates': publicly(),
  'credentials.readType': publicly({ params: { typeId: 'degree-recognition' } }),
  'credentials.readStatusList': publicly({ params: { listId: '1' } }),
  'credentials.readIssuer': publicly(),
  'credentials.readAuthorizationServer': publicly(),
  'credentials.readOffer': owner(),
  'credentials.takeToken': owner({
    body: ({ offerId }) =>
      `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code&pre-authorized_code=${offerId}.x`,
    isOAuth: true,
  }),
  'credentials.takeNonce': publicly({ body: () => '' }),
  'credentials.takeCredential': owner({
    body: () => ({ credential_configuration_id: 'degree-recognition', proofs: { jwt: ['a.b.c'] } }),
    isOAuth: true,
  }),
  'credentials.revokeCredential': operator({ body: () => ({ reference: 'no-such-reference' }) }),
  'credentials.verify': publicly({ body: () => 'a.b.c~' }),
  'credentials.verifyReference': publicly(),
  'credentials.listWallet': self(),
  'credentials.getWalletCredential': owner(),
  'credentials.acceptOffer': owner({ body: ({ offerUrl }) => ({ credentialOfferUrl: offerUrl }) }),
  'credentials.presentWalletCredential': owner({
    body: () => ({ fields: [], audience: 'http://x.example', nonce: 'a-nonce-of-sixteen' }),
  }),
  'credentials.removeWalletCredential': owner(),
};

/** Every page and form target, by method and path. */
export const pages: Record<string, Expectation> = {
  'GET /': publicly(),
  'GET /services': publicly({ query: () => ({ q: 'degree', page: '1', event: 'work' }) }),
  'GET /services/:serviceId': publicly({ query: () => ({ home: 'BH' }) }),
  'GET /verify': publicly(),
  'POST /verify': publicly({ body: () => ({ text: 'a.b.c~' }) }),
  'GET /verify/:reference': publicly(),
  'GET /log': publicly(),
  'GET /status': publicly(),
  'GET /about/:page': publicly(),
  'GET /assets/*': publicly({ params: { '*': 'look.css' } }),
  'GET /signin': publicly({ query: ({ caseId }) => ({ returnTo: `/cases/${caseId}` }) }),
  'POST /signin': publicly({ body: () => ({ state: 'XX', return: '/' }) }),
  'GET /signin/callback': publicly({ query: () => ({ code: 'x', state: 'y' }) }),
  'POST /signout': publicly({ body: () => ({}), endsSession: true }),
  'GET /signedout': publicly(),
  'GET /eid-pages/interaction/:uid': owner(),
  'POST /eid-pages/interaction/:uid': owner({ body: () => ({ nationalId: '1', password: 'x' }) }),
  'POST /eid-pages/interaction/:uid/code': owner({ body: () => ({ code: '000000' }) }),
  'GET /eid-pages/interaction/:uid/code': owner(),
  'GET /eid-pages/interaction/:uid/represent': owner(),
  'POST /eid-pages/interaction/:uid/represent': owner({ body: () => ({ mandate: 'self' }) }),
  'GET /eid-pages/interaction/:uid/consent': owner(),
  'POST /eid-pages/interaction/:uid/consent': owner({
    body: () => ({ decision: 'allow', field: 'degree-record/gpa' }),
  }),
  'GET /eid-pages/interaction/:uid/receipt/:consentId': owner(),
  'GET /eid-pages/interaction/:uid/receipt/:consentId/signed': owner(),
  'POST /services/:serviceId/start': self({ params: { serviceId: 'no-such-service' }, body: () => ({}) }),
  'GET /services/:serviceId/start': self(),
  'POST /cases/:caseId/evidence': owner({ body: () => ({}) }),
  'GET /consents/ask/:handle': publicly({ params: { handle: 'x' } }),
  'GET /consents/callback': publicly({ query: () => ({ code: 'x', state: 'y' }) }),
  'GET /evidence/callback': owner({ query: () => ({ code: 'x', state: 'y' }) }),
  'GET /cases/:caseId/evidence': owner(),
  'GET /cases/:caseId/pages/:pageId': owner(),
  'POST /cases/:caseId/pages/:pageId': owner({ body: () => ({ profession: 'Engineer', sector: 'private' }) }),
  'GET /cases/:caseId/check': owner(),
  // Leads to the check page, which looks up whose case it is.
  'GET /cases/:caseId/submit': self(),
  'POST /cases/:caseId/submit': owner({ body: () => ({}) }),
  'GET /cases/:caseId/sent': owner(),
  'GET /cases': self(),
  'GET /cases/:caseId': owner(),
  'GET /cases/:caseId/document.pdf': owner(),
  'POST /cases/:caseId/wallet': owner({ body: () => ({}) }),
  'POST /cases/:caseId/withdraw': owner({ body: () => ({}) }),
  'GET /my-data': self(),
  'GET /my-data/uses/:useId/proof': owner(),
  'GET /my-data/uses/:useId/proof.txt': owner(),
  'GET /my-data/uses/:useId/proof-whole.json': owner(),
  'GET /my-data/uses/:useId/proof-shareable.json': owner(),
  'GET /my-data/consents/:consentId/receipt': owner(),
  'GET /my-data/consents/:consentId/withdraw': owner(),
  'POST /my-data/consents/:consentId/withdraw': owner({ body: () => ({}) }),
  'GET /acting': self(),
  'POST /acting/begin': self({ body: () => ({}) }),
  'POST /acting/end': self({ body: () => ({}) }),
  'POST /acting/give': self({ body: () => ({ purpose: 'degree-recognition' }) }),
  'POST /acting/accept': self({ body: () => ({ code: 'AAAAA-AAAAA-AAAAA-AAAAA' }) }),
  'GET /acting/:mandateId/withdraw': owner(),
  'POST /acting/:mandateId/withdraw': owner({ body: () => ({}) }),
  'GET /wallet': self(),
  'GET /wallet/offer': self({ query: ({ offerUrl }) => ({ credential_offer_uri: offerUrl! }) }),
  'POST /wallet/offer': self({ body: ({ offerUrl }) => ({ credential_offer_uri: offerUrl }) }),
  'GET /wallet/:credentialId': owner(),
  'GET /office': queue({ query: () => ({ show: 'open' }) }),
  'GET /office/identities': queue(),
  'POST /office/identities': queue({ body: () => ({ nationalId: '000000000', action: 'suspend', reason: 'misuse' }) }),
  'POST /office/identities/credential': queue({ body: () => ({ reference: 'no-such-reference' }) }),
  'GET /office/inquiries': queue(),
  'GET /office/inquiries/new': queue({ query: () => ({ law: 'x', purpose: 'x', evidence: 'x' }) }),
  'POST /office/inquiries/new': queue({ body: () => ({ law: 'x', purpose: 'x', evidence: 'x', questionId: nobody }) }),
  'GET /office/questions': queue(),
  'GET /office/questions/:useId': office(),
  'GET /office/questions/:useId/lift': queue(),
  'POST /office/questions/:useId/lift': office({ body: () => ({}) }),
  'GET /office/cases/:caseId': office(),
  'GET /office/cases/:caseId/exchanges/:questionId/proof-whole.json': office(),
  'GET /office/cases/:caseId/exchanges/:questionId/proof-shareable.json': office(),
  'GET /office/cases/:caseId/exchanges/:questionId/documents/:field': office({ params: { field: 'diploma_scan' } }),
  'POST /office/cases/:caseId/take': office({ body: () => ({ takeOver: 'yes' }) }),
  'GET /office/cases/:caseId/decide': queue(),
  'POST /office/cases/:caseId/decide': office({
    body: () => ({ outcome: 'approve', reasons: 'other', version: '1' }),
  }),
};
