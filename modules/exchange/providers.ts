import type { Office } from '#modules/federation';
import { batchAlgorithm } from '#protocol/batch-signatures';
import { problem } from './contract.ts';
import type { ExchangeNeeds } from './needs.ts';

export type Provider = { provider: Office; exchangeEndpoint: string };
export type Providers = {
  /** The office of a state that gives an evidence type. Throws `evidence-provider-unknown`. */
  getProvider(of: ProviderOf): Promise<Provider>;
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
    const entityIds: unknown = answer.status === 200 ? JSON.parse(answer.body.toString('utf8')) : undefined;
    if (!Array.isArray(entityIds)) throw problem('evidence-provider-unknown', { state });
    const texts = entityIds.filter((id): id is string => typeof id === 'string').slice(0, officesMax);
    lists.set(stateEntityId, { entityIds: texts, readAtMs: nowMs });
    return texts;
  };

  const find = async ({ providerState, providerOfficeId, evidenceType }: ProviderOf): Promise<Provider> => {
    const unknown = () =>
      problem('evidence-provider-unknown', { state: /^[A-Z]{2,3}$/.test(providerState) ? providerState : '?' });
    const state = (await needs.federation.listStates()).find((candidate) => candidate.state === providerState);
    if (!state) throw unknown();
    for (const entityId of await listOffices(providerState, state.entityId)) {
      // The list is only a hint: the office is believed for what its own trust chain shows.
      const provider = await needs.federation.findOffice(entityId);
      if (!provider || provider.office.state !== providerState || !provider.office.provides.includes(evidenceType))
        continue;
      const member = provider.office.x_road_client.split('/')[2];
      if (providerOfficeId === undefined || providerOfficeId === entityId || providerOfficeId === member)
        return { provider, exchangeEndpoint: state.node.exchange_endpoint };
    }
    throw unknown();
  };

  const found = new Map<string, { provider: Provider; untilMs: number }>();
  return {
    getProvider: async (of) => {
      const key = JSON.stringify([of.providerState, of.providerOfficeId, of.evidenceType]);
      const nowMs = needs.clock.now().getTime();
      const known = found.get(key);
      if (known && nowMs < known.untilMs) return known.provider;
      const provider = await find(of);
      if (found.size >= providersMax) found.clear();
      found.set(key, { provider, untilMs: nowMs + foundFreshMs });
      return provider;
    },
  };
}

/** Whether an office says that it takes signatures that several messages share. */
export function takesBatches(office: Office['office']): boolean {
  return office.signature_algorithms?.includes(batchAlgorithm) ?? false;
}
