import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import type { Language, Text } from '#kernel/languages';
import { kernelProblem } from '#kernel/problem';
import { readAskedMandate, representationClaim } from '../acting/rules.ts';
import type { Acting } from '../acting/service.ts';
import { type EvidenceDetail, problem, type RefusalReason } from '../contract.ts';
import type { ChosenMandate, IdentityNeeds } from '../needs.ts';
import type { SignInSteps } from '../persons/service.ts';
import * as steps from '../persons/store.ts';
import { isGrantWithin, isOwnForm, readEvidenceDetails } from './rules.ts';
import * as store from './store.ts';

export type InteractionPage = {
  uid: string;
  prompt: 'login' | 'represent' | 'consent';
  /** True when the password was right and the one-time code is still to come. */
  isCodeAwaited: boolean;
  clientId: string;
  clientNames: Text;
  /** The authorization request's parameters, as pushed by the client. */
  params: Record<string, unknown>;
  /** What the client asks for, already within its trust mark; empty for a plain sign-in. */
  authorizationDetails: EvidenceDetail[];
  language?: Language;
  /** The home person, once signed in. */
  personId?: string;
  /** For whom the home person acts, once that is known; `mandate` is what the client calls it. */
  acting?: ChosenMandate & { mandate: string };
};

/**
 * What a page at `{publicUrl}/eid-pages/interaction/:uid` needs. The cookie of an interaction has that path, so forms must
 * post to it or below it. Every function takes Node's raw request and response; refusals are Problems.
 */
export type Interactions = {
  get(req: IncomingMessage, res: ServerResponse): Promise<InteractionPage>;
  /** First step; leaves a marker on the server, bound to this interaction. */
  login(
    req: IncomingMessage,
    res: ServerResponse,
    form: { nationalId: string; password: string },
  ): Promise<{ next: 'code' }>;
  /** Second step; answers where to send the browser. */
  confirmCode(req: IncomingMessage, res: ServerResponse, form: { code: string }): Promise<{ redirectUrl: string }>;
  /** For whom: under a mandate, or for oneself without one. Refuses as mandates do. */
  choose(req: IncomingMessage, res: ServerResponse, mandateId: string | undefined): Promise<{ redirectUrl: string }>;
  approve(
    req: IncomingMessage,
    res: ServerResponse,
    consent: { consentId: string; grantedDetails: EvidenceDetail[]; accessTokenUntil: Date },
  ): Promise<{ redirectUrl: string }>;
  refuse(req: IncomingMessage, res: ServerResponse, reason: RefusalReason): Promise<{ redirectUrl: string }>;
};

const passwordStepMs = 600_000;
const wrongCodesMax = 5;

