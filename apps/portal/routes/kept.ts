import { personOf } from '#kernel/contract';
import { kernelProblem } from '#kernel/problem';
import type { KeptPlace } from '#modules/cases';
import type { PortalNeeds } from '../needs.ts';
import type { Form, PageAnswer, PageContext } from '../routing.ts';
import { keptTexts } from '../texts/kept.ts';

type Step = Extract<KeptPlace, { step: string }>['step'];
const stepPaths: Record<Step, string> = { answer: '/request', appeal: '/appeal', message: '' };
const cookieName = 'jisr_kept';
const keptSeconds = 43_200;

/** Keeps what was typed on a page of a form or to an office: while it is typed, and over a sign-in where the session had lapsed meanwhile. */
export function createKept(needs: PortalNeeds) {
  const { cases, identity } = needs;
  const secure = needs.publicUrl.startsWith('https:') ? '; Secure' : '';
  const cookie = (value: string, seconds: number) =>
    `${cookieName}=${value}; Path=/cases; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
  const tokenOf = ({ cookies }: PageContext) => {
    const token = cookies[cookieName] ?? '';
    return /^[\w-]{43}$/.test(token) ? token : undefined;
  };

  /** Of one kind of page: what it is to the cases, and where it is. */
  const at = (placeOf: (context: PageContext) => KeptPlace, pathOf: (context: PageContext) => string) => ({
    /** Of a form that came without a session: only whoever had one here until it lapsed has anything kept. */
    keep: async (context: PageContext): Promise<PageAnswer> => {
      const personId = await identity.sessions.findLapsed(context.cookies);
      const token = personId && (await cases.keepForm(personId, placeOf(context), context.form));
      if (!token) throw kernelProblem('sign-in-needed');
      return {
        redirect: `/signin?returnTo=${encodeURIComponent(pathOf(context))}`,
        cookies: [cookie(token, keptSeconds)],
      };
    },
    /** What is typed so far, as the page's script sends it; also of a session that has just lapsed. */
    keepTyped: async (context: PageContext): Promise<PageAnswer> => {
      const { caller } = context;
      const personId = caller.kind === 'person' ? caller.personId : await identity.sessions.findLapsed(context.cookies);
      if (personId === undefined) throw kernelProblem('sign-in-needed');
      const token = await cases.keepForm(personId, placeOf(context), context.form);
      if (!token) throw kernelProblem('not-found');
      const headers = { 'set-cookie': cookie(token, keptSeconds), 'cache-control': 'no-store' };
      return { bytes: '{}', contentType: 'application/json', headers };
    },
    find: async (context: PageContext): Promise<Form | undefined> => {
      const token = tokenOf(context);
      const { personId } = personOf(context.caller);
      return token === undefined
        ? undefined
        : ((await cases.findForm(personId, placeOf(context), token)) as Form | undefined);
    },
    /** Once the page was posted again, by whichever button. */
    drop: async (context: PageContext, answer: PageAnswer): Promise<PageAnswer> => {
      const token = tokenOf(context);
      if (token === undefined) return answer;
      await cases.dropForm(token);
      return 'redirect' in answer || 'html' in answer
        ? { ...answer, cookies: [...(answer.cookies ?? []), cookie('', 0)] }
        : answer;
    },
  });
  const caseIdOf = ({ params }: PageContext) => params['caseId']!;
  return {
    /** A page of the form. */
    ofPage: at(
      (context) => ({ caseId: caseIdOf(context), pageId: context.params['pageId']! }),
      (context) => `/cases/${caseIdOf(context)}/pages/${encodeURIComponent(context.params['pageId']!)}`,
    ),
    ofStep: (step: Step) =>
      at(
        (context) => ({ caseId: caseIdOf(context), step }),
        (context) => `/cases/${caseIdOf(context)}${stepPaths[step]}`,
      ),
  };
}

export const keptAgain = { ar: keptTexts.ar.again, en: keptTexts.en.again };
export const unsentAgain = { ar: keptTexts.ar.unsentAgain, en: keptTexts.en.unsentAgain };
