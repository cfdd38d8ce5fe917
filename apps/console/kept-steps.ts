import { type PageAnswer, type PageContext, type PortalNeeds, textOf } from '#apps/portal';
import { kernelProblem, Problem } from '#kernel/problem';

const cookieName = 'jisr_kept_step';
const keptSeconds = 43_200;

/** What an officer wrote on the page of a step and pressed after the session had lapsed: nothing is done, and it stands there again after they have signed in. */
export function createKeptSteps({ cases, identity, publicUrl }: PortalNeeds) {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  const cookie = (value: string, seconds: number) =>
    `${cookieName}=${value}; Path=/office; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
  const tokenOf = ({ cookies }: PageContext) => {
    const token = textOf(cookies[cookieName]);
    return /^[\w-]{43}$/.test(token) ? token : undefined;
  };
  const placeOf = ({ params }: PageContext, officeStep: string) => ({ caseId: params['caseId']!, officeStep });

  return {
    keep:
      (step: string) =>
      async (context: PageContext): Promise<PageAnswer> => {
        const lapsed = await identity.sessions.findLapsedOfficer(context.cookies);
        if (!lapsed) throw kernelProblem('sign-in-needed');
        const place = placeOf(context, step);
        try {
          const token = await cases.keepFormOfOfficer(await cases.nameOfficer(lapsed), place, context.form);
          const returnTo = encodeURIComponent(`/office/cases/${place.caseId}/${step}`);
          return { redirect: `/signin?returnTo=${returnTo}`, cookies: [cookie(token, keptSeconds)] };
        } catch (error) {
          // Whoever is not signed in learns of no case.
          if (error instanceof Problem) throw kernelProblem('sign-in-needed');
          throw error;
        }
      },

    find: async (context: PageContext, step: string, personId: string): Promise<PageContext['form'] | undefined> => {
      const token = tokenOf(context);
      const found = token && (await cases.findForm(personId, placeOf(context, step), token));
      return found ? (found as PageContext['form']) : undefined;
    },

    /** Once the page was posted again. */
    drop: async (context: PageContext, answer: { redirect: string }): Promise<PageAnswer> => {
      const token = tokenOf(context);
      if (!token) return answer;
      await cases.dropForm(token);
      return { ...answer, cookies: [cookie('', 0)] };
    },
  };
}
