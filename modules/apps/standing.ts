import { Compile } from 'typebox/compile';
import { Problem } from '#kernel/problem';
import { AppMark } from './contract.ts';
import type { AppsNeeds } from './needs.ts';
import { isAppScope } from './scopes/contract.ts';

const markShape = Compile(AppMark);

/** An app as this state vouches for it now. */
export type App = AppMark & {
  appId: string;
  redirectUris: string[];
  jwks: { keys: object[] };
  /** Where it wants to be told, at its own address. */
  webhookUri?: string;
};

/**
 * The app as its trust chain shows it: known by its key, certified by this very state, not suspended. Undefined for everybody else.
 * Chains and marks are held and asked about again within half a minute, so this costs no request. Throws what makes a superior
 * unreachable.
 */
export async function findApp(needs: AppsNeeds, appId: string): Promise<App | undefined> {
  // One spelling of one address in plain ASCII: no letter that looks like another.
  if (appId.length > 512 || !/^https?:\/\/[\x21-\x7e]+$/.test(appId) || /[?#]/.test(appId)) return undefined;
  if (!URL.canParse(appId) || new URL(appId).href.replace(/\/$/, '') !== appId.replace(/\/$/, '')) return undefined;
  try {
    const { metadata, trustMarks } = await needs.federation.resolve(appId, 'oauth_client');
    const own = metadata['oauth_client'] ?? {};
    const mark = trustMarks.find(({ type, issuer }) => type === needs.markType && issuer === needs.publicUrl);
    const said = mark?.claims['jisr_app'];
    if (!markShape.Check(said) || !Array.isArray(own['redirect_uris']) || !Array.isArray(own['jwks']?.keys))
      return undefined;
    const webhookUri = own['jisr_webhook_uri'];
    return {
      ...said,
      scopes: said.scopes.filter(isAppScope),
      appId,
      redirectUris: own['redirect_uris'],
      jwks: own['jwks'],
      ...(typeof webhookUri === 'string' && isAt(webhookUri, appId) ? { webhookUri } : {}),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    needs.log.info({ code: error.code }, 'an app could not be resolved through the federation');
    if (error.status >= 500) throw error;
    return undefined;
  }
}

function isAt(uri: string, appId: string): boolean {
  return URL.canParse(uri) && new URL(uri).origin === new URL(appId).origin;
}
