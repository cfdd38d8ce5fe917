import { errors, type Provider } from 'oidc-provider';
import { newId } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { normalizeNationalId } from '#protocol/national-ids';
import { chooseMethod, readNeededLevel } from '../assurance/rules.ts';
import type { boundedFetch } from '../bounded-fetch.ts';
import type { RefusalReason } from '../contract.ts';
import { approvalMs, byServicePrefix } from '../methods/approvals/rules.ts';
import type { Approvals } from '../methods/approvals/service.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Outcomes } from '../outcomes/service.ts';
import type { Persons } from '../persons/service.ts';
import { plainGrantId } from './plain-grants.ts';

// biome-ignore lint/suspicious/noExplicitAny: the library gives its contexts no types
type Context = any;
type Metadata = Record<string, unknown>;

export const decoupledGrant = 'urn:openid:params:grant-type:ciba';
const deliveryModes = ['poll', 'ping'];
const nobody = 'nobody.';
/** Stand where the library wants an address for what is in the trust chain: never resolved, answered here. */
const keysAt = 'https://trust-chain.invalid/keys/';
const pingAt = 'https://trust-chain.invalid/ping/';

/**
 * Sign-ins that a service begins by itself and a person approves on their phone (OpenID Connect CIBA Core 1.0, poll and ping). The
 * binding message is the number: the service shows it, the person types it on the phone.
 */
export type Decoupled = {
  /** The library's feature and how long a request lives. */
  feature: Record<string, unknown>;
  seconds: number;
  /** Members of the provider's metadata; none where no client may do this. */
  providerMetadata(issuer: string): Metadata;
  /** What the client may do beyond others: for one that asks for it in its own metadata, and that the operator allows. */
  extend(metadata: Metadata | undefined): Promise<Metadata | undefined>;
  /** How the library reads addresses: those that stand for a trust chain are answered here, and a sector is not looked up. */
  addresses: { fetch: ReturnType<typeof boundedFetch>; sectorIdentifierUriValidate(): boolean };
  /** An account for whom no phone will ever ask, while a request is made: it is answered like any other. */
  orNobody<Find extends (ctx: Context, accountId: string, token?: never) => Promise<object>>(find: Find): Find;
  /** Ends requests as phones answer. */
  attach(provider: Provider): void;
};

