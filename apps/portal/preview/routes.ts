import type { Clock } from '#kernel/clock';
import { dateIn, type Text } from '#kernel/languages';
import { trialDocument } from '#modules/cases';
import {
  type Answers,
  askedFee,
  type CaseForm,
  describeAnswers,
  type Finding,
  fillIn,
  formFor,
  judge,
  keepAsked,
  listPages,
  runEligibilityTests,
  runTests,
  type Service,
  type ServiceDetails,
  validateAnswers,
} from '#modules/catalogue';
import type { Signatures } from '#modules/signatures';
import { findEvidenceType } from '#protocol/catalogue';
import type { Draw } from '../frame.ts';
import { ownStateName, type PortalNeeds } from '../needs.ts';
import type { Page } from '../page.tsx';
import { feeShown } from '../pages/fee.tsx';
import { pages } from '../pages/index.ts';
import { eligibilityPage } from '../routes/eligibility.ts';
import { sharedFacts } from '../routes/services.ts';
import { textOf } from '../routes/sign-in.ts';
import { answersShown, labelledFields } from '../routes/words.ts';
import type { PageAnswer, PageContext, PageRoute } from '../routing.ts';
import { previewTexts } from '../texts/preview.ts';
import { type Carried, readCarried, writeCarried } from './carried.ts';
import { previewFormRoutes } from './form-routes.ts';
import { previewHome, previewOutcome } from './pages.tsx';

/** A service as it is at the moment of one request; without `service` it cannot be read yet. */
export type Previewed = {
  /** Where its preview is. */
  at: string;
  title: Text;
  service?: Service;
  details?: ServiceDetails;
  findings: Finding[];
  backHref?: string;
};

export type PreviewNeeds = Pick<PortalNeeds, 'state' | 'offices' | 'publicUrl'> & {
  clock: Clock;
  makeDocument: Signatures['makeDocument'];
  draw: Draw;
  /** The address of the preview, with its parameters, and who may have it. */
  path: string;
  access: PageRoute['access'];
  /** Reads the service anew. Throws a Problem where there is nothing to be seen. */
  open(context: PageContext): Promise<Previewed>;
};

/** What a page of a preview is drawn with. */
export type Shown = {
  at: string;
  /** Its form as somebody with this evidence meets it. */
  service: Service & { form: CaseForm };
  details: ServiceDetails;
  carried: Carried;
  /** What offices answered in the chosen test case, by type. */
  evidence: Record<string, Record<string, unknown>>;
  head: { caseId: string; reference: string; serviceTitle: Text; at: string };
  draw<View>(page: Page<View>, view: View, context: PageContext, status?: number): Promise<PageAnswer>;
};

const ruleOutcomes = { approve: 'met', review: 'needs-review', refuse: 'not-met' } as const;
const previewName: Text = { ar: previewTexts.ar.title, en: previewTexts.en.title };

/**
 * A service as people will see it: its page, its form from end to end, check, what the rules decide, the document. The portal's own pages
 * draw it and the service's own code judges the answers; nothing is kept, and what is wrong stands above each page.
 */
