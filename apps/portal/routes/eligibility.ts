import { Problem } from '#kernel/problem';
import { answerEligibility, describeEligibility, type Service, unknownValue } from '#modules/catalogue';
import type { Draw } from '../frame.ts';
import { officeOf, type PortalNeeds } from '../needs.ts';
import { type EligibilityView, pages } from '../pages/index.ts';
import { languageCookie, type PageContext, type PageRoute } from '../routing.ts';
import { eligibilityTexts } from '../texts/eligibility.ts';
import { textOf } from './sign-in.ts';

const unknown = { ar: eligibilityTexts.ar.unknown, en: eligibilityTexts.en.unknown };
const nothingAnswered = { ar: eligibilityTexts.ar.nothingAnswered, en: eligibilityTexts.en.nothingAnswered };

type EligibilityPage = { view: EligibilityView; status: number };

/**
 * What the page shows of a service's check, with what its answers come to where some were posted. Nothing of them is kept: not in an address, a cookie,
 * the database or the log. Refuses with `eligibility-absent` where the service has no check.
 */
export function eligibilityPage(
  { state, offices }: Pick<PortalNeeds, 'state' | 'offices'>,
  service: Service,
  { at, serviceHref }: Pick<EligibilityView, 'at' | 'serviceHref'>,
  posted?: PageContext['form'],
): EligibilityPage {
  const { questions } = describeEligibility(service);
  const { office, names } = service.definition.offeredBy.find((one) => one.state === state.code)!;
  const hrefOf = (id: string) => `#${id}-1`;
  const given = Object.fromEntries(questions.map(({ id }) => [id, textOf(posted?.[id])]));
  const view: EligibilityView = {
    at,
    serviceHref,
    service: service.definition.title,
    office: officeOf({ state, offices }, { id: office, names }),
    questions: questions.map(({ id, label, hint, options }) => ({
      name: id,
      kind: 'radios',
      isUnmarked: true,
      label,
      ...(hint ? { hint } : {}),
      value: given[id]!,
      choices: [...options, { value: unknownValue, label: unknown }],
    })),
  };
  if (!posted) return { view, status: 200 };
  const refuse = (message: EligibilityView['service']) => ({
    view: { ...view, problem: { message, href: hrefOf(questions[0]!.id) } },
    status: 422,
  });
  if (Object.values(given).every((value) => value === '')) return refuse(nothingAnswered);
  try {
    const { outcome, reasons, couldSettle } = answerEligibility(service, state.code, given);
    const labelOf = (id: string) => questions.find((question) => question.id === id)!.label;
    return {
      view: {
        ...view,
        result: {
          outcome,
          reasons,
          couldSettle: couldSettle.map((id) => ({ label: labelOf(id), href: hrefOf(id) })),
        },
      },
      status: 200,
    };
  } catch (error) {
    // The options of a version that came into force since the page was drawn are others.
    if (!(error instanceof Problem)) throw error;
    return refuse(error.messages);
  }
}

/** May I apply? Asked and answered without signing in. */
export function eligibilityRoutes(
  needs: Pick<PortalNeeds, 'state' | 'offices' | 'catalogue'>,
  draw: Draw,
): PageRoute[] {
  const show = async (context: PageContext, posted?: PageContext['form']) => {
    const service = await needs.catalogue.getChecked(context.params['serviceId']!);
    const at = `/services/${service.id}`;
    const { view, status } = eligibilityPage(needs, service, { at, serviceHref: at }, posted);
    const asked = textOf(posted?.['in']);
    const language = asked === 'ar' || asked === 'en' ? asked : context.language;
    return draw(pages.eligibility, { ...view, otherLanguage: language === 'ar' ? 'en' : 'ar' }, context, {
      status,
      // The choice stays, as that of the switch above each page does.
      ...(language === asked ? { language, cookies: [languageCookie(language)] } : {}),
    });
  };
  const path = '/services/:serviceId/eligibility';
  return [
    { method: 'GET', path, access: 'anyone', handle: (context) => show(context) },
    { method: 'POST', path, access: 'anyone', handle: (context) => show(context, context.form) },
  ];
}