export function createDecoupled(
  needs: IdentityNeeds,
  parts: {
    persons: Persons;
    approvals: Approvals;
    outcomes: Pick<Outcomes, 'count'>;
    fetch: ReturnType<typeof boundedFetch>;
  },
): Decoupled {
  const { persons, outcomes } = parts;
  const { asking } = parts.approvals;
  const { federation, log, clock } = needs;
  const seconds = approvalMs / 1_000;

  const feature = {
    enabled: needs.mayAskPhones !== undefined,
    deliveryModes,
    processLoginHint: async (ctx: Context, hint: string) => {
      const { params } = ctx.oidc;
      for (const name of ['authorization_details', 'resource', 'requested_expiry', 'user_code', 'request_context'])
        if (params[name] !== undefined) throw new errors.InvalidRequest(`${name} is not taken here`);
      const person = await persons.findByNationalId(normalizeNationalId(hint).slice(0, 64));
      return person === undefined || person.isSuspended ? `${nobody}${newId()}` : person.personId;
    },
    processLoginHintToken: async () => {
      throw new errors.InvalidRequest('login_hint_token is not taken here');
    },
    verifyUserCode: async () => undefined,
    validateRequestContext: async () => undefined,
    validateBindingMessage: async (_ctx: Context, message: string | undefined) => {
      if (message === undefined || !/^[1-9][0-9]$/.test(message))
        throw new errors.InvalidBindingMessage(
          'binding_message is the number that the service shows: two digits, a new one each time',
        );
    },
    triggerAuthenticationDevice: async (ctx: Context, request: { jti: string }) => {
      const { client, params } = ctx.oidc;
      if (params.login_hint === undefined) throw new errors.InvalidRequest('login_hint is the national number');
      try {
        await asking.ask({
          boundTo: byServicePrefix + request.jti,
          nationalId: params.login_hint,
          clientId: client.clientId,
          purposes: [],
          address: new URL(client.clientId).host,
          agent: '',
          number: params.binding_message,
        });
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'too-many-attempts') throw error;
        throw new errors.TemporarilyUnavailable(`too many requests for this person: wait ${error.params['seconds']} s`);
      }
    },
  };

  const ownOf = async (clientId: string): Promise<Metadata> =>
    (await federation.resolve(clientId, 'openid_relying_party')).metadata['openid_relying_party'] ?? {};

  async function conclude(provider: Provider, id: string): Promise<void> {
    const outcome = await asking.take(byServicePrefix + id);
    const request = (await provider.BackchannelAuthenticationRequest.find(id)) as Context;
    if (outcome.state === 'waiting' || request === undefined) return;
    const refuse = (reason: RefusalReason) => {
      // The library writes the description under one name and reads it under another.
      request.errorDescription = reason;
      return provider.backchannelResult(
        request,
        reason === 'loa_unmet'
          ? new errors.UnmetAuthenticationRequirements(undefined, reason)
          : new errors.AccessDenied(reason, reason),
      );
    };
    if (outcome.state !== 'approved')
      return refuse(
        ({ refused: 'user_cancelled', 'number-wrong': 'number_mismatch', 'timed-out': 'timeout' } as const)[
          outcome.state
        ],
      );
    const person = await persons.findPerson(outcome.personId);
    if (person === undefined || person.isSuspended) return refuse('suspended');
    const choice = chooseMethod(needs.eid, person.proofing, readNeededLevel(request.params), ['phone-approval']);
    if (choice.unmet !== undefined) return refuse('loa_unmet');
    const { clientId } = request;
    const grant = new provider.Grant({
      jti: plainGrantId(person.personId, clientId),
      accountId: person.personId,
      clientId,
    } as never);
    grant.addOIDCScope('openid');
    outcomes.count('provider', 'signed-in', choice.level);
    await provider.backchannelResult(request, grant, {
      acr: choice.level,
      amr: needs.eid.methods[choice.method]!.amr,
      authTime: Math.floor(clock.now().getTime() / 1_000),
    });
  }

  return {
    feature,
    seconds,
    providerMetadata: (issuer) =>
      needs.mayAskPhones === undefined
        ? {}
        : {
            grant_types_supported: ['authorization_code', decoupledGrant],
            backchannel_authentication_endpoint: `${issuer}/backchannel`,
            backchannel_token_delivery_modes_supported: deliveryModes,
            backchannel_user_code_parameter_supported: false,
          },
    extend: async (metadata) => {
      const clientId = metadata?.['client_id'];
      if (metadata === undefined || typeof clientId !== 'string' || !(await needs.mayAskPhones?.(clientId)))
        return metadata;
      const own = await ownOf(clientId);
      const mode = own['backchannel_token_delivery_mode'];
      const wants = Array.isArray(own['grant_types']) && own['grant_types'].includes(decoupledGrant);
      if (!wants || !deliveryModes.some((one) => one === mode)) return metadata;
      const { jwks: _inChain, ...rest } = metadata;
      const name = Buffer.from(clientId).toString('base64url');
      const [redirectUri] = metadata['redirect_uris'] as string[];
      return {
        ...rest,
        grant_types: ['authorization_code', decoupledGrant],
        backchannel_token_delivery_mode: mode,
        ...(mode === 'ping' ? { backchannel_client_notification_endpoint: pingAt + name } : {}),
        // CIBA Core section 4 wants both for pairwise subjects. Keys and sector come from the trust chain: the same sector as without.
        jwks_uri: keysAt + name,
        sector_identifier_uri: `https://${new URL(redirectUri!).host}/`,
      };
    },
    addresses: {
      sectorIdentifierUriValidate: () => false,
      fetch: async (input, init) => {
        const [at, name] = split(input instanceof Request ? input.url : String(input));
        if (at !== keysAt && at !== pingAt) return parts.fetch(input, init);
        const own = await ownOf(Buffer.from(name, 'base64url').toString('utf8'));
        if (at === keysAt) return Response.json(own['jwks'] ?? { keys: [] });
        const endpoint = String(own['backchannel_client_notification_endpoint']);
        // CIBA Core section 4: https; a node that speaks http itself stands on a developer's machine.
        if (!endpoint.startsWith(needs.publicUrl.startsWith('https:') ? 'https://' : 'http')) return Response.error();
        return parts.fetch(endpoint, init);
      },
    },
    orNobody: (find) =>
      (async (ctx: Context, accountId: string, token?: never) =>
        accountId.startsWith(nobody) && ctx.oidc.route === 'backchannel_authentication'
          ? { accountId, claims: async () => ({ sub: accountId }) }
          : find(ctx, accountId, token)) as typeof find,
    attach: (provider) =>
      parts.approvals.listen(async (boundTo) => {
        if (!boundTo.startsWith(byServicePrefix)) return;
        try {
          await conclude(provider, boundTo.slice(byServicePrefix.length));
        } catch (error) {
          // The client's notification may have failed: it can still poll, and the person has answered.
          log.warn({ err: error }, 'a service could not be told what a phone answered');
        }
      }),
  };
}

/** An address as far as its last slash, and what comes after. */
const split = (url: string): [string, string] => [
  url.slice(0, url.lastIndexOf('/') + 1),
  url.slice(url.lastIndexOf('/') + 1),
];
