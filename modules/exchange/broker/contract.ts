import { type Static, Type } from 'typebox';
import type { Endpoint } from '#kernel/contract';
import { Text } from '#kernel/languages';

/**
 * How one state proves one requirement. `given`: each evidence type it takes is given by an office. `no-registry`: the
 * catalogue names evidence that no office of the state gives. `no-evidence`: the catalogue names none for this state.
 * `unknown`: the offices of the state could not be read now.
 */
export const Coverage = Type.Object({
  state: Type.String(),
  stateNames: Text,
  status: Type.Union([
    Type.Literal('given'),
    Type.Literal('no-registry'),
    Type.Literal('no-evidence'),
    Type.Literal('unknown'),
  ]),
  evidence: Type.Array(
    Type.Object({
      type: Type.String(),
      version: Type.String(),
      names: Text,
      fields: Type.Array(Type.String()),
      /** Who gives it, as the trust chains of the offices say now. */
      offices: Type.Array(Type.Object({ entityId: Type.String(), xRoadClient: Type.String(), names: Text })),
    }),
  ),
});
export type Coverage = Static<typeof Coverage>;

export const RequirementCoverage = Type.Object({
  requirement: Type.String(),
  version: Type.String(),
  names: Text,
  states: Type.Array(Coverage),
});
export type RequirementCoverage = Static<typeof RequirementCoverage>;

export const brokerEndpoints = {
  listCoverage: {
    method: 'GET',
    path: '/api/evidence',
    summary: 'Which evidence proves which requirement in each state, who gives it, and where nobody does',
    access: 'anyone',
    answer: Type.Array(RequirementCoverage),
    refusals: [],
  },
} as const satisfies Record<string, Endpoint>;
