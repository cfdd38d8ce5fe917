import { dateIn, type Language } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { essentialFields } from '#modules/consent';
import type { InteractionPage } from '#modules/identity';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import type { EvidenceDetail } from '#protocol/evidence-detail';
import { mandateKindNames } from '#protocol/representation';
import type { Draw } from '../frame.ts';
import { clientNameOf, findHolder, ownStateName, type PortalNeeds } from '../needs.ts';
import type { ConsentGroup, ConsentView } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { receiptView } from './receipts.ts';
import { representRoutes } from './represent.ts';
import { textOf } from './sign-in.ts';
import { durationText, valueOfField } from './words.ts';

/** Whose data a consent is about. */
const holderOf = (page: InteractionPage): string => page.acting?.representedId ?? page.personId ?? '';
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
        requester: await requesterOf(page.clientId),
        nationalIdLabel: needs.state.nationalIdNames,
        ...(nationalId ? { nationalId } : {}),
        errors: refused ? { page: refused.messages } : {},
        samplePeople: [],
      },
      context,
      { ...languageOf(context, page), ...(refused ? { status: refused.status } : {}) },
    );

  const showCode = (context: PageContext, page: InteractionPage, refused?: Problem) =>
    draw(
      pages.eidCode,
      { action: `${base(page.uid)}/code`, ...(refused ? { error: refused.messages } : {}) },
      context,
      { ...languageOf(context, page), ...(refused ? { status: refused.status } : {}) },
    );

  const requesterOf = (clientId: string) => clientNameOf(needs, clientId);

  const cancel = async (context: PageContext): Promise<PageAnswer> => ({
    redirect: (await interaction.refuse(context.raw.req, context.raw.res, 'user_cancelled')).redirectUrl,
  });

  const showConsent = async (context: PageContext, page: InteractionPage, refused?: Problem) =>
    draw(pages.consent, await consentView(page, refused), context, {
      ...languageOf(context, page),
      ...(refused ? { status: refused.status } : {}),
    });

  const consentView = async (page: InteractionPage, refused?: Problem): Promise<ConsentView> => {
    const details = page.authorizationDetails as unknown as EvidenceDetail[];
    const first = details[0]!;
    const purpose = findPurpose(first.purpose)!;
    const groups = await Promise.all(
      details.map(async (detail): Promise<ConsentGroup> => {
        const type = findEvidenceType(detail.evidence_type)!;
        const essential = new Set(essentialFields(detail));
        const held = await preview(holderOf(page), detail);
        const holder = (await findHolder(needs, needs.state.code, detail.evidence_type)) ?? {
          names: needs.state.names,
          state: ownStateName(needs.state),
        };
        return {
          evidenceType: type.id,
          evidence: type.names,
          holder,
          fields: detail.fields.map((name) => ({
            name,
            label: type.fields[name]!.names,
            isRequired: essential.has(name),
            value: held === undefined ? undefined : valueOfField(type, name, held[name]),
          })),
        };
      }),
    );
    return {
      action: `${base(page.uid)}/consent`,
      requester: await requesterOf(page.clientId),
      ...(page.acting ? { actingFor: { names: page.acting.names, kind: mandateKindNames[page.acting.kind] } } : {}),
      purpose: purpose.names,
      groups,
      ground: purpose.legalBasis,
      isOnce: details.every((detail) => detail.use === 'once'),
      endsOn: dateIn(first.until, needs.state.timeZone),
      retention: durationText(first.retention),
      ifRefused: {
        ar: 'لن يُرسل شيء، ولن تستطيع الجهة إكمال الطلب إلكترونيًا. يمكنك التقديم لديها مباشرة.',
        en: 'Nothing is sent, and the office cannot go on with the application online. You can still apply at its desk.',
      },
      ...(refused ? { problem: refused.messages } : {}),
    };
  };

  /** A registry that does not answer must not stop somebody from reading what they are asked. */
  const preview = async (personId: string, detail: EvidenceDetail) => {
    try {
      const shown = await needs.exchange.preview(personId, detail.evidence_type, detail.fields);
      return Object.fromEntries(shown.fields.map(({ name, value }) => [name, value]));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      needs.log.warn({ code: error.code, evidenceType: detail.evidence_type }, 'no preview');
      return undefined;
    }
  };

  return [
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (page.prompt === 'consent') return { redirect: `${base(page.uid)}/consent` };
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
        const nationalId = textOf(context.form['nationalId']).trim();
        try {
          await interaction.login(context.raw.req, context.raw.res, {
            nationalId,
            password: textOf(context.form['password']),
          });
          return { redirect: base(page.uid) };
        } catch (error) {
          if (!(error instanceof Problem) || error.code === 'interaction-expired') throw error;
          return showLogin(context, page, error, nationalId);
        }
      },
    },
    {
      method: 'POST',
      path: '/eid-pages/interaction/:uid/code',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (textOf(context.form['cancel']) === 'yes') return cancel(context);
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
    ...representRoutes(needs, draw, { requesterOf, languageOf, cancel }),
    {
      method: 'GET',
      path: '/eid-pages/interaction/:uid/consent',
      access: 'anyone',
      handle: async (context) => {
        const page = await load(context);
        if (page.prompt !== 'consent') return { redirect: base(page.uid) };
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
        if (textOf(context.form['decision']) !== 'allow') return cancel(context);
        const details = page.authorizationDetails as unknown as EvidenceDetail[];
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
