import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningNode } from '#apps/state-node';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import type { AskEvidence } from '#modules/exchange';
import type { GrantedEvidenceDetail } from '#protocol/evidence-detail';
import { signIn } from '../apps/federation/journey.ts';
import type { SamplePerson } from '../apps/federation/phone.ts';
import { createVisitor, titleOf } from '../apps/federation/visitor.ts';

/** A person of the sample whose home gives the evidence. */
export type Source = { homeState: string; homeUrl: string; nationalId: string };

export type Consenting = {
  node: RunningNode;
  statesFolder: string;
  /** Who consents, and where: people are found in the sample data by state and number. */
  source: Source;
  fields: readonly string[];
  count: number;
};

/** Has a person of the sample give consents in her browser, and returns what the asking office may then ask, as often as it likes. */
export async function obtainAsks({ node, statesFolder, source, fields, count }: Consenting) {
  const { homeState, homeUrl, nationalId } = source;
  const http = createHttpClient({ timeoutMs: 30_000 });
  let callbackUrl: string | undefined;
  const withoutCallback: HttpClient = {
    ...http,
    request: async (request) => {
      if (!request.url.startsWith(`${node.publicUrl}/evidence/callback`)) return http.request(request);
      callbackUrl = request.url;
      return { status: 200, headers: {}, body: Buffer.alloc(0) };
    },
  };
  const visitor = createVisitor(withoutCallback, 'en');
  const person = { ...findPerson(statesFolder, source), state: homeState.toLowerCase() };
  await waitForHome(http, homeUrl);
  await signIn(
    { visitor, person, homeUrl, homeState, serviceUrl: node.publicUrl, serviceId: 'degree-recognition' },
    homeUrl,
  );
  const asks: AskEvidence[] = [];
  // Nodes that started together get to know each other within seconds.
  for (let attempt = 0; attempt < 20 && asks.length === 0; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await obtainConsent(0).then(
      (ask) => asks.push(ask),
      (error) => attempt === 19 && Promise.reject(error),
    );
  }
  for (let place = 1; place < count; place += 1) asks.push(await obtainConsent(place));
  await http.close();
  return asks;

  async function obtainConsent(place: number): Promise<AskEvidence> {
    const { identity, federation, officeClient } = node.doors;
    const client = await officeClient('moe');
    const home = (await federation.listStates()).find(({ state }) => state === homeState)!;
    const begun = await identity.signin.start({
      client,
      providerEntityId: await federation.findProvider(homeState),
      redirectUri: `${node.publicUrl}/evidence/callback`,
      returnTo: '/',
      authorizationDetails: [
        {
          type: 'evidence',
          evidence_type: 'degree-record',
          fields: [...fields],
          purpose: 'degree-recognition',
          case_id: `BENCH-${nationalId.slice(-3)}-${place}`,
          requester: client.entityId,
          retention: 'P30D',
          until: new Date(Date.now() + 86_400_000).toISOString(),
          use: 'until',
        },
      ],
      resource: home.node.exchange_endpoint,
      language: 'en',
    });
    await visitor.open(begun.redirectUrl);
    const page = await visitor.submit('/consent', {
      decision: 'allow',
      field: fields.map((field) => `degree-record/${field}`),
    });
    const onward = page.html
      .querySelectorAll('a')
      .find((link) => /\/eid\/auth\//.test(link.getAttribute('href') ?? ''));
    if (!onward) throw new Error(`no receipt, but: ${titleOf(page)}`);
    await visitor.open(onward.getAttribute('href')!);
    if (!callbackUrl) throw new Error('the provider did not send her back');
    const { accessToken, authorizationDetails } = await identity.signin.complete({
      client,
      callbackUrl,
      stateCookieValue: begun.stateCookieValue,
    });
    const granted = authorizationDetails![0] as GrantedEvidenceDetail;
    return {
      officeId: 'moe',
      providerState: homeState,
      evidenceType: 'degree-record',
      fields: granted.fields,
      purpose: granted.purpose,
      caseId: granted.case_id,
      consentId: granted.consent_id,
      accessToken: accessToken!,
    };
  }
}

/** Nodes that start at the same time ask one another. */
async function waitForHome(http: HttpClient, homeUrl: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await http.request({ method: 'GET', url: `${homeUrl}/api/health` }).catch(() => undefined);
    if (answer?.status === 200) return;
    if (attempt === 120) throw new Error(`${homeUrl} does not start`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const peopleOf = (statesFolder: string, state: string): SamplePerson[] =>
  JSON.parse(readFileSync(join(statesFolder, state.toLowerCase(), 'people.json'), 'utf8')).people;

function findPerson(statesFolder: string, { homeState, nationalId }: Source): SamplePerson {
  return peopleOf(statesFolder, homeState).find((one) => one.nationalId === nationalId)!;
}

/** The number of a person of the journeys, by key. */
export const numberOf = (statesFolder: string, state: string, key: string): string =>
  peopleOf(statesFolder, state).find((one) => one.key === key)!.nationalId;

/** The numbers of people of a state who have a degree on record there: those of the journeys first. */
export function graduatesOf(statesFolder: string, state: string): string[] {
  const records = readFileSync(join(statesFolder, state.toLowerCase(), 'registries', 'education.rows.json'), 'utf8');
  return peopleOf(statesFolder, state).flatMap(({ nationalId }) =>
    records.includes(`"${nationalId}"`) ? [nationalId] : [],
  );
}
