import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Language } from '#kernel/languages';
import { isAtLeast } from '#protocol/assurance';
import { levelOf, readNeededLevel } from '../assurance/rules.ts';
import type { RefusalReason } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Persons } from '../persons/service.ts';
import type { Pushes } from '../upstream/pushes/service.ts';
import { type Returned, type Shown, weakerProofing } from '../upstream/rules.ts';
import type { Upstreams } from '../upstream/service.ts';
import { interactionUrl } from './interaction-page.ts';
import { neededFor } from './interaction-ways.ts';

type Interaction = { uid: string; params: Record<string, unknown>; prompt: { name: string } };

/** Signing in with an eID that the state has already, as steps of an interaction. */
export type UpstreamSteps = {
  /** Where to send the browser: to the eID of that id, or to the page that waits for its app, which `nationalId` is for. */
  askUpstream(
    req: IncomingMessage,
    res: ServerResponse,
    chosen: { id: string; language: Language; nationalId: string },
  ): Promise<{ redirectUrl: string }>;
  peekPush(req: IncomingMessage, res: ServerResponse): Promise<'waiting' | 'answered'>;
  /** Goes on with what was answered in the app; undefined while nothing was. Refuses `upstream-failed`. */
  finishByPush(req: IncomingMessage, res: ServerResponse): Promise<{ redirectUrl: string } | undefined>;
  /** The person takes another way. What the app still shows leads nowhere. */
  stopPush(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Where somebody goes on who comes back from an eID; undefined when nobody went there with this `state`. */
  findUpstreamReturn(query: URLSearchParams): Promise<{ redirectUrl: string } | undefined>;
  /** Signs in whom the eID names, or says why not; answers where to send the browser. Refuses `upstream-failed`. */
  finishUpstream(req: IncomingMessage, res: ServerResponse): Promise<{ redirectUrl: string }>;
};

export function createUpstreamSteps(parts: {
  needs: IdentityNeeds;
  persons: Persons;
  upstreams: Upstreams;
  pushes: Pushes;
  /** The interaction of this browser; one that is over, or not at its sign-in, is refused. */
  loadLogin(req: IncomingMessage, res: ServerResponse, isForm: boolean): Promise<Interaction>;
  end(uid: string, ended: { reason: RefusalReason }): Promise<void>;
  concludeBy(
    req: IncomingMessage,
    res: ServerResponse,
    interaction: Interaction,
    shown: { personId: string; method: string; proofing: string },
  ): Promise<{ redirectUrl: string }>;
}): UpstreamSteps {
  const { needs, persons, upstreams, pushes } = parts;
  const addressOf = (req: IncomingMessage) => req.socket.remoteAddress ?? 'unknown';

  /** Signs in whom an eID names, or ends the interaction as what it says instead. */
  async function goOn(
    req: IncomingMessage,
    res: ServerResponse,
    interaction: Interaction,
    shown: Shown | Returned | { refused: RefusalReason },
  ): Promise<{ redirectUrl: string }> {
    const stop = async (reason: RefusalReason) => {
      await parts.end(interaction.uid, { reason });
      return { redirectUrl: interactionUrl(needs.publicUrl, interaction.uid) };
    };
    if ('refused' in shown) return stop(shown.refused);
    const person = await persons.findByNationalId(shown.nationalId);
    if (person === undefined) return stop('not_matched');
    if (person.isSuspended) return stop('suspended');
    const proofing = weakerProofing(needs.eid, person.proofing, shown);
    if ('upstreamId' in shown) {
      // Who answers is not always who was asked: one person's confirmation is worth nothing to another.
      if (shown.expectedId !== undefined && shown.expectedId !== person.personId) return stop('not_matched');
      const confirming = await confirm(interaction, shown, { ...person, proofing });
      if (confirming !== undefined) return { redirectUrl: confirming };
    }
    return parts.concludeBy(req, res, interaction, { personId: person.personId, method: shown.method, proofing });
  }

  /** Where an eID confirms more strongly whom it has just shown too weakly; undefined where it need not, or cannot, or has done it. */
  async function confirm(
    { uid, params }: Interaction,
    { upstreamId, expectedId, method, nationalId }: Returned,
    { personId, proofing }: { personId: string; proofing: string },
  ): Promise<string | undefined> {
    const needed = neededFor(params);
    const stronger = upstreams.findConfirming(upstreamId);
    const isEnough = (by: string) => isAtLeast(levelOf(needs.eid, proofing, by), needed!.level);
    if (!needed?.isEssential || stronger === undefined || expectedId !== undefined) return undefined;
    if (isEnough(method) || !isEnough(stronger)) return undefined;
    const language = String(params['ui_locales'] ?? '').startsWith('en') ? 'en' : 'ar';
    const confirming = { personId, nationalId };
    return upstreams.begin({ interactionId: uid, id: upstreamId, needed: needed.level, language, confirming });
  }

  return {
    askUpstream: async (req, res, { id, language, nationalId }) => {
      const { uid, params } = await parts.loadLogin(req, res, true);
      const needed = readNeededLevel(params)?.level;
      const going = { interactionId: uid, id, ...(needed === undefined ? {} : { needed }) };
      const isPush = upstreams.list().some((one) => one.id === id && one.asksNumber);
      if (!isPush) return { redirectUrl: await upstreams.begin({ ...going, language }) };
      await pushes.ask({ ...going, nationalId, address: addressOf(req) });
      return { redirectUrl: interactionUrl(needs.publicUrl, uid) };
    },

    peekPush: async (req, res) => pushes.peek((await parts.loadLogin(req, res, false)).uid),

    finishByPush: async (req, res) => {
      const interaction = await parts.loadLogin(req, res, true);
      const shown = await pushes.take(interaction.uid, addressOf(req));
      return shown === undefined ? undefined : goOn(req, res, interaction, shown);
    },

    stopPush: async (req, res) => pushes.stop((await parts.loadLogin(req, res, true)).uid),

    findUpstreamReturn: async (query) => {
      const uid = await upstreams.findInteraction(query);
      return uid === undefined
        ? undefined
        : { redirectUrl: `${interactionUrl(needs.publicUrl, uid)}/upstream?${query}` };
    },

    finishUpstream: async (req, res) => {
      const interaction = await parts.loadLogin(req, res, false);
      const query = new URL(req.url ?? '/', needs.publicUrl).searchParams;
      return goOn(req, res, interaction, await upstreams.finish({ interactionId: interaction.uid, query }));
    },
  };
}
