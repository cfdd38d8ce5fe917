import { createHttpClient } from '#kernel/http-client';
import type { ProofTrust, ProofVerdict } from '#modules/exchange';
import { startTestFederation, type TestFederation } from '#tests/support/federation';
import { apply, degreeAnswers, type JourneyNeeds, signIn } from '../../apps/federation/journey.ts';
import { createVisitor } from '../../apps/federation/visitor.ts';

export type ProvedWorld = {
  federation: TestFederation;
  trust: ProofTrust;
  personId: string;
  /** Of the exchange of the degree record. */
  questionId: string;
  values: Record<string, unknown>;
  journey: JourneyNeeds;
  caseUrl: string;
  stop(): Promise<void>;
};

/**
 * Three real nodes whose witnesses sign with two keys each and whose logs are time-stamped every second; Fatima of Bahrain has
 * applied in Saudi Arabia.
 */
export async function startProvedWorld(): Promise<ProvedWorld> {
  const federation = await startTestFederation(['bh', 'sa', 'kw'], { witnessByMlDsa: true, stampEverySeconds: 1 });
  const http = createHttpClient({ timeoutMs: 30_000 });
  const journey: JourneyNeeds = {
    visitor: createVisitor(http, 'en'),
    person: federation.person('fatima'),
    homeUrl: federation.url('bh'),
    serviceUrl: federation.url('sa'),
    homeState: 'BH',
    serviceId: 'degree-recognition',
  };
  await signIn(journey, journey.serviceUrl, '/about/privacy');
  const caseUrl = (await apply(journey, degreeAnswers)).url;
  await signIn(journey, journey.homeUrl, '/about/privacy');
  const uses = JSON.parse((await journey.visitor.fetchJson(`${journey.homeUrl}/api/uses`)).body.toString('utf8'));
  const use = uses.find((one: { evidenceType: string }) => one.evidenceType === 'degree-record');
  const view = JSON.parse(
    (await journey.visitor.fetchJson(`${journey.serviceUrl}/api/cases/${caseUrl.split('/').at(-1)}`)).body.toString(
      'utf8',
    ),
  );
  const evidence = view.evidence.find((one: { evidenceType: string }) => one.evidenceType === 'degree-record');
  const { anchorId, listAnchorKeys } = federation.running.get('sa')!.doors;
  return {
    federation,
    trust: { anchor: { entityId: anchorId, keys: (await listAnchorKeys()).live }, quorum: 2, needsStamps: true },
    personId: (federation.person('fatima') as unknown as { personId: string }).personId,
    questionId: use.questionId,
    values: Object.fromEntries(evidence.fields.map((one: { name: string; value: unknown }) => [one.name, one.value])),
    journey,
    caseUrl,
    stop: async () => {
      await http.close();
      await federation.stop();
    },
  };
}

export const statesOf = (verdict: ProofVerdict) =>
  Object.fromEntries(verdict.links.map(({ id, state, why }) => [id, why ? `${state}: ${why}` : state]));

/** Asks until the logs have numbered, the witnesses cosigned and the authority stamped. */
export async function untilWhole(make: () => Promise<string>, check: (text: string) => Promise<ProofVerdict>) {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const text = await make();
    if ((await check(text)).state !== 'incomplete') return text;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return make();
}
