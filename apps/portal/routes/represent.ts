import { isUuid } from '#kernel/ids';
import { dateIn, type Language } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { InteractionPage } from '#modules/identity';
import { mandateProblem } from '#modules/mandates';
import { findPurpose } from '#protocol/catalogue';
import { mandateKindNames, signingPowerNames } from '#protocol/representation';
import type { Draw } from '../frame.ts';
import { clientNameOf, type PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { textOf } from './sign-in.ts';

type Shared = {
  languageOf(context: PageContext, page: InteractionPage): { language: Language };
  cancel(context: PageContext): Promise<PageAnswer>;
};

/** The page of the home state on which a person chooses for whom they act. */
export function representRoutes(needs: PortalNeeds, draw: Draw, shared: Shared): PageRoute[] {
  const { interaction, persons } = needs.identity;
  const path = '/eid-pages/interaction/:uid/represent';
  const base = (uid: string) => `/eid-pages/interaction/${uid}`;

  const show = async (
    context: PageContext,
    page: InteractionPage,
    wrong: { problem?: Problem; isUnchosen?: true } = {},
  ) => {
    const { problem, isUnchosen } = wrong;
    const [held, person, requester] = await Promise.all([
      needs.mandates.listHeld(page.personId!),
      persons.findPerson(page.personId!),
      clientNameOf(needs, page.clientId),
    ]);
    const comma = { ar: '، ', en: ', ' };
    return draw(
      pages.eidRepresent,
      {
        action: `${base(page.uid)}/represent`,
        requester: {
          ar: `${requester.names.ar}${comma.ar}${requester.state.names.ar}`,
          en: `${requester.names.en}${comma.en}${requester.state.names.en}`,
        },
        self: person?.names ?? { ar: 'أنا', en: 'Myself' },
        held: held.map(({ mandateId, names, kind, power, purposes, until }) => ({
          mandateId,
          names,
          kind: mandateKindNames[kind],
          limits: [
            ...(power ? [signingPowerNames[power]] : []),
            ...(purposes ?? []).map((id) => findPurpose(id)?.names ?? { ar: id, en: id }),
          ],
          ...(until ? { endsOn: dateIn(until, needs.state.timeZone) } : {}),
        })),
        ...(problem ? { problem: problem.messages } : {}),
        ...(isUnchosen ? { isUnchosen } : {}),
      },
      context,
      { ...shared.languageOf(context, page), status: problem?.status ?? (isUnchosen ? 422 : 200) },
    );
  };

  return [
    {
      method: 'GET',
      path,
      access: 'anyone',
      handle: async (context) => {
        const page = await interaction.get(context.raw.req, context.raw.res);
        return page.prompt === 'represent' ? show(context, page) : { redirect: base(page.uid) };
      },
    },
    {
      method: 'POST',
      path,
      access: 'anyone',
      handle: async (context) => {
        const page = await interaction.get(context.raw.req, context.raw.res);
        if (page.prompt !== 'represent') return { redirect: base(page.uid) };
        if (textOf(context.form['cancel']) === 'yes') return shared.cancel(context);
        const chosen = textOf(context.form['mandate']);
        if (chosen === '') return show(context, page, { isUnchosen: true });
        const mandateId = chosen === 'self' ? undefined : chosen;
        try {
          if (mandateId !== undefined && !isUuid(mandateId)) throw mandateProblem('mandate-unknown');
          const { redirectUrl } = await interaction.choose(context.raw.req, context.raw.res, mandateId);
          return { redirect: redirectUrl };
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
          return show(context, page, { problem: error });
        }
      },
    },
  ];
}
