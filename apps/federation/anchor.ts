import { type Static, Type } from 'typebox';
import { systemClock } from '#kernel/clock';
import { migrateDatabase, openDatabase } from '#kernel/database';
import { createHttpServer, mountContract } from '#kernel/http';
import { createHttpClient } from '#kernel/http-client';
import { type JWK, openKeyFolder } from '#kernel/keys';
import { Text } from '#kernel/languages';
import { createLog } from '#kernel/log';
import { createFederation, federationEndpointsOf, federationMigrations, readOwnKeys } from '#modules/federation';
import { createTimeStamping } from '#modules/signatures';
import { appMark, eventSubscriberMark, evidenceRequesterMark } from '#protocol/trust-marks';

/** The secretariat's node: it enrols states by their keys and sets the rules that bind all of them; it sees no person. */
export const AnchorConfig = Type.Object({
  names: Text,
  publicUrl: Type.String(),
  listen: Type.Object({ host: Type.String(), port: Type.Integer() }),
  dataFolder: Type.String(),
  databaseUrl: Type.Optional(Type.String()),
  states: Type.Array(
    Type.Object({
      entityId: Type.String(),
      code: Type.String(),
      keys: Type.Array(Type.Unsafe<JWK>({ type: 'object' })),
    }),
  ),
  /** A development time-stamping authority beside the anchor: its certificates, PEM. Its key is in the data folder. */
  timeStamping: Type.Optional(Type.Object({ ca: Type.String(), certificate: Type.String() })),
  /** The authorities whose time-stamps count in this federation; every trust chain names them. `certificates`: PEM. */
  timeStampAuthorities: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        certificates: Type.Array(Type.String(), { minItems: 1 }),
        policy: Type.Optional(Type.String()),
      }),
    ),
  ),
  /** As of a state's node, and refused as there. */
  movedTime: Type.Optional(Type.Object({ file: Type.String() })),
  logLevel: Type.String(),
});
export type AnchorConfig = Static<typeof AnchorConfig>;

export type RunningAnchor = { stop(): Promise<void> };

/** Rules agreed between the states, enforced by every trust chain (OpenID Federation 1.0 section 6.1). */
const policyOfStates = {
  openid_relying_party: {
    token_endpoint_auth_method: { value: 'private_key_jwt' },
    token_endpoint_auth_signing_alg: { value: 'ES256' },
    id_token_signed_response_alg: { value: 'ES256' },
    dpop_bound_access_tokens: { value: true },
    require_pushed_authorization_requests: { value: true },
    subject_type: { value: 'pairwise' },
  },
  openid_provider: {
    id_token_signing_alg_values_supported: { subset_of: ['ES256'], essential: true },
    require_pushed_authorization_requests: { value: true },
  },
};

export async function startAnchor(config: AnchorConfig): Promise<RunningAnchor> {
  const log = createLog({ name: 'anchor', level: config.logLevel });
  const clock = systemClock;
  const database = await openDatabase(
    config.databaseUrl ? { url: config.databaseUrl } : { dataDir: config.dataFolder },
  );
  await migrateDatabase(database, [federationMigrations]);
  const http = createHttpClient();
  const keyFolder = `${config.dataFolder}/keys`;
  const keys = openKeyFolder(keyFolder);
  const own = await readOwnKeys(keys, keyFolder);
  const stateIds = config.states.map((state) => state.entityId);
  const federation = createFederation({
    database,
    clock,
    http,
    log,
    publicUrl: config.publicUrl,
    trustAnchors: { [config.publicUrl]: { keys: [own.signer.publicJwk] } },
    hosted: [
      {
        entityId: config.publicUrl,
        ...own,
        metadata: {
          federation_entity: {
            organization_name: config.names.en,
            'organization_name#ar': config.names.ar,
            ...federationEndpointsOf(config.publicUrl),
          },
          ...(config.timeStampAuthorities
            ? { jisr_anchor: { time_stamp_authorities: config.timeStampAuthorities } }
            : {}),
        },
        subordinates: async () =>
          config.states.map((state) => ({
            entityId: state.entityId,
            jwks: state.keys,
            // No state can speak in another's name.
            metadata: { jisr_node: { state: state.code } },
            metadataPolicy: policyOfStates,
            constraints: { max_path_length: 1 },
            entityTypes: ['federation_entity', 'jisr_node'],
          })),
        trustMarkIssuers: {
          [evidenceRequesterMark(config.publicUrl)]: stateIds,
          [eventSubscriberMark(config.publicUrl)]: stateIds,
          [appMark(config.publicUrl)]: stateIds,
        },
      },
    ],
  });
  const server = createHttpServer({
    publicUrl: config.publicUrl,
    log,
    clock,
    identify: async () => ({ kind: 'anyone' }),
  });
  mountContract(server, federation.contract, federation.handlers);
  if (config.timeStamping) {
    const { contract, handlers } = createTimeStamping({ keys, clock, certificates: config.timeStamping });
    mountContract(server, contract, handlers);
  }
  await federation.start();
  await server.listen(config.listen);
  return {
    stop: async () => {
      await server.close();
      await federation.stop();
      await http.close();
      await database.close();
    },
  };
}
