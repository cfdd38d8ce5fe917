import type { JWK } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import type { Federation } from '#modules/federation';

/** Whom the credentials of this node may believe: offices by their trust chains, seals by the states' certification authorities. */
export function issuersOf(federation: Pick<Federation, 'resolve' | 'listStates' | 'listOrigins'>) {
  return {
    resolveIssuer: async (entityId: string) => {
      const resolved = await federation.resolve(entityId, 'jisr_office');
      const office = resolved.metadata['jisr_office'] as { jwks: { keys: JWK[] }; names: Text; state: string };
      return { jwks: office.jwks.keys, names: office.names, state: office.state };
    },
    listStates: () => federation.listStates(),
    trustedCas: async () => {
      const states = await federation.listStates();
      return states.flatMap(({ node }) => (typeof node.ca_certificate === 'string' ? [node.ca_certificate] : []));
    },
    mayMissCas: async () => {
      const [states, origins] = await Promise.all([federation.listStates(), federation.listOrigins()]);
      // The origins are the anchor's and those of the states it lists.
      return states.length < origins.size - 1;
    },
  };
}