export function createInteractions(parts: {
  needs: IdentityNeeds;
  provider: Provider;
  signIn: SignInSteps;
  acting: Acting;
}): Interactions {
  const { needs, provider, signIn, acting } = parts;
  const db = needs.database.db;
  const ownOrigin = new URL(needs.publicUrl).origin;

  /** The interaction of this browser, when the address names the same one. Its id is known to this browser alone. */
  async function load(req: IncomingMessage, res: ServerResponse) {
    try {
      const interaction = await provider.interactionDetails(req, res);
      const path = new URL(req.url ?? '/', needs.publicUrl).pathname.split('/');
      if (!path.includes(interaction.uid)) throw problem('interaction-expired');
      return interaction;
    } catch (error) {
      if (error instanceof errors.SessionNotFound) throw problem('interaction-expired');
      throw error;
    }
  }

  async function loadForm(req: IncomingMessage, res: ServerResponse, prompt: InteractionPage['prompt'] | undefined) {
    if (!isOwnForm(req.headers, ownOrigin)) throw kernelProblem('cross-site-request');
    const interaction = await load(req, res);
    if (prompt !== undefined && interaction.prompt.name !== prompt) throw problem('interaction-expired');
    return interaction;
  }

  /** What this client calls a mandate. */
  async function handleFor(clientId: string, mandateId: string): Promise<string> {
    const client = (await provider.Client.find(clientId)) as unknown as { sectorIdentifier: string } | undefined;
    if (!client) throw problem('provider-not-trusted');
    return acting.handleOf(client.sectorIdentifier, mandateId);
  }

  const addressOf = (req: IncomingMessage) => req.socket.remoteAddress ?? 'unknown';

  return {
    get: async (req, res) => {
      const { uid, prompt, params, session, lastSubmission } = await load(req, res);
      const clientId = String(params['client_id']);
      const { metadata } = await needs.federation.resolve(clientId, 'openid_relying_party');
      const own = metadata['openid_relying_party'] ?? {};
      const name = String(own['client_name'] ?? own['organization_name'] ?? new URL(clientId).host);
      const locale = String(params['ui_locales'] ?? '').slice(0, 2);
      const personId = session?.accountId;
      const chosen = prompt.name === 'consent' ? await acting.findChosen(params, lastSubmission, personId) : undefined;
      return {
        uid,
        prompt: prompt.name as InteractionPage['prompt'],
        isCodeAwaited:
          prompt.name === 'login' && (await steps.findPasswordStep(db, uid, needs.clock.now())) !== undefined,
        clientId,
        clientNames: { en: name, ar: String(own['client_name#ar'] ?? own['organization_name#ar'] ?? name) },
        params: { ...params },
        authorizationDetails: detailsOf(params),
        ...(locale === 'ar' || locale === 'en' ? { language: locale } : {}),
        ...(personId === undefined ? {} : { personId }),
        ...(chosen ? { acting: { ...chosen, mandate: await handleFor(clientId, chosen.mandateId) } } : {}),
      };
    },

    login: async (req, res, { nationalId, password }) => {
      const { uid } = await loadForm(req, res, 'login');
      const personId = await signIn.checkPassword({ nationalId, password, address: addressOf(req) });
      const expiresAt = new Date(needs.clock.now().getTime() + passwordStepMs);
      await steps.savePasswordStep(db, { interactionId: uid, personId, expiresAt });
      return { next: 'code' };
    },

    confirmCode: async (req, res, { code }) => {
      const { uid } = await loadForm(req, res, 'login');
      const step = await steps.findPasswordStep(db, uid, needs.clock.now());
      if (step === undefined) throw problem('interaction-expired');
      try {
        await signIn.checkCode({ personId: step.personId, code, address: addressOf(req) });
      } catch (error) {
        await steps.countWrongCode(db, uid, wrongCodesMax);
        throw error;
      }
      if (!(await steps.endPasswordStep(db, uid))) throw problem('interaction-expired');
      const login = { accountId: step.personId, acr: 'substantial', amr: ['pwd', 'otp', 'mfa'], remember: false };
      const redirectUrl = await provider.interactionResult(req, res, { login }, { mergeWithLastSubmission: false });
      return { redirectUrl };
    },

    choose: async (req, res, mandateId) => {
      const { params, session } = await loadForm(req, res, 'represent');
      if (session?.accountId === undefined) throw problem('interaction-expired');
      await acting.choose(session.accountId, String(params['client_id']), mandateId);
      const represent = mandateId === undefined ? {} : { mandateId };
      return { redirectUrl: await provider.interactionResult(req, res, { represent }) };
    },

    approve: async (req, res, { consentId, grantedDetails, accessTokenUntil }) => {
      const { params, session, lastSubmission } = await loadForm(req, res, 'consent');
      if (session?.accountId === undefined) throw problem('interaction-expired');
      const personId = session.accountId;
      const chosen = await acting.findChosen(params, lastSubmission, personId);
      if (chosen) await acting.checkCovers(personId, chosen, grantedDetails);
      if (!isGrantWithin(detailsOf(params), grantedDetails)) throw problem('grant-too-wide');
      const clientId = String(params['client_id']);
      const grant = new provider.Grant({ accountId: personId, clientId });
      if (readAskedMandate(params) !== undefined) grant.addOIDCClaims([representationClaim]);
      if (String(params['scope']).split(' ').includes('openid')) grant.addOIDCScope('openid');
      for (const detail of grantedDetails) grant.addRar(detail as never);
      const grantId = await grant.save();
      await store.saveEvidenceGrant(db, { grantId, consentId, accessTokenUntil });
      if (chosen) await acting.noteConsent({ grantId, personId, clientId, consentId, chosen });
      return { redirectUrl: await provider.interactionResult(req, res, { consent: { grantId } }) };
    },

    refuse: async (req, res, reason) => {
      const { uid } = await loadForm(req, res, undefined);
      await steps.endPasswordStep(db, uid);
      const error = reason === 'loa_unmet' ? 'unmet_authentication_requirements' : 'access_denied';
      const result = { error, error_description: reason };
      return { redirectUrl: await provider.interactionResult(req, res, result, { mergeWithLastSubmission: false }) };
    },
  };
}

function detailsOf(params: Record<string, unknown>): EvidenceDetail[] {
  const text = params['authorization_details'];
  if (typeof text !== 'string') return [];
  const read = readEvidenceDetails(JSON.parse(text));
  return 'details' in read ? read.details : [];
}
