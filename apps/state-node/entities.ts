import { join } from 'node:path';
import type { JWK, Keys, Signer } from '#kernel/keys';
import {
  type AppTier,
  type DeskRules,
  type Federation,
  type FederationNeeds,
  federationEndpointsOf,
  type HostedEntity,
  readOwnKeys,
} from '#modules/federation';
import type { Identity } from '#modules/identity';
import { batchAlgorithm } from '#protocol/batch-signatures';
import { appMark, eventSubscriberMark, evidenceRequesterMark } from '#protocol/trust-marks';
import type { NodeConfig } from './config.ts';
import type { Office, StateFolder } from './state-folder.ts';

/** The role, in the state's folder, of who asks the phones of people at a counter. */
export const counterRole = 'counter';
const markLifetimeSeconds = 30 * 86_400;

export type EntityNeeds = {
  config: NodeConfig;
  folder: StateFolder;
  keys: Keys;
  identity: Pick<Identity, 'providerMetadata' | 'relyingPartyMetadata'>;
  ledgerKeys: { ledgerKey: string; witnessKey: string; moreWitnessKeys: string[] };
  portalSigner: Signer;
  receiptKeys: JWK[];
  caCertificate(): Promise<string>;
  issueTrustMark: Federation['issueTrustMark'];
};

/**
 * What a node is in the federation: the state itself as an intermediate, and below it its provider, its portal and its
 * offices as leaves, each with a key of its own.
 */
export async function describeEntities(needs: EntityNeeds): Promise<HostedEntity[]> {
  const { config, folder, keys, identity, portalSigner } = needs;
  const { state, offices } = folder;
  const { publicUrl } = config;
  const { host } = new URL(publicUrl);
  const providerId = `${publicUrl}/eid`;
  const portalId = `${publicUrl}/portal`;
  const own = await readOwnKeys(keys, join(config.dataFolder, 'keys'));
  const providerSigner = await keys.signer('federation.eid');
  const portalStatement = await keys.signer('federation.portal');
  const anchorId = config.anchor.entityId;
  const certify = (subject: string, type: string, claims: Record<string, unknown>) =>
    needs.issueTrustMark({ issuerEntityId: publicUrl, subject, type, claims, lifetimeSeconds: markLifetimeSeconds });
  const callbacks = {
    backchannelLogoutUri: `${publicUrl}/api/sign-in/backchannel-logout`,
    postLogoutRedirectUris: [`${publicUrl}/signedout`],
  };
  const leaves: HostedEntity[] = [
    {
      entityId: providerId,
      signer: providerSigner,
      metadata: { openid_provider: identity.providerMetadata(state.eid.names) },
      authorityHints: [publicUrl],
    },
    {
      entityId: portalId,
      signer: portalStatement,
      metadata: {
        openid_relying_party: identity.relyingPartyMetadata({
          entityId: portalId,
          redirectUris: [`${publicUrl}/signin/callback`],
          names: { ar: `البوابة الحكومية، ${state.shortNames.ar}`, en: `Government portal, ${state.shortNames.en}` },
          jwks: { keys: [portalSigner.publicJwk] },
          ...callbacks,
        }),
      },
      authorityHints: [publicUrl],
    },
    ...(await Promise.all(
      offices.map(async (office) => {
        const signer = await keys.signer(`office.${office.id}`);
        const entityId = `${publicUrl}/offices/${office.id}`;
        return {
          entityId,
          signer: await keys.signer(`federation.office.${office.id}`),
          metadata: {
            openid_relying_party: identity.relyingPartyMetadata({
              entityId,
              redirectUris: [
                `${publicUrl}/evidence/callback`,
                `${publicUrl}/consents/callback`,
                ...(folder.matching?.office === office.id ? [`${publicUrl}/linking/callback`] : []),
              ],
              names: office.names,
              // Whose officers sit at a counter asks phones: the home state still has to let it.
              asksPhones: folder.officers.some(
                ({ officeId, roles }) => officeId === office.id && roles.includes(counterRole),
              ),
              jwks: { keys: [signer.publicJwk] },
            }),
            jisr_office: {
              state: state.code,
              office: office.id,
              names: office.names,
              x_road_client: office.xRoadClient,
              provides: office.provides,
              ...(config.batchSignatures === false ? {} : { signature_algorithms: [batchAlgorithm] }),
              announces: office.announces ?? [],
              jwks: { keys: [signer.publicJwk] },
            },
          },
          authorityHints: [publicUrl],
          trustMarks: async () => [
            ...(office.grants.length === 0
              ? []
              : [await certify(entityId, evidenceRequesterMark(anchorId), { jisr_grants: office.grants })]),
            ...(!office.eventGrants?.length
              ? []
              : [await certify(entityId, eventSubscriberMark(anchorId), { jisr_event_grants: office.eventGrants })]),
          ],
        };
      }),
    )),
  ];
  return [
    {
      entityId: publicUrl,
      ...own,
      metadata: async () => ({
        federation_entity: {
          organization_name: state.shortNames.en,
          'organization_name#ar': state.shortNames.ar,
          ...federationEndpointsOf(publicUrl),
        },
        jisr_node: {
          state: state.code,
          exchange_endpoint: `${publicUrl}/r1`,
          events_endpoint: `${publicUrl}/events`,
          shared_cases_endpoint: `${publicUrl}/shared-cases`,
          ledger_origin: `${host}/ledger`,
          ledger_endpoint: `${publicUrl}/ledger`,
          ledger_key: needs.ledgerKeys.ledgerKey,
          witness_endpoint: `${publicUrl}/witness`,
          witness_key: needs.ledgerKeys.witnessKey,
          ...(needs.ledgerKeys.moreWitnessKeys.length > 0
            ? { more_witness_keys: needs.ledgerKeys.moreWitnessKeys }
            : {}),
          receipt_keys: { keys: needs.receiptKeys },
          ca_certificate: await needs.caCertificate(),
        },
      }),
      authorityHints: [config.anchor.entityId],
      subordinates: async () =>
        leaves.map((leaf) => ({
          entityId: leaf.entityId,
          jwks: [leaf.signer.publicJwk],
          entityTypes: Object.keys(leaf.metadata),
        })),
    },
    ...leaves,
  ];
}

/** What apps of others may be here: what is meant for made-up people is offered by no node with real ones. */
export function appTiersOf(rules: DeskRules | undefined, loadSamples: boolean): AppTier[] {
  return rules?.apps?.filter(({ isForSamples }) => loadSamples || !isForSamples) ?? [];
}

/**
 * What the state's desk for new services takes and certifies; nothing when the state has none.
 */
export function deskOf(
  { desk: rules, state }: StateFolder,
  { anchor, loadSamples }: Pick<NodeConfig, 'anchor' | 'loadSamples'>,
): Pick<FederationNeeds, 'desk'> {
  if (!rules) return {};
  const apps = appTiersOf(rules, loadSamples);
  const markType = evidenceRequesterMark(anchor.entityId);
  const appMarkType = appMark(anchor.entityId);
  return { desk: { rules: { ...rules, apps }, state: state.code, markType, appMarkType, markLifetimeSeconds } };
}

/** The offices of a state as exchange and events know them, each with its own key. */
export function describeOwnOffices(
  offices: readonly Office[],
  entityIdOf: (officeId: string) => string,
  signerOf: (officeId: string) => Promise<Signer>,
) {
  return Promise.all(
    offices.map(async ({ id, xRoadClient, provides, announces = [] }) => ({
      officeId: id,
      entityId: entityIdOf(id),
      signer: await signerOf(id),
      xRoadClient,
      provides,
      announces,
    })),
  );
}
