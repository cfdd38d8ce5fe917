import type { Cases } from '#modules/cases';
import { checkEvidenceRequest } from '#modules/consent';
import { type Federation, registrationEndpointOf } from '#modules/federation';
import type { IdentityNeeds } from '#modules/identity';
import type { Notifications } from '#modules/notifications';
import type { NodeConfig } from './config.ts';
import type { Officers } from './officers.ts';
import type { StateFolder } from './state-folder.ts';

/** What the identity module asks of the other modules and of the state's folder. */
export function identityNeeds(
  folder: StateFolder,
  officers: Officers,
  { publicUrl, eidUpstreams = [], decoupledClients }: NodeConfig,
  later: () => {
    federation: Federation;
    notifications: Pick<Notifications, 'signInCodes' | 'removeDevices'>;
    cases: Pick<Cases, 'endRepresentation'>;
  },
): Pick<
  IdentityNeeds,
  | 'state'
  | 'eid'
  | 'upstreams'
  | 'mayAskPhones'
  | 'federation'
  | 'checkEvidenceRequest'
  | 'officerOf'
  | 'messageCodes'
  | 'onSignedOutEverywhere'
  | 'onMandateEnded'
> {
  return {
    state: folder.state.code,
    eid: folder.eid,
    upstreams: eidUpstreams,
    ...(decoupledClients ? { mayAskPhones: async (clientId: string) => decoupledClients.includes(clientId) } : {}),
    messageCodes: {
      findHint: (...asked) => later().notifications.signInCodes.findHint(...asked),
      send: (...sent) => later().notifications.signInCodes.send(...sent),
    },
    onMandateEnded: (tx, mandate) => later().cases.endRepresentation(tx, mandate),
    onSignedOutEverywhere: (personId) => later().notifications.removeDevices(personId),
    federation: {
      resolve: async (entityId, entityType) => {
        const resolved = await later().federation.resolve(entityId, entityType);
        return { ...resolved, jwks: { keys: resolved.jwks } };
      },
      adoptOffered: (entityId, request) => later().federation.adoptOffered(entityId, request),
      registrationEndpoint: registrationEndpointOf(publicUrl),
    },
    checkEvidenceRequest: async (clientId, details) => {
      const { trustMarks, superior } = await later().federation.resolve(clientId, 'openid_relying_party');
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
