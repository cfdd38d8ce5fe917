import { checkEvidenceRequest } from '#modules/consent';
import { type Federation, registrationEndpointOf } from '#modules/federation';
import type { IdentityNeeds } from '#modules/identity';
import type { Officers } from './officers.ts';
import type { StateFolder } from './state-folder.ts';

/** What the identity module asks of the other modules and of the state's folder. */
export function identityNeeds(
  folder: StateFolder,
  officers: Officers,
  publicUrl: string,
  federation: () => Federation,
): Pick<IdentityNeeds, 'state' | 'eid' | 'federation' | 'checkEvidenceRequest' | 'officerOf'> {
  return {
    state: folder.state.code,
    eid: folder.eid,
    federation: {
      resolve: async (entityId, entityType) => {
        const resolved = await federation().resolve(entityId, entityType);
        return { ...resolved, jwks: { keys: resolved.jwks } };
      },
      adoptOffered: (entityId, request) => federation().adoptOffered(entityId, request),
      registrationEndpoint: registrationEndpointOf(publicUrl),
    },
    checkEvidenceRequest: async (clientId, details) => {
      const { trustMarks, superior } = await federation().resolve(clientId, 'openid_relying_party');
      // Only the office's own state certifies what it may ask for.
      checkEvidenceRequest(
        clientId,
        details,
        trustMarks.filter(({ issuer }) => issuer === superior),
      );
    },
    officerOf: async (personId) => {
      const officer = await officers.find(personId);
      return officer && { officeId: officer.officeId, roles: officer.roles };
    },
  };
}
