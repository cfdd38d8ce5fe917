import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import type { Language, Text } from '#kernel/languages';
import { kernelProblem } from '#kernel/problem';
import { type EvidenceDetail, problem, type RefusalReason } from '../contract.ts';
import type { Methods } from '../methods/service.ts';
import { levelReached, type MethodId, methods } from '../methods/table.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { SignInSteps } from '../persons/service.ts';
import * as steps from '../persons/store.ts';
import { interactionUrl } from './configuration.ts';
import { isGrantWithin, isOwnForm, readEvidenceDetails } from './rules.ts';
import * as store from './store.ts';

export type InteractionPage = {
  uid: string;
  prompt: 'login' | 'consent';
  /** True when the password was right and the one-time code is still to come. */
  isCodeAwaited: boolean;
  clientId: string;
  clientNames: Text;
  /** The authorization request's parameters, as pushed by the client. */
  params: Record<string, unknown>;
  /** What the client asks for, already within its trust mark; empty for a plain sign-in. */
  authorizationDetails: EvidenceDetail[];
  language?: Language;
  /** Shown while the person's phone is asked to approve, to be typed there. */
  phoneNumber?: string;
  /** The home person, once signed in. */
  personId?: string;
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
  /** What the browser hands to `navigator.credentials.get`: the person chooses one of their passkeys for this site. */
  askPasskey(req: IncomingMessage, res: ServerResponse): Promise<object>;
  /** A passkey alone is a full sign-in; answers where to send the browser. */
  answerByPasskey(
    req: IncomingMessage,
    res: ServerResponse,
    form: { answer: string },
  ): Promise<{ redirectUrl: string }>;
  /** Makes the person's phone ask. The answer is the same for a number that nobody has, or that no phone belongs to. */
  askPhone(req: IncomingMessage, res: ServerResponse, form: { nationalId: string }): Promise<void>;
  peekPhone(req: IncomingMessage, res: ServerResponse): Promise<'waiting' | 'answered'>;
  /** Goes on with what the phone answered, which may be a refusal; undefined while it has not. */
  finishByPhone(req: IncomingMessage, res: ServerResponse): Promise<{ redirectUrl: string } | undefined>;
  /** Calls the request off; the person takes another way. */
  stopPhone(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** After a sign-in, on its way back: what an officer began for this person, and where to go on. */
  findRecovery(
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<{ openedAt?: Date; usableFrom?: Date; continueUrl: string }>;
  /** The person who has just signed in says that it was not them. */
  cancelRecovery(req: IncomingMessage, res: ServerResponse): Promise<{ redirectUrl: string }>;
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
  methods: Methods;
}): Interactions {
  const { needs, provider, signIn } = parts;
  const { passkeys, approvals, recovery } = parts.methods;
  const { asking } = approvals;
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

  async function loadForm(req: IncomingMessage, res: ServerResponse, prompt: 'login' | 'consent' | undefined) {
    if (!isOwnForm(req.headers, ownOrigin)) throw kernelProblem('cross-site-request');
    const interaction = await load(req, res);
    if (prompt !== undefined && interaction.prompt.name !== prompt) throw problem('interaction-expired');
    return interaction;
  }

  /** Everybody in the state's own register was proofed by it in person: the method alone sets the level. */
  const finish = async (req: IncomingMessage, res: ServerResponse, uid: string, personId: string, method: MethodId) => {
    const login = {
      accountId: personId,
      acr: levelReached(method, 'high'),
      amr: [...methods[method].amr],
      remember: false,
    };
    const redirectUrl = await provider.interactionResult(req, res, { login }, { mergeWithLastSubmission: false });
    // Whoever can still sign in is told that somebody began to restore access, before anything else.
    const isWarned = (await recovery.findOpen(personId)) !== undefined;
    return { redirectUrl: isWarned ? `${interactionUrl(needs.publicUrl, uid)}/recovery` : redirectUrl };
  };

  const refuse = async (req: IncomingMessage, res: ServerResponse, uid: string, reason: RefusalReason) => {
    await steps.endPasswordStep(db, uid);
    await asking.stop(uid);
    const error = reason === 'loa_unmet' ? 'unmet_authentication_requirements' : 'access_denied';
    const result = { error, error_description: reason };
    return { redirectUrl: await provider.interactionResult(req, res, result, { mergeWithLastSubmission: false }) };
  };

  const addressOf = (req: IncomingMessage) => req.socket.remoteAddress ?? 'unknown';

  return {
    get: async (req, res) => {
      const { uid, prompt, params, session } = await load(req, res);
      const clientId = String(params['client_id']);
      const { metadata } = await needs.federation.resolve(clientId, 'openid_relying_party');
      const own = metadata['openid_relying_party'] ?? {};
      const name = String(own['client_name'] ?? own['organization_name'] ?? new URL(clientId).host);
      const locale = String(params['ui_locales'] ?? '').slice(0, 2);
      const personId = session?.accountId;
      const phoneNumber = await asking.findNumber(uid);
      return {
        uid,
        prompt: prompt.name as 'login' | 'consent',
        isCodeAwaited:
          prompt.name === 'login' && (await steps.findPasswordStep(db, uid, needs.clock.now())) !== undefined,
        clientId,
        clientNames: { en: name, ar: String(own['client_name#ar'] ?? own['organization_name#ar'] ?? name) },
        params: { ...params },
        authorizationDetails: detailsOf(params),
        ...(locale === 'ar' || locale === 'en' ? { language: locale } : {}),
        ...(prompt.name === 'login' && phoneNumber !== undefined ? { phoneNumber } : {}),
        ...(personId === undefined ? {} : { personId }),
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
      return finish(req, res, uid, step.personId, 'password-totp');
    },

    askPasskey: async (req, res) => {
      const { uid } = await loadForm(req, res, 'login');
      return passkeys.ask({ purpose: 'sign-in', boundTo: uid });
    },

    answerByPasskey: async (req, res, { answer }) => {
      const { uid } = await loadForm(req, res, 'login');
      const at = { purpose: 'sign-in', boundTo: uid } as const;
      const { personId } = await passkeys.check({ at, answer, address: addressOf(req) });
      await steps.endPasswordStep(db, uid);
      return finish(req, res, uid, personId, 'passkey');
    },

    askPhone: async (req, res, { nationalId }) => {
      const { uid, params } = await loadForm(req, res, 'login');
      await asking.ask({
        boundTo: uid,
        nationalId,
        clientId: String(params['client_id']),
        purposes: [...new Set(detailsOf(params).map(({ purpose }) => purpose))],
        address: addressOf(req),
        agent: req.headers['user-agent'] ?? '',
      });
    },

    peekPhone: async (req, res) => asking.peek((await load(req, res)).uid),

    finishByPhone: async (req, res) => {
      const { uid } = await loadForm(req, res, 'login');
      const outcome = await asking.take(uid);
      if (outcome.state === 'waiting') return undefined;
      if (outcome.state !== 'approved') return refuse(req, res, uid, refusalOf[outcome.state]);
      await steps.endPasswordStep(db, uid);
      return finish(req, res, uid, outcome.personId, 'phone-approval');
    },

    stopPhone: async (req, res) => asking.stop((await loadForm(req, res, 'login')).uid),

    findRecovery: async (req, res) => {
      const { result, returnTo } = await load(req, res);
      const personId = signedInBy(result);
      return { ...(personId === undefined ? {} : await recovery.findOpen(personId)), continueUrl: returnTo };
    },

    cancelRecovery: async (req, res) => {
      const { result, returnTo } = await loadForm(req, res, undefined);
      const personId = signedInBy(result);
      if (personId === undefined) throw problem('interaction-expired');
      await recovery.cancel(personId);
      return { redirectUrl: returnTo };
    },

    approve: async (req, res, { consentId, grantedDetails, accessTokenUntil }) => {
      const { params, session } = await loadForm(req, res, 'consent');
      if (session?.accountId === undefined) throw problem('interaction-expired');
      if (!isGrantWithin(detailsOf(params), grantedDetails)) throw problem('grant-too-wide');
      const clientId = String(params['client_id']);
      const grant = new provider.Grant({ accountId: session.accountId, clientId });
      if (String(params['scope']).split(' ').includes('openid')) grant.addOIDCScope('openid');
      for (const detail of grantedDetails) grant.addRar(detail as never);
      const grantId = await grant.save();
      await store.saveEvidenceGrant(db, { grantId, consentId, accessTokenUntil });
      return { redirectUrl: await provider.interactionResult(req, res, { consent: { grantId } }) };
    },

    refuse: async (req, res, reason) => {
      const { uid } = await loadForm(req, res, undefined);
      return refuse(req, res, uid, reason);
    },
  };
}

const refusalOf = {
  refused: 'user_cancelled',
  'number-wrong': 'number_mismatch',
  'timed-out': 'timeout',
} as const satisfies Record<string, RefusalReason>;

function signedInBy(result: unknown): string | undefined {
  return (result as { login?: { accountId?: string } } | undefined)?.login?.accountId;
}

function detailsOf(params: Record<string, unknown>): EvidenceDetail[] {
  const text = params['authorization_details'];
  if (typeof text !== 'string') return [];
  const read = readEvidenceDetails(JSON.parse(text));
  return 'details' in read ? read.details : [];
}
