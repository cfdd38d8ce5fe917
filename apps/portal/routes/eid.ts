import type { Language } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { essentialFields } from '#modules/consent';
import type { EndedInteraction, InteractionPage, RefusalReason } from '#modules/identity';
import type { EvidenceDetail } from '#protocol/evidence-detail';
import type { Draw } from '../frame.ts';
import { clientNameOf, type PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { consentView, holderOf } from './eid-consent.ts';
import { showEnd as showEndOf } from './eid-end.ts';
import { upstreamRoutes } from './eid-upstream.ts';
import { receiptView } from './receipts.ts';
import { representRoutes } from './represent.ts';
import { textOf } from './sign-in.ts';
import { json, openRecovery } from './ways.ts';

/** The home state's own pages during a sign-in: number and password, one-time code, consent, receipt. */
export function eidRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { interaction } = needs.identity;
  const base = (uid: string) => `/eid-pages/interaction/${uid}`;
  const load = (context: PageContext) => interaction.get(context.raw.req, context.raw.res);

  const languageOf = (context: PageContext, page: InteractionPage): { language: Language } => ({
    language: context.cookies['lang'] ? context.language : (page.language ?? context.language),
  });

  const showLogin = async (context: PageContext, page: InteractionPage, refused?: Problem, nationalId?: string) =>
    draw(
      pages.eidLogin,
      {
        action: base(page.uid),
        requester: await clientNameOf(needs, page.clientId),
        nationalIdLabel: needs.state.nationalIdNames,
        ...(nationalId ? { nationalId } : {}),
        errors: refused ? { page: refused.messages } : {},
        ...(page.stepUpTo ? { stepUpTo: page.stepUpTo } : {}),
        samplePeople: [],
        ways: page.ways,
        upstreams: page.upstreams,
      },
      context,
      { ...languageOf(context, page), ...(refused ? { status: refused.status } : {}) },
    );

  const showCode = (context: PageContext, page: InteractionPage, refused?: Problem) =>
    draw(
      pages.eidCode,
      {
        action: `${base(page.uid)}/code`,
        ...(page.message ? { message: page.message } : {}),
        ...(refused ? { error: refused.messages } : {}),
      },
      context,
      { ...languageOf(context, page), ...(refused ? { status: refused.status } : {}) },
    );

  const showEnd = (context: PageContext, page: InteractionPage, ended: EndedInteraction) =>
    showEndOf(needs, draw, context, page, ended, languageOf(context, page));

  const showPhone = async (context: PageContext, page: InteractionPage, number: string, notYet = false) =>
    draw(
      pages.eidPhone,
      {
        action: base(page.uid),
        requester: await clientNameOf(needs, page.clientId),
        number,
        phoneAddress: `${needs.publicUrl}/phone`.replace(/^https?:\/\//, ''),
        notYet,
      },
      context,
      languageOf(context, page),
    );

  const upstream = upstreamRoutes(needs, draw, { load, showLogin, languageOf });

  const cancel = async (context: PageContext, reason: RefusalReason = 'user_cancelled'): Promise<PageAnswer> => ({
    redirect: (await interaction.refuse(context.raw.req, context.raw.res, reason)).redirectUrl,
  });

  const showConsent = async (context: PageContext, page: InteractionPage, refused?: Problem) =>
    draw(pages.consent, await consentView(needs, page, `${base(page.uid)}/consent`, refused), context, {
      ...languageOf(context, page),
      ...(refused ? { status: refused.status } : {}),
    });

  return [
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (page.ended) return showEnd(context, page, page.ended);
        if (page.prompt === 'consent') return { redirect: `${base(page.uid)}/consent` };
        if (page.phoneNumber !== undefined) return showPhone(context, page, page.phoneNumber);
        if (page.pushed !== undefined) return upstream.showPush(context, page);
        if (page.prompt === 'represent') return { redirect: `${base(page.uid)}/represent` };
        return page.isCodeAwaited ? showCode(context, page) : showLogin(context, page);
      },
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (textOf(context.form['cancel']) === 'yes') return cancel(context);
        if (textOf(context.form['again']) === 'yes') await interaction.tryAgain(context.raw.req, context.raw.res);
        if (page.ended) return { redirect: base(page.uid) };
        const nationalId = textOf(context.form['nationalId']).trim();
        try {
          const step = await interaction.login(context.raw.req, context.raw.res, {
            nationalId,
            password: textOf(context.form['password']),
          });
          return { redirect: step.next === 'done' ? step.redirectUrl : base(page.uid) };
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
          if (error.code === 'person-suspended') return showEnd(context, page, { reason: 'suspended' });
          return showLogin(context, page, error, nationalId);
        }
      },
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid/passkey/options',
      access: 'anyone',
      handle: async ({ raw }) => json(await interaction.askPasskey(raw.req, raw.res)),
    },
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/passkey',
      access: 'anyone',
      handle: async (context) => ({ redirect: base((await load(context)).uid) }),
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid/passkey',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        try {
          const answer = textOf(context.form['answer']);
          const { redirectUrl } = await interaction.answerByPasskey(context.raw.req, context.raw.res, { answer });
          return { redirect: redirectUrl };
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
          return showLogin(context, page, error);
        }
      },
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid/phone',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        try {
          const nationalId = textOf(context.form['phoneNationalId']).trim();
          await interaction.askPhone(context.raw.req, context.raw.res, { nationalId });
          return { redirect: base(page.uid) };
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
          return showLogin(context, page, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/phone',
      access: 'anyone',
      handle: async (context) => ({ redirect: base((await load(context)).uid) }),
    },
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/phone/state',
      access: 'anyone',
      handle: async ({ raw }) => json({ state: await interaction.peekPhone(raw.req, raw.res) }),
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid/phone/finish',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (textOf(context.form['cancel']) === 'yes') return cancel(context);
        if (textOf(context.form['stop']) === 'yes') {
          await interaction.stopPhone(context.raw.req, context.raw.res);
          return { redirect: base(page.uid) };
        }
        const done = await interaction.finishByPhone(context.raw.req, context.raw.res);
        if (done) return { redirect: done.redirectUrl };
        return showPhone(context, page, page.phoneNumber ?? '', true);
      },
    },
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/phone/finish',
      access: 'anyone',
      handle: async (context) => ({ redirect: base((await load(context)).uid) }),
    },
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/recovery',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        const found = await interaction.findRecovery(context.raw.req, context.raw.res);
        if (!found.recovery) return { redirect: found.continueUrl };
        return draw(
          pages.eidRecovery,
          {
            recovery: openRecovery(found.recovery),
            action: `${base(page.uid)}/recovery`,
            continueHref: found.continueUrl,
          },
          context,
          languageOf(context, page),
        );
      },
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid/recovery',
      access: 'anyone',
      handle: async ({ raw }) => ({ redirect: (await interaction.cancelRecovery(raw.req, raw.res)).redirectUrl }),
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid/code',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (textOf(context.form['cancel']) === 'yes') return cancel(context);
        if (page.ended) return { redirect: base(page.uid) };
        try {
          const code = textOf(context.form['code']);
          const { redirectUrl } = await interaction.confirmCode(context.raw.req, context.raw.res, { code });
          return { redirect: redirectUrl };
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
          return showCode(context, page, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/code',
      access: 'anyone',
      handle: async (context) => ({ redirect: base((await load(context)).uid) }),
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid/code/message',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (page.ended) return { redirect: base(page.uid) };
        try {
          await interaction.sendMessage(context.raw.req, context.raw.res, languageOf(context, page));
          return { redirect: base(page.uid) };
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
          return showCode(context, page, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/code/message',
      access: 'anyone',
      handle: async (context) => ({ redirect: base((await load(context)).uid) }),
    },
    ...representRoutes(needs, draw, { languageOf, cancel }),
    ...upstream.routes,
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/consent',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (page.prompt !== 'consent' || page.ended) return { redirect: base(page.uid) };
        return showConsent(context, page);
      },
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid/consent',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (page.prompt !== 'consent') return { redirect: base(page.uid) };
        const details = page.authorizationDetails as unknown as EvidenceDetail[];
        if (page.ended) return { redirect: base(page.uid) };
        if (textOf(context.form['decision']) !== 'allow')
          return cancel(
            context,
            details.some((detail) => essentialFields(detail).length > 0)
              ? 'essential_claim_declined'
              : 'user_cancelled',
          );
        const posted = context.form['field'];
        const ticked = new Set(Array.isArray(posted) ? posted : posted === undefined ? [] : [posted]);
        try {
          const own = await needs.identity.subjectFor(page.personId!, page.clientId);
          const { acting } = page;
          const given = await needs.consent.give({
            personId: holderOf(page),
            subject: acting ? await needs.identity.subjectFor(acting.representedId, page.clientId) : own,
            ...(acting
              ? {
                  givenBy: {
                    representativeId: page.personId!,
                    subject: own,
                    mandateId: acting.mandateId,
                    mandate: acting.mandate,
                    kind: acting.kind,
                  },
                }
              : {}),
            requester: page.clientId,
            details,
            approvedFields: details.map((detail) => {
              const essential = new Set(essentialFields(detail));
              return detail.fields.filter(
                (field) => essential.has(field) || ticked.has(`${detail.evidence_type}/${field}`),
              );
            }),
            requestId: page.uid,
            shown: {
              language: languageOf(context, page).language,
              requesterNames: (await clientNameOf(needs, page.clientId)).names,
              issuerNames: needs.state.names,
            },
          });
          await interaction.approve(context.raw.req, context.raw.res, {
            consentId: given.consentId,
            grantedDetails: given.grantedDetails,
            accessTokenUntil: new Date(given.until),
          });
          return { redirect: `${base(page.uid)}/receipt/${given.consentId}` };
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
          return showConsent(context, page, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/receipt/:consentId',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        const { consentId } = context.params as { consentId: string };
        const consent = await needs.consent.get(holderOf(page), consentId);
        const view = await receiptView(needs, consent, await needs.consent.getReceipt(holderOf(page), consentId));
        const isAnswered = `${needs.identity.issuer}/auth/${page.uid}`;
        return draw(
          pages.eidReceipt,
          { ...view, continueHref: isAnswered, downloadHref: `${base(page.uid)}/receipt/${consentId}/signed` },
          context,
          languageOf(context, page),
        );
      },
    },
    {
      // Whoever stands here has no session of the portal yet, which the API asks for.
      method: 'GET',
      path: '/eid-pages/interaction/:uid/receipt/:consentId/signed',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        const { consentId } = context.params as { consentId: string };
        return {
          bytes: await needs.consent.getReceipt(holderOf(page), consentId),
          contentType: 'application/consent-receipt+jwt',
          headers: { 'content-disposition': `attachment; filename="consent-${consentId.slice(0, 8)}.jwt"` },
        };
      },
    },
  ];
}
