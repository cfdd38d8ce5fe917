import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Language } from '#kernel/languages';
import { readNeededLevel } from '../assurance/rules.ts';
import type { RefusalReason } from '../contract.ts';
import type { IdentityNeeds } from '../needs.ts';
import type { Persons } from '../persons/service.ts';
import { weakerProofing } from '../upstream/rules.ts';
import type { Upstreams } from '../upstream/service.ts';
import { interactionUrl } from './interaction-page.ts';

type Interaction = { uid: string; params: Record<string, unknown>; prompt: { name: string } };

/** Signing in with an eID that the state has already, as steps of an interaction. */
export type UpstreamSteps = {
  /** Where to send the browser: to the eID of that id. */
  askUpstream(
    req: IncomingMessage,
    res: ServerResponse,
    chosen: { id: string; language: Language },
  ): Promise<{ redirectUrl: string }>;
  /** Where somebody goes on who comes back from an eID; undefined when nobody went there with this `state`. */
  findUpstreamReturn(query: URLSearchParams): Promise<{ redirectUrl: string } | undefined>;
  /** Signs in whom the eID names, or says why not; answers where to send the browser. Refuses `upstream-failed`. */
  finishUpstream(req: IncomingMessage, res: ServerResponse): Promise<{ redirectUrl: string }>;
};

export function createUpstreamSteps(parts: {
  needs: IdentityNeeds;
  persons: Persons;
  upstreams: Upstreams;
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
  const { needs, persons, upstreams } = parts;

  return {
    askUpstream: async (req, res, { id, language }) => {
      const { uid, params } = await parts.loadLogin(req, res, true);
      const needed = readNeededLevel(params)?.level;
      const going = { interactionId: uid, id, language, ...(needed === undefined ? {} : { needed }) };
      return { redirectUrl: await upstreams.begin(going) };
    },

    findUpstreamReturn: async (query) => {
      const uid = await upstreams.findInteraction(query.get('state') ?? '');
      return uid === undefined
        ? undefined
        : { redirectUrl: `${interactionUrl(needs.publicUrl, uid)}/upstream?${query}` };
    },

    finishUpstream: async (req, res) => {
      const interaction = await parts.loadLogin(req, res, false);
      const { uid } = interaction;
      const query = new URL(req.url ?? '/', needs.publicUrl).searchParams;
      const shown = await upstreams.finish({ interactionId: uid, query });
      const stop = async (reason: RefusalReason) => {
        await parts.end(uid, { reason });
        return { redirectUrl: interactionUrl(needs.publicUrl, uid) };
      };
      if ('refused' in shown) return stop(shown.refused);
      const person = await persons.findByNationalId(shown.nationalId);
      if (person === undefined) return stop('not_matched');
      if (person.isSuspended) return stop('suspended');
      const proofing = weakerProofing(needs.eid, person.proofing, shown);
      return parts.concludeBy(req, res, interaction, { personId: person.personId, method: shown.method, proofing });
    },
  };
}
