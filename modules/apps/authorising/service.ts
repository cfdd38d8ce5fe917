import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, Provider } from 'oidc-provider';
import type { HttpServer } from '#kernel/http';
import { sha256 } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { mountOidc } from '#modules/identity';
import type { Allowed, AllowingPerson } from '../allowed/service.ts';
import { problem } from '../contract.ts';
import type { AppsNeeds } from '../needs.ts';
import { type AppScope, isAppScope } from '../scopes/contract.ts';
import { findApp } from '../standing.ts';
import { audienceOf, authorisingConfiguration } from './configuration.ts';
import * as store from './store.ts';

const mountPath = '/apps/oauth';

/** What an app asks a person for, as the page shows it. */
export type AppRequest = {
  uid: string;
  appId: string;
  names: Text;
  tier: string;
  scopes: AppScope[];
  /** For so many days at most. */
  daysMax: number;
  /** Where the answer to the form leads, for the page's policy. */
  returnOrigin: string;
  language?: 'ar' | 'en';
};

export type KeptToken = { appId: string; keyThumbprint: string; scopes: Set<string>; grantId?: string };

type Shown = { clientId: string; jkt?: string; scope?: string; grantId?: string; aud?: string | string[] };

/** The authorization server for apps under `/apps/oauth`: OAuth 2.0 in the FAPI 2.0 Security Profile, on oidc-provider. */
export async function createAuthorising(needs: AppsNeeds, allowed: Allowed) {
  const { database, clock, keys, log } = needs;
  const subjectKey = await keys.secret('apps.subjects');
  const provider = new Provider(
    `${needs.publicUrl}${mountPath}`,
    authorisingConfiguration({
      needs,
      allowed,
      signer: await keys.signer('apps.oauth', 'ES256'),
      secrets: { cookie: await keys.secret('apps.cookies'), dpopNonce: await keys.secret('apps.dpop-nonce', 32) },
      // What an app calls a person means nothing to another app, nor to any office.
      subjectFor: (sector, personId) =>
        createHmac('sha256', subjectKey).update(`${sector}\u0000${personId}`).digest('base64url'),
    }),
  );
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'the authorization server for apps failed'));
  for (const event of ['authorization.error', 'pushed_authorization_request.error', 'grant.error'] as const)
    provider.on(event as 'grant.error', (_ctx, error) =>
      log.info({ code: error.error, detail: error.error_detail }, 'the authorization server for apps refused'),
    );
  provider.on('grant.revoked', (_ctx, grantId) => {
    void allowed.endGrant(grantId).catch((error) => log.error({ err: error }, 'an authorisation could not be ended'));
  });
  // The library looks first and saves later. Here both are one statement: of two at the same time one may come through.
  Object.assign(provider.ReplayDetection, {
    unique: (issuerOfJti: string, jti: string, exp: number) =>
      store.noteFirstUse(
        database.db,
        sha256(`${issuerOfJti}\u0000${jti}`).toString('base64url'),
        new Date(exp * 1_000),
        clock.now(),
      ),
  });

  const load = async (req: IncomingMessage, res: ServerResponse) => {
    try {
      return await provider.interactionDetails(req, res);
    } catch (error) {
      if (error instanceof errors.SessionNotFound) throw problem('request-of-app-expired');
      throw error;
    }
  };
  const find = async (req: IncomingMessage, res: ServerResponse) => {
    const { uid, params } = await load(req, res);
    const app = await findApp(needs, String(params['client_id']));
    if (!app) throw problem('app-unknown');
    const asked = String(params['scope'] ?? '').split(' ');
    return { uid, params, app, scopes: asked.filter(isAppScope).filter((scope) => app.scopes.includes(scope)) };
  };

  return {
    issuer: provider.issuer,
    mountProvider: (server: HttpServer) => mountOidc(server, provider, mountPath),

    /** What the page shows. Refuses as `request-of-app-expired` and `app-unknown`. */
    getRequest: async (req: IncomingMessage, res: ServerResponse): Promise<AppRequest> => {
      const { uid, params, app, scopes } = await find(req, res);
      const [locale] = String(params['ui_locales'] ?? '').split(' ');
      return {
        uid,
        appId: app.appId,
        names: app.names,
        tier: app.tier,
        scopes,
        daysMax: app.daysMax,
        returnOrigin: new URL(String(params['redirect_uri'])).origin,
        ...(locale === 'ar' || locale === 'en' ? { language: locale } : {}),
      };
    },

    /** Answers where to send the browser. At most what was asked is allowed, and at least one thing of it. */
    allow: async (
      req: IncomingMessage,
      res: ServerResponse,
      person: AllowingPerson,
      choice: { scopes: readonly string[]; days: number },
    ): Promise<{ redirectUrl: string }> => {
      const { app, scopes: asked } = await find(req, res);
      const scopes = asked.filter((scope) => choice.scopes.includes(scope));
      const isOfDays = Number.isInteger(choice.days) && choice.days >= 1 && choice.days <= app.daysMax;
      if (scopes.length === 0 || !isOfDays) throw problem('choice-missing');
      const grant = new provider.Grant({ accountId: person.personId, clientId: app.appId });
      const refused = asked.filter((scope) => !scopes.includes(scope));
      const api = audienceOf(needs.publicUrl);
      // The library counts a scope as one of its own and as one of the API, and asks again for what was neither given nor refused.
      grant.addOIDCScope(['openid', ...scopes].join(' '));
      grant.addResourceScope(api, scopes.join(' '));
      if (refused.length > 0) {
        grant.rejectOIDCScope(refused.join(' '));
        grant.rejectResourceScope(api, refused.join(' '));
      }
      const grantId = await grant.save();
      await allowed.allow(person, app, { grantId, scopes, days: choice.days });
      const result = { login: { accountId: person.personId, remember: false }, consent: { grantId } };
      return {
        redirectUrl: await provider.interactionResult(req, res, result, { mergeWithLastSubmission: false }),
      };
    },

    refuse: async (req: IncomingMessage, res: ServerResponse): Promise<{ redirectUrl: string }> => {
      await load(req, res);
      const result = { error: 'access_denied', error_description: 'the person did not allow it' };
      return {
        redirectUrl: await provider.interactionResult(req, res, result, { mergeWithLastSubmission: false }),
      };
    },

    /** A token that holds now, of a person's or of the app itself. */
    findToken: async (token: string, of: 'person' | 'app'): Promise<KeptToken | undefined> => {
      const found =
        of === 'person' ? await provider.AccessToken.find(token) : await provider.ClientCredentials.find(token);
      const kept = found as unknown as Shown | undefined;
      if (!kept || kept.jkt === undefined || kept.aud !== audienceOf(needs.publicUrl)) return undefined;
      return {
        appId: kept.clientId,
        keyThumbprint: kept.jkt,
        scopes: new Set((kept.scope ?? '').split(' ')),
        ...(kept.grantId === undefined ? {} : { grantId: kept.grantId }),
      };
    },
    purge: () => store.dropExpiredPayloads(database.db, clock.now()),
  };
}
export type Authorising = Awaited<ReturnType<typeof createAuthorising>>;