export function previewRoutes(needs: PreviewNeeds): PageRoute[] {
  const { path, access, state, clock } = needs;
  const isSecure = needs.publicUrl.startsWith('https:');

  const showHome = async (context: PageContext, previewed: Previewed, shown?: Shown) => {
    const { at, title, findings, service } = previewed;
    const tests = shown ? runTests(shown.service) : [];
    return needs.draw(
      previewHome,
      {
        at,
        title: service?.definition.title ?? title,
        findings,
        ...(shown
          ? {
              version: shown.service.version,
              shown: {
                tests,
                ...(shown.service.eligibility ? { eligibilityTests: runEligibilityTests(shown.service) } : {}),
                ...(shown.carried.testId ? { testId: shown.carried.testId } : {}),
                hasAnswers: Object.keys(shown.carried.answers).length > 0,
              },
            }
          : {}),
      },
      context,
      { preview: barOf(previewed) },
    );
  };
  const barOf = ({ at, findings, backHref, service, title }: Previewed) => ({
    title: service ? previewName : title,
    homeHref: at,
    problems: findings,
    ...(backHref ? { backHref } : {}),
  });

  const shownOf = (context: PageContext, previewed: Previewed): Shown | undefined => {
    const { at, service, details } = previewed;
    if (!service || !details) return undefined;
    const evidenceOf = (testId: string | undefined) =>
      service.tests?.cases.find(({ id }) => id === testId)?.evidence ?? {};
    const carried = readCarried(context.cookies, service.form, evidenceOf);
    const evidence = evidenceOf(carried.testId);
    return {
      at,
      service: { ...service, form: formFor(service.form, evidence) },
      details,
      carried,
      evidence,
      head: { caseId: 'preview', reference: `${state.code}-0000-0000`, serviceTitle: service.definition.title, at },
      draw: (page, view, drawn, status = 200) => needs.draw(page, view, drawn, { status, preview: barOf(previewed) }),
    };
  };

  const on =
    (handle: (context: PageContext, shown: Shown) => Promise<PageAnswer>): PageRoute['handle'] =>
    async (context) => {
      const previewed = await needs.open(context);
      const shown = shownOf(context, previewed);
      return shown ? handle(context, shown) : showHome(context, previewed);
    };

  const keep = (_context: PageContext, { carried, at }: Shown, answers: Answers, to: string) => {
    const cookie = writeCarried({ ...carried, answers }, at, isSecure);
    return cookie === undefined ? undefined : { redirect: to, cookies: [cookie] };
  };

  const todayOf = ({ service, carried }: Shown) => {
    const test = service.tests?.cases.find(({ id }) => id === carried.testId);
    const date = test?.date ?? dateIn(clock.now(), state.timeZone);
    return { date, year: Number(date.slice(0, 4)) };
  };
  const judged = (shown: Shown) => {
    const { service, carried, evidence } = shown;
    return judge(service, { evidence, answers: carried.answers, today: todayOf(shown) });
  };
  const feeOf = (shown: Shown) => {
    const { service, carried, evidence } = shown;
    const answers = keepAsked(service.form, carried.answers);
    const asked = askedFee(service, state.code, { evidence, answers, today: todayOf(shown) });
    return { fee: asked ? feeShown({ ...asked, currency: asked.amount.currency }) : null };
  };

  return [
    {
      method: 'GET',
      path,
      access,
      handle: async (context) => {
        const previewed = await needs.open(context);
        return showHome(context, previewed, shownOf(context, previewed));
      },
    },
    {
      method: 'POST',
      path: `${path}/evidence`,
      access,
      handle: on(async (context, shown) => {
        const test = shown.service.tests?.cases.find(({ id }) => id === textOf(context.form['test']));
        const isFilled = test !== undefined && textOf(context.form['fill']) === 'yes';
        const answers = isFilled ? typedAnswers(shown.service, test.id) : shown.carried.answers;
        const cookie = writeCarried({ answers, ...(test ? { testId: test.id } : {}) }, shown.at, isSecure);
        return { redirect: shown.at, ...(cookie ? { cookies: [cookie] } : {}) };
      }),
    },
    {
      method: 'POST',
      path: `${path}/start`,
      access,
      handle: on(async (context, shown) => {
        const [first] = listPages(shown.service.form, {});
        const to = first ? `${shown.at}/pages/${first.id}` : `${shown.at}/check`;
        return keep(context, shown, {}, to) ?? { redirect: to };
      }),
    },
    // The language switch of what was posted comes by here.
    ...['evidence', 'start'].map(
      (name): PageRoute => ({
        method: 'GET',
        path: `${path}/${name}`,
        access,
        handle: on(async (_context, { at }) => ({ redirect: at })),
      }),
    ),
    {
      method: 'GET',
      path: `${path}/form`,
      access,
      handle: on(async (_context, { at, service, carried }) => {
        const [open] = validateAnswers(service.form, carried.answers);
        return { redirect: open ? `${at}/pages/${open.pageId}` : `${at}/check` };
      }),
    },
    {
      method: 'GET',
      path: `${path}/service`,
      access,
      handle: on(async (context, { at, details, draw, service }) => {
        const { asked, pages: asks, beforeYouStart } = details.delivery!;
        return draw(
          pages.service,
          {
            ...sharedFacts(needs, details),
            serviceId: service.id,
            at,
            whoMayApply: [details.whoMayApply, beforeYouStart],
            hasEligibilityCheck: service.eligibility !== undefined,
            asked: asked.map((item) => ({
              evidence: item.evidenceNames,
              why: item.why,
              fields: item.fields.map((field) => ({ label: field.names, isRequired: field.essential })),
            })),
            youAnswer: asks.map((page) => page.title),
            homeStates: [],
          },
          context,
        );
      }),
    },
    ...(['GET', 'POST'] as const).map(
      (method): PageRoute => ({
        method,
        path: `${path}/eligibility`,
        access,
        handle: on(async (context, { at, service, draw }) => {
          if (!service.eligibility) return { redirect: at };
          const posted = method === 'POST' ? context.form : undefined;
          const { view, status } = eligibilityPage(needs, service, { at, serviceHref: `${at}/service` }, posted);
          return draw(pages.eligibility, view, context, status);
        }),
      }),
    ),
    ...previewFormRoutes({ path, access, on, keep }),
    {
      method: 'GET',
      path: `${path}/check`,
      access,
      handle: on(async (context, shown) => {
        const { service, carried, at, evidence } = shown;
        const rows = Map.groupBy(describeAnswers(service.form, carried.answers, context.language), (row) => row.pageId);
        const open = validateAnswers(service.form, carried.answers);
        return shown.draw(
          pages.checkAnswers,
          {
            ...shown.head,
            evidence: Object.entries(evidence).flatMap(([typeId, values]) => {
              const type = findEvidenceType(typeId);
              if (!type) return [];
              const fields = Object.entries(values).flatMap(([name, value]) =>
                type.fields[name] ? [{ name, names: type.fields[name].names, value }] : [],
              );
              return [
                {
                  evidence: type.names,
                  from: { names: type.names, state: ownStateName(state) },
                  receivedAt: clock.now().toISOString(),
                  items: labelledFields(type, fields),
                  missing: [],
                  exchangeId: '',
                  digest: '',
                },
              ];
            }),
            pages: listPages(service.form, carried.answers).map((page) => ({
              title: page.title,
              href: `${at}/pages/${page.id}`,
              answers: answersShown((rows.get(page.id) ?? []).map(bothLanguages), `${at}/files`),
            })),
            ...feeOf(shown),
            missing: [],
            problems: open.map(({ message, pageId }) => ({ message, href: `${at}/pages/${pageId}` })),
          },
          context,
        );
      }),
    },
    {
      method: 'POST',
      path: `${path}/submit`,
      access,
      handle: on(async (_context, { at, service, carried }) => ({
        redirect: validateAnswers(service.form, carried.answers).length > 0 ? `${at}/check` : `${at}/outcome`,
      })),
    },
    {
      method: 'GET',
      path: `${path}/submit`,
      access,
      handle: on(async (_context, { at }) => ({ redirect: `${at}/check` })),
    },
    {
      method: 'GET',
      path: `${path}/outcome`,
      access,
      handle: on(async (context, shown) => {
        const { outcome, findings } = judged(shown);
        return shown.draw(
          previewOutcome,
          {
            at: shown.at,
            title: shown.head.serviceTitle,
            openCount: validateAnswers(shown.service.form, shown.carried.answers).length,
            outcome,
            rules: findings.map((finding) => ({ text: finding.text, outcome: ruleOutcomes[finding.outcome] })),
            fee: feeOf(shown).fee,
          },
          context,
        );
      }),
    },
    {
      method: 'GET',
      path: `${path}/document.pdf`,
      access,
      handle: on(async (_context, shown) => {
        const { service, carried, evidence } = shown;
        const of = { evidence, answers: carried.answers, at: clock.now(), state: state.code, timeZone: state.timeZone };
        const data = trialDocument(service, judged(shown), of);
        const bytes = await needs.makeDocument({
          template: service.template,
          data,
          title: data.title,
          author: data.issuer,
          languages: ['ar', 'en'],
          verifyUrl: `${needs.publicUrl}/verify`,
        });
        return { bytes, contentType: 'application/pdf', headers: { 'content-disposition': 'inline' } };
      }),
    },
  ];
}

const bothLanguages = <Row extends { label: string; value: string }>(row: Row) => ({
  ...row,
  label: { ar: row.label, en: row.label },
  value: { ar: row.value, en: row.value },
});

/** The answers of a test case as its form keeps them. */
function typedAnswers(service: Service, testId: string): Answers {
  const test = service.tests!.cases.find(({ id }) => id === testId)!;
  return fillIn(formFor(service.form, test.evidence), test.answers).saved;
}
