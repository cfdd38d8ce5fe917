import type { JWK } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import type { Federation } from '#modules/federation';

/** What credentials ask of the federation: who issues them, and whose seals count. */
export function createIssuerTrust(federation: () => Federation) {
  return {
    resolveIssuer: async (entityId: string) => {
      const resolved = await federation().resolve(entityId, 'jisr_office');
      const office = resolved.metadata['jisr_office'] as { jwks: { keys: JWK[] }; names: Text; state: string };
      return { jwks: office.jwks.keys, names: office.names, state: office.state };
    },
    listStates: () => federation().listStates(),
    trustedCas: async () => {
      const states = await federation().listStates();
      return states.flatMap(({ node }) => (typeof node.ca_certificate === 'string' ? [node.ca_certificate] : []));
    },
    mayMissCas: async () => {
      const [states, origins] = await Promise.all([federation().listStates(), federation().listOrigins()]);
      // The origins are the anchor's and those of the states it lists.
      return states.length < origins.size - 1;
    },
  };
}
