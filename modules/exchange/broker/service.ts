import { Problem } from '#kernel/problem';
import type { Office, State } from '#modules/federation';
import { findEvidence, findEvidenceType, requirements } from '#protocol/catalogue';
import type { ExchangeNeeds } from '../needs.ts';
import type { Providers } from '../providers.ts';
import type { Coverage, RequirementCoverage } from './contract.ts';

type Needs = Pick<ExchangeNeeds, 'federation' | 'log'> & { providers: Providers };

/** The catalogue's promises held against what the offices of the federation say of themselves now. */
export async function listCoverage(needs: Needs): Promise<RequirementCoverage[]> {
  const states = (await needs.federation.listStates()).toSorted((a, b) => a.state.localeCompare(b.state));
  const offices = new Map(
    await Promise.all(states.map(async ({ state }) => [state, await listOffices(needs, state)] as const)),
  );
  return requirements.map(({ id, version, names }) => ({
    requirement: id,
    version,
    names,
    states: states.map((state) => coverageOf(id, state, offices.get(state.state))),
  }));
}

/** Undefined when the state cannot be asked now: one silent state must not hide the others. */
async function listOffices(needs: Needs, state: string): Promise<Office[] | undefined> {
  try {
    return await needs.providers.listProducers(state);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    needs.log.warn({ state, code: error.code }, 'offices of a state not listed');
    return undefined;
  }
}

function coverageOf(requirement: string, { state, names }: State, offices: Office[] | undefined): Coverage {
  const evidence = findEvidence(requirement, state).map(({ type, fields }) => {
    const { version, names: typeNames } = findEvidenceType(type)!;
    const givers = (offices ?? []).filter(({ office }) => office.provides.includes(type));
    return {
      type,
      version,
      names: typeNames,
      fields,
      offices: givers.map(({ entityId, office }) => ({
        entityId,
        xRoadClient: office.x_road_client,
        names: office.names,
      })),
    };
  });
  const status = () => {
    if (evidence.length === 0) return 'no-evidence';
    if (offices === undefined) return 'unknown';
    return evidence.every((one) => one.offices.length > 0) ? 'given' : 'no-registry';
  };
  return { state, stateNames: names, status: status(), evidence };
}
