import { kernelProblem, Problem } from '#kernel/problem';
import type { Office, State } from '#modules/federation';
import { batchAlgorithm } from '#protocol/batch-signatures';
import { problem } from './contract.ts';
import type { ExchangeNeeds } from './needs.ts';

export type Provider = { provider: Office; exchangeEndpoint: string };
export type Providers = {
  /** The office of a state that gives an evidence type. Throws `evidence-provider-unknown`. */
  getProvider(of: ProviderOf): Promise<Provider>;
  /** The offices of a state whose trust chains hold now. Throws `member-unknown` when the state is not known. */
  listProducers(state: string): Promise<Office[]>;
  /** The office with this X-Road member id. Throws `member-unknown`. */
  findProducer(of: { instance: string; memberClass: string; member: string }): Promise<Office>;
};
export type ProviderOf = { providerState: string; providerOfficeId?: string | undefined; evidenceType: string };

const listFreshMs = 300_000;
/** For as long a provider that was found is asked without looking again whether its trust chain still holds. */
const foundFreshMs = 5_000;
const providersMax = 1_000;
const officesMax = 500;

/** Finds providers through the federation: nobody configures who holds what. Office lists are read again after five minutes. */
export function createProviders(needs: Pick<ExchangeNeeds, 'federation' | 'http' | 'clock'>): Providers {
  const lists = new Map<string, { entityIds: string[]; readAtMs: number }>();

  const listOffices = async (state: string, stateEntityId: string): Promise<string[]> => {
    const known = lists.get(stateEntityId);
    const nowMs = needs.clock.now().getTime();
    if (known && nowMs - known.readAtMs < listFreshMs) return known.entityIds;
    const { metadata } = await needs.federation.resolve(stateEntityId);
    const endpoint = metadata['federation_entity']?.['federation_list_endpoint'];
    if (typeof endpoint !== 'string') throw problem('evidence-provider-unknown', { state });
    const url = new URL(endpoint);
    url.searchParams.set('entity_type', 'jisr_office');
    const answer = await needs.http.request({ method: 'GET', url: url.href, timeoutMs: 5_000 });
    // A state that fails just now has offices all the same.
    if (answer.status >= 500) throw kernelProblem('peer-unreachable', { host: url.host });
    const entityIds: unknown = answer.status === 200 ? JSON.parse(answer.body.toString('utf8')) : undefined;
    if (!Array.isArray(entityIds)) throw problem('evidence-provider-unknown', { state });
    const texts = entityIds.filter((id): id is string => typeof id === 'string').slice(0, officesMax);
    lists.set(stateEntityId, { entityIds: texts, readAtMs: nowMs });
    return texts;
  };

  const producers = new Map<string, string>();

  const unknownIn = (state: string) =>
    problem('evidence-provider-unknown', { state: /^[A-Z]{2,3}$/.test(state) ? state : '?' });

  const findState = async (code: string): Promise<State | undefined> =>
    (await needs.federation.listStates()).find((candidate) => candidate.state === code);

  const listProducers = async (code: string): Promise<Office[]> => {
    const state = await findState(code);
    if (!state) throw problem('member-unknown', { member: code });
    const settled = await Promise.allSettled(
      (await listOffices(code, state.entityId)).map((entityId) => needs.federation.findOffice(entityId)),
    );
    // An office whose chain does not hold is none; the others are not to suffer for it.
    return settled.flatMap((outcome) => {
      if (outcome.status === 'fulfilled') return outcome.value?.office.state === code ? [outcome.value] : [];
      if (!(outcome.reason instanceof Problem)) throw outcome.reason;
      return [];
    });
  };

  const find = async ({ providerState, providerOfficeId, evidenceType }: ProviderOf): Promise<Provider> => {
    const state = await findState(providerState);
    if (!state) throw unknownIn(providerState);
    for (const entityId of await listOffices(providerState, state.entityId)) {
      // The list is only a hint: the office is believed for what its own trust chain shows.
      const provider = await needs.federation.findOffice(entityId);
      if (!provider || provider.office.state !== providerState || !provider.office.provides.includes(evidenceType))
        continue;
      const member = provider.office.x_road_client.split('/')[2];
      if (providerOfficeId === undefined || providerOfficeId === entityId || providerOfficeId === member)
        return { provider, exchangeEndpoint: state.node.exchange_endpoint };
    }
    throw unknownIn(providerState);
  };

  const providers = new Map<string, { provider: Provider; untilMs: number }>();
  return {
    listProducers,
    findProducer: async ({ instance, memberClass, member }) => {
      const client = `${instance}/${memberClass}/${member}`;
      // Where it was found last: a call need not climb to every office of a large state.
      const hint = producers.get(client);
      const known = hint === undefined ? undefined : await needs.federation.findOffice(hint);
      if (known?.office.x_road_client === client) return known;
      const found = (await findState(instance))
        ? (await listProducers(instance)).find(({ office }) => office.x_road_client === client)
        : undefined;
      if (!found) throw problem('member-unknown', { member: client });
      producers.set(client, found.entityId);
      return found;
    },
    getProvider: async (of) => {
      const key = JSON.stringify([of.providerState, of.providerOfficeId, of.evidenceType]);
      const nowMs = needs.clock.now().getTime();
      const known = providers.get(key);
      if (known && nowMs < known.untilMs) return known.provider;
      const provider = await find(of);
      if (providers.size >= providersMax) providers.clear();
      providers.set(key, { provider, untilMs: nowMs + foundFreshMs });
      return provider;
    },
  };
}

/** Whether an office says that it takes signatures that several messages share. */
export function takesBatches(office: Office['office']): boolean {
  return office.signature_algorithms?.includes(batchAlgorithm) ?? false;
}
