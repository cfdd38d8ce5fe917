import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { plainName, type Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import type { AssuranceLevel } from '#protocol/assurance';
import { readAskedMandate, representationClaim } from '../acting/rules.ts';
import type { Acting } from '../acting/service.ts';
import { chooseMethod, readNeededLevel } from '../assurance/rules.ts';
import { type EvidenceDetail, problem, type RefusalReason } from '../contract.ts';
import type { Methods } from '../methods/service.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { OlderClients } from '../older-clients/service.ts';
import { type MessageCodes, messageMethod } from '../persons/message-codes.ts';
import type { Person, Persons, SignInSteps } from '../persons/service.ts';
import * as steps from '../persons/store.ts';
import type { Pushes } from '../upstream/pushes/service.ts';
import type { Upstreams } from '../upstream/service.ts';
import {
  type EndedInteraction,
  type InteractionPage,
  type Interactions,
  interactionMs,
  interactionUrl,
} from './interaction-page.ts';
import { createUpstreamSteps } from './interaction-upstream.ts';
import { byPassword, neededFor, offerWays, waysReaching } from './interaction-ways.ts';
import { isGrantWithin, isOwnForm, readEvidenceDetails } from './rules.ts';
import * as store from './store.ts';

const passwordStepMs = 600_000;
const wrongCodesMax = 5;
const mayTryAgain = { mayTryAgain: true } as const;
export function createInteractions(parts: {
  needs: IdentityNeeds;
  provider: Provider;
  persons: Persons & SignInSteps;
  methods: Methods;
  olderClients: Pick<OlderClients, 'findNames'>;
  acting: Acting;
  upstreams: Upstreams;
  pushes: Pushes;
  messageCodes: MessageCodes;
}): Interactions {
  const { needs, provider, persons, acting, messageCodes } = parts;
  const { passkeys, approvals, recovery } = parts.methods;
  const { asking } = approvals;
  const { eid } = needs;
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
    if (prompt === undefined) return interaction;
    if (interaction.prompt.name !== prompt || isOverdue(interaction)) throw problem('interaction-expired');
    return interaction;
  }

  const refuse = async (req: IncomingMessage, res: ServerResponse, uid: string, reason: RefusalReason) => {
    await steps.endPasswordStep(db, uid);
    await asking.stop(uid);
    await parts.pushes.stop(uid);
    const error = reason === 'loa_unmet' ? 'unmet_authentication_requirements' : 'access_denied';
    const result = { error, error_description: reason };
    return { redirectUrl: await provider.interactionResult(req, res, result, { mergeWithLastSubmission: false }) };
  };

  /** What this client calls a mandate. */
  async function handleFor(clientId: string, mandateId: string): Promise<string> {
    const client = (await provider.Client.find(clientId)) as unknown as { sectorIdentifier: string } | undefined;
    if (!client) throw problem('provider-not-trusted');
    return acting.handleOf(client.sectorIdentifier, mandateId);
  }

  const addressOf = (req: IncomingMessage) => req.socket.remoteAddress ?? 'unknown';
  const isOverdue = ({ iat }: { iat: number }) => needs.clock.now().getTime() - iat * 1_000 >= interactionMs;

  const end = (uid: string, ended: { reason: RefusalReason; needed?: string; reached?: string; proofing?: string }) =>
    store.endInteraction(db, uid, ended, new Date(needs.clock.now().getTime() + 2 * interactionMs));

  const endedOf = async (interaction: { uid: string; iat: number }): Promise<EndedInteraction | undefined> => {
    if (isOverdue(interaction)) return { reason: 'timeout' };
    const row = await store.findEndedInteraction(db, interaction.uid);
    if (row === undefined) return undefined;
    const proofing = row.proofing === null ? undefined : eid.proofings[row.proofing];
    const { reason, needed, reached } = row;
    // The eID itself refused the level: of whom, it did not say.
    if (needed === null || proofing === undefined) return { reason, ...(reason === 'loa_unmet' ? mayTryAgain : {}) };
    const ways = waysReaching(needs, row.proofing!, needed);
    return {
      reason,
      ...(ways.length > 0 ? mayTryAgain : {}),
      unmet: {
        needed,
        ...(reached === null ? {} : { reached }),
        proofing: proofing.names,
        ...(proofing.raise === undefined ? {} : { raise: proofing.raise }),
        ways,
      },
    };
  };

  /** Who has proved to be somebody by a method is signed in as strongly as the state's framework says, and no stronger. */
  async function conclude(
    req: IncomingMessage,
    res: ServerResponse,
    uid: string,
    { personId, method, level }: { personId: string; method: string; level: AssuranceLevel },
  ): Promise<{ redirectUrl: string }> {
    const login = { accountId: personId, acr: level, amr: eid.methods[method]!.amr, remember: false };
    const redirectUrl = await provider.interactionResult(req, res, { login }, { mergeWithLastSubmission: false });
    // Whoever can still sign in is told that somebody began to restore access, before anything else.
    const isWarned = (await recovery.findOpen(personId)) !== undefined;
    return { redirectUrl: isWarned ? `${interactionUrl(needs.publicUrl, uid)}/recovery` : redirectUrl };
  }

  /** By a method that is a full sign-in of its own: it is done, or it can never be what is needed. */
  async function concludeBy(
    req: IncomingMessage,
    res: ServerResponse,
    { uid, params }: { uid: string; params: Record<string, unknown> },
    by: { personId: string; method: string; proofing?: string },
  ): Promise<{ redirectUrl: string }> {
    const { personId, method } = by;
    const proofing = by.proofing ?? (await persons.findPerson(personId))!.proofing;
    const choice = choose(params, { proofing }, [method]);
    if (choice.unmet === undefined) return conclude(req, res, uid, { personId, ...choice });
    await end(uid, { reason: 'loa_unmet', ...choice.unmet, proofing });
    return { redirectUrl: interactionUrl(needs.publicUrl, uid) };
  }

  const choose = (
    params: Record<string, unknown>,
    person: Pick<Person, 'proofing'>,
    by: readonly string[] = byPassword,
  ) => chooseMethod(eid, person.proofing, neededFor(params), by);

  /** Offered where the code alone would be enough: nobody types one to be told that it was not. */
  async function findMessage(uid: string, personId: string, params: Record<string, unknown>) {
    const person = await persons.findPerson(personId);
    if (person === undefined || choose(params, person, [messageMethod]).unmet !== undefined) return undefined;
    const hint = await messageCodes.findHint(personId);
    return hint === undefined ? undefined : { hint, isSent: await messageCodes.isSent(uid) };
  }

  const namesOf = async (clientId: string): Promise<Text> => {
    const older = await parts.olderClients.findNames(clientId);
    if (older !== undefined) return older;
    const { metadata } = await needs.federation.resolve(clientId, 'openid_relying_party');
    const own = metadata['openid_relying_party'] ?? {};
    const name = String(own['client_name'] ?? own['organization_name'] ?? new URL(clientId).host);
    const arabic = String(own['client_name#ar'] ?? own['organization_name#ar'] ?? name);
    return { en: plainName(name), ar: plainName(arabic) };
  };

  return {
    get: async (req, res) => {
      const interaction = await load(req, res);
      const { uid, prompt, params, session, lastSubmission } = interaction;
      const clientId = String(params['client_id']);
      const locale = String(params['ui_locales'] ?? '').slice(0, 2);
      const personId = session?.accountId;
      const ended = await endedOf(interaction);
      const stepUpTo = prompt.reasons.includes('level') ? readNeededLevel(params)?.level : undefined;
      const phoneNumber = await asking.findNumber(uid);
      const pushed = prompt.name === 'login' ? await parts.pushes.find(uid) : undefined;
      const chosen = prompt.name === 'consent' ? await acting.findChosen(params, lastSubmission, personId) : undefined;
      const step = prompt.name === 'login' ? await steps.findPasswordStep(db, uid, needs.clock.now()) : undefined;
      const message = step === undefined ? undefined : await findMessage(uid, step.personId, params);
      return {
        uid,
        prompt: prompt.name as InteractionPage['prompt'],
        isCodeAwaited: step !== undefined,
        ...(message === undefined ? {} : { message }),
        clientId,
        clientNames: await namesOf(clientId),
        params: { ...params },
        ...offerWays(needs, params, parts.upstreams.list()),
        authorizationDetails: detailsOf(params),
        ...(locale === 'ar' || locale === 'en' ? { language: locale } : {}),
        ...(prompt.name === 'login' && phoneNumber !== undefined ? { phoneNumber } : {}),
        ...(pushed === undefined ? {} : { pushed }),
        ...(personId === undefined ? {} : { personId }),
        ...(stepUpTo === undefined ? {} : { stepUpTo }),
        ...(ended === undefined ? {} : { ended }),
        ...(chosen ? { acting: { ...chosen, mandate: await handleFor(clientId, chosen.mandateId) } } : {}),
      };
    },

    login: async (req, res, { nationalId, password }) => {
      const { uid, params } = await loadForm(req, res, 'login');
      let personId: string;
      try {
        personId = await persons.checkPassword({ nationalId, password, address: addressOf(req) });
      } catch (error) {
        if (error instanceof Problem && error.code === 'person-suspended') await end(uid, { reason: 'suspended' });
        throw error;
      }
      const person = (await persons.findPerson(personId))!;
      const { method, level, unmet } = choose(params, person);
      if (unmet !== undefined) {
        await end(uid, { reason: 'loa_unmet', ...unmet, proofing: person.proofing });
        return { next: 'end' };
      }
      if (method === 'password')
        return { next: 'done', ...(await conclude(req, res, uid, { personId, method, level })) };
      const expiresAt = new Date(needs.clock.now().getTime() + passwordStepMs);
      await steps.savePasswordStep(db, { interactionId: uid, personId, expiresAt });
      return { next: 'code' };
    },

    confirmCode: async (req, res, { code }) => {
      const { uid, params } = await loadForm(req, res, 'login');
      const step = await steps.findPasswordStep(db, uid, needs.clock.now());
      if (step === undefined) throw problem('interaction-expired');
      const { personId } = step;
      if (await messageCodes.take(uid, code)) {
        if (!(await steps.endPasswordStep(db, uid))) throw problem('interaction-expired');
        return concludeBy(req, res, { uid, params }, { personId, method: messageMethod });
      }
      try {
        await persons.checkCode({ personId, code, address: addressOf(req) });
      } catch (error) {
        await steps.countWrongCode(db, uid, wrongCodesMax);
        throw error;
      }
      if (!(await steps.endPasswordStep(db, uid))) throw problem('interaction-expired');
      const { method, level } = choose(params, (await persons.findPerson(personId))!);
      if (method === undefined) throw problem('interaction-expired');
      return conclude(req, res, uid, { personId, method, level });
    },

    sendMessage: async (req, res, { language }) => {
      const { uid, params } = await loadForm(req, res, 'login');
      const step = await steps.findPasswordStep(db, uid, needs.clock.now());
      if (step === undefined) throw problem('interaction-expired');
      const { personId } = step;
      const isPossible = (await findMessage(uid, personId, params)) !== undefined;
      if (!isPossible || !(await messageCodes.send({ interactionId: uid, personId, language })))
        throw problem('message-not-possible');
    },

    askPasskey: async (req, res) => {
      const { uid } = await loadForm(req, res, 'login');
      return passkeys.ask({ purpose: 'sign-in', boundTo: uid });
    },

    answerByPasskey: async (req, res, { answer }) => {
      const interaction = await loadForm(req, res, 'login');
      const { uid } = interaction;
      const at = { purpose: 'sign-in', boundTo: uid } as const;
      const { personId } = await passkeys.check({ at, answer, address: addressOf(req) });
      await steps.endPasswordStep(db, uid);
      return concludeBy(req, res, interaction, { personId, method: 'passkey' });
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

    ...createUpstreamSteps({
      needs,
      persons,
      upstreams: parts.upstreams,
      pushes: parts.pushes,
      loadLogin: async (req, res, isForm) => {
        // Who comes back from another site comes by a link: the state of the flow and the cookie of the interaction hold it.
        const interaction = isForm ? await loadForm(req, res, 'login') : await load(req, res);
        if (interaction.prompt.name !== 'login' || isOverdue(interaction)) throw problem('interaction-expired');
        return interaction;
      },
      end,
      concludeBy,
    }),

    peekPhone: async (req, res) => asking.peek((await load(req, res)).uid),

    finishByPhone: async (req, res) => {
      const interaction = await loadForm(req, res, 'login');
      const { uid } = interaction;
      const outcome = await asking.take(uid);
      if (outcome.state === 'waiting') return undefined;
      if (outcome.state !== 'approved') return refuse(req, res, uid, refusalOf[outcome.state]);
      await steps.endPasswordStep(db, uid);
      return concludeBy(req, res, interaction, { personId: outcome.personId, method: 'phone-approval' });
    },

    stopPhone: async (req, res) => asking.stop((await loadForm(req, res, 'login')).uid),

    findRecovery: async (req, res) => {
      const { result, returnTo } = await load(req, res);
      const personId = signedInBy(result);
      const found = personId === undefined ? undefined : await recovery.findOpen(personId);
      return { ...(found ? { recovery: found } : {}), continueUrl: returnTo };
    },

    cancelRecovery: async (req, res) => {
      const { result, returnTo } = await loadForm(req, res, undefined);
      const personId = signedInBy(result);
      if (personId === undefined) throw problem('interaction-expired');
      await recovery.cancel(personId);
      return { redirectUrl: returnTo };
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
      // What is in it is cut to the granted fields; without a grant of the element the library would leave all of it out.
      grant.addOIDCClaims(['verified_claims']);
      for (const detail of grantedDetails) grant.addRar(detail as never);
      const grantId = await grant.save();
      await store.saveEvidenceGrant(db, { grantId, consentId, accessTokenUntil });
      if (chosen) await acting.noteConsent({ grantId, personId, clientId, consentId, chosen });
      return { redirectUrl: await provider.interactionResult(req, res, { consent: { grantId } }) };
    },

    tryAgain: async (req, res) => {
      const interaction = await loadForm(req, res, 'login');
      if (!(await endedOf(interaction))?.mayTryAgain) throw problem('interaction-expired');
      await steps.endPasswordStep(db, interaction.uid);
      await store.reopenInteraction(db, interaction.uid);
    },

    refuse: async (req, res, wanted) => {
      // Whoever comes too late may come by a link: nothing is decided then but the end.
      const late = await load(req, res);
      const interaction = isOverdue(late) ? late : await loadForm(req, res, undefined);
      return refuse(req, res, interaction.uid, (await endedOf(interaction))?.reason ?? wanted);
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
