import { AsyncLocalStorage } from 'node:async_hooks';
import { Compile } from 'typebox/compile';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Log } from '#kernel/log';
import { Problem } from '#kernel/problem';
import { JisrNodeMetadata, JisrOfficeMetadata, type Office, problem, type Resolved, type State } from '../contract.ts';
import type { Fetcher } from '../statements/fetching.ts';
import { isEntityId } from '../statements/rules.ts';
import { findListing, saveListing } from './store.ts';

const listingFreshMs = 300_000;
/** A list is a foreign word: it must not make this node climb without end. */
const resolvedMax = 64;

const nodeShape = Compile(JisrNodeMetadata);
const officeShape = Compile(JisrOfficeMetadata);

type Resolve = (entityId: string, entityType?: string) => Promise<Resolved>;
type Listing = { entityIds: string[]; fetchedAt: Date };

export type States = {
  list(): Promise<State[]>;
  findProvider(state: string): Promise<string>;
  findOffice(entityId: string): Promise<Office | undefined>;
  findAnnouncer(state: string, eventType: string): Promise<string | undefined>;
  /** Addresses where entities of this federation are known to live, without asking the net when they are cached. */
  origins(): Promise<Set<string>>;
};

/** Who is in the federation, found by listing; each entity listed is believed only for what its own chain shows. */
export function createStates(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  fetcher: Fetcher;
  anchorIds: string[];
  resolve: Resolve;
  /** How long a list is used when its publisher cannot be reached. */
  listingLifeMs: number;
}): States {
  const { database, clock, log, fetcher, resolve } = needs;
  const listings = new Map<string, Listing>();
  const flights = new Map<string, Promise<string[]>>();
  const outside = AsyncLocalStorage.snapshot();

  const fetchListing = (url: string): Promise<string[]> => {
    const flying = flights.get(url);
    if (flying) return flying;
    const flight = (async () => {
      const entityIds = (await fetcher.listing(url)).filter(isEntityId);
      const fetchedAt = clock.now();
      await saveListing(database.db, url, entityIds, fetchedAt);
      listings.set(url, { entityIds, fetchedAt });
      return entityIds;
    })().finally(() => flights.delete(url));
    flights.set(url, flight);
    return flight;
  };

  const subordinatesOf = async (superior: Resolved, entityType?: string): Promise<string[]> => {
    const endpoint = superior.metadata['federation_entity']?.['federation_list_endpoint'];
    if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return [];
    const url = new URL(endpoint);
    if (entityType) url.searchParams.set('entity_type', entityType);
    const known = listings.get(url.href) ?? (await findListing(database.db, url.href));
    const ageMs = known ? clock.now().getTime() - known.fetchedAt.getTime() : Number.POSITIVE_INFINITY;
    if (!known || ageMs > needs.listingLifeMs) return fetchListing(url.href);
    listings.set(url.href, known);
    if (ageMs > listingFreshMs) {
      outside(() => {
        fetchListing(url.href).catch((error) => {
          if (error instanceof Problem) log.warn({ code: error.code }, 'listing not refreshed');
          else log.error({ err: error }, 'listing refresh failed');
        });
      });
    }
    return known.entityIds;
  };

  /** Entities that do not resolve are left out, for one state in trouble must not take the others with it. */
  const resolveAll = async (entityIds: string[], entityType: string): Promise<Resolved[]> => {
    const settled = await Promise.allSettled(
      entityIds.slice(0, resolvedMax).map((entityId) => resolve(entityId, entityType)),
    );
    return settled.flatMap((outcome) => {
      if (outcome.status === 'fulfilled') return [outcome.value];
      if (!(outcome.reason instanceof Problem)) throw outcome.reason;
      return [];
    });
  };

  const list = async (): Promise<State[]> => {
    const states: State[] = [];
    for (const anchorId of needs.anchorIds) {
      const entityIds = await subordinatesOf(await resolve(anchorId));
      for (const resolved of await resolveAll(entityIds, 'jisr_node')) {
        const state = stateOf(resolved);
        // Only the anchor admits states: a leaf that calls itself a node is none.
        if (state && resolved.superior === anchorId) states.push(state);
      }
    }
    return states.filter(({ state }, index) => {
      const isAlone = states.every((other, at) => at === index || other.state !== state);
      if (!isAlone) log.error({ state }, 'two entities claim one state: neither is used');
      return isAlone;
    });
  };

  const findOffice: States['findOffice'] = async (entityId) => {
    const resolved = await resolve(entityId);
    const office = resolved.metadata['jisr_office'];
    if (office === undefined || resolved.superior === undefined) return undefined;
    if (!officeShape.Check(office)) {
      throw problem('trust-chain-invalid', { entityId, reason: 'office-metadata-malformed' });
    }
    // An office says itself which state it belongs to, so that state has to be the one that vouches for it.
    const host = stateOf(await resolve(resolved.superior, 'jisr_node'));
    if (host?.state !== office.state || !office.x_road_client.startsWith(`${office.state}/`)) {
      throw problem('trust-chain-invalid', { entityId, reason: 'office-of-another-state' });
    }
    return { entityId, office: office as unknown as JisrOfficeMetadata, resolved };
  };

  return {
    list,
    findOffice,
    findAnnouncer: async (state, eventType) => {
      const found = (await list()).find((candidate) => candidate.state === state);
      if (!found) return undefined;
      for (const entityId of await subordinatesOf(await resolve(found.entityId), 'jisr_office')) {
        const known = await findOffice(entityId);
        if (known?.office.state === state && known.office.announces?.includes(eventType)) return entityId;
      }
      return undefined;
    },
    findProvider: async (state) => {
      const found = (await list()).find((candidate) => candidate.state === state);
      if (!found) throw problem('provider-unknown', { state: /^[A-Z]{2,3}$/.test(state) ? state : '?' });
      const entityIds = await subordinatesOf(await resolve(found.entityId), 'openid_provider');
      const providers = await resolveAll(entityIds, 'openid_provider');
      const provider = providers.find(({ superior }) => superior === found.entityId);
      if (!provider) throw problem('provider-unknown', { state });
      return provider.entityId;
    },
    origins: async () => {
      const origins = new Set(needs.anchorIds.map((id) => new URL(id).origin));
      for (const anchorId of needs.anchorIds) {
        for (const id of await subordinatesOf(await resolve(anchorId))) origins.add(new URL(id).origin);
      }
      return origins;
    },
  };

  function stateOf(resolved: Resolved): State | undefined {
    const node = resolved.metadata['jisr_node'];
    if (!nodeShape.Check(node)) {
      log.warn({ entityId: resolved.entityId }, 'node metadata malformed');
      return undefined;
    }
    const names = resolved.metadata['federation_entity'] ?? {};
    const en = textOf(names['organization_name']) ?? node.state;
    const ar = textOf(names['organization_name#ar']) ?? en;
    return { entityId: resolved.entityId, state: node.state, names: { ar, en }, node };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= 200 ? value : undefined;
}
