import { type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import { kernelProblem, Problem } from '#kernel/problem';
import type { Cases, Officer, OfficerCaseView } from '#modules/cases';
import { type DecisionForm, typedIn } from './decision-form.ts';
import { type TypedItems, typedItems } from './items.ts';
import { nameOfHolder, namesOfColleagues, officerIn } from './officers.ts';

const isOfDecision = (name: string) => /^(outcome|reasons|conditions|words-(ar|en)|item(why|ar|en)?-.+)$/.test(name);
/** What of a posted form is the decision: its marks and the version are not. */
export const decisionIn = (form: PageContext['form']) =>
  Object.fromEntries(Object.entries(form).filter(([name]) => isOfDecision(name)));
const isWritten = (form: PageContext['form']) =>
  Object.values(form)
    .flat()
    .some((text) => textOf(text) !== '');

/**
 * A decision that comes without a session is kept where its officer had one here until it lapsed and has the case in hand: the same checks as ever. Nothing
 * else of what was posted is done before they have signed in again.
 */
export const keepOverSignIn =
  (needs: PortalNeeds) =>
  async (context: PageContext): Promise<{ redirect: string }> => {
    const caseId = context.params['caseId']!;
    const lapsed = await needs.identity.sessions.findLapsedOfficer(context.cookies);
    if (!lapsed) throw kernelProblem('sign-in-needed');
    try {
      await needs.cases.saveDrafted(await needs.cases.nameOfficer(lapsed), caseId, decisionIn(context.form));
    } catch (error) {
      if (error instanceof Problem) throw kernelProblem('sign-in-needed');
      throw error;
    }
    return { redirect: `/signin?returnTo=${encodeURIComponent(`/office/cases/${caseId}`)}` };
  };

/** Keeps a decision with its case while it is written; the page's script calls it, and `deciding-routes.ts` does the same for a button. */
export function draftedRoutes(needs: PortalNeeds): PageRoute[] {
  return [
    {
      method: 'POST',
      path: '/office/cases/:caseId/kept',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        await needs.cases.saveDrafted(officer, context.params['caseId']!, decisionIn(context.form));
        return { bytes: '{}', contentType: 'application/json', headers: { 'cache-control': 'no-store' } };
      },
    },
  ];
}

/** What whoever has the case in hand finds in its form, and who wrote it; nothing where nothing was written. */
export async function draftedIn(
  cases: Pick<Cases, 'findDrafted' | 'listColleagues'>,
  officer: Officer,
  view: OfficerCaseView,
): Promise<{ form?: DecisionForm['values']; items?: TypedItems }> {
  const found = view.decision ? undefined : await cases.findDrafted(officer, view.id);
  const posted = (found?.posted ?? {}) as PageContext['form'];
  if (!found || !isWritten(posted)) return {};
  const isYours = found.officerId === officer.personId;
  const by = isYours ? undefined : nameOfHolder(found, await namesOfColleagues(cases, officer));
  const drafted = { by, at: found.savedAt };
  return { form: { ...typedIn(posted), drafted }, items: typedItems(posted, view.itemChoices) };
}
