import { personOf } from '#kernel/contract';
import { kernelProblem } from '#kernel/problem';
import type { PortalNeeds } from '../needs.ts';
import type { Form, PageAnswer, PageContext } from '../routing.ts';

const cookieName = 'jisr_kept';
const hourSeconds = 3_600;

/** Keeps what was typed on a form page over a sign-in, where the session had lapsed while somebody was writing. */
export function createKept(needs: PortalNeeds) {
  const { cases, identity } = needs;
  const secure = needs.publicUrl.startsWith('https:') ? '; Secure' : '';
  const cookie = (value: string, seconds: number) =>
    `${cookieName}=${value}; Path=/cases; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
  const placeOf = ({ params }: PageContext) => ({ caseId: params['caseId']!, pageId: params['pageId']! });
  const tokenOf = ({ cookies }: PageContext) => {
    const token = cookies[cookieName] ?? '';
    return /^[\w-]{43}$/.test(token) ? token : undefined;
  };

  return {
    /** Of a form that came without a session: only whoever had one here until it lapsed has anything kept. */
    keep: async (context: PageContext): Promise<PageAnswer> => {
      const personId = await identity.sessions.findLapsed(context.cookies);
      const token = personId && (await cases.keepForm(personId, placeOf(context), context.form));
      if (!token) throw kernelProblem('sign-in-needed');
      const { caseId, pageId } = placeOf(context);
      const returnTo = `/cases/${caseId}/pages/${encodeURIComponent(pageId)}`;
      return {
        redirect: `/signin?returnTo=${encodeURIComponent(returnTo)}`,
        cookies: [cookie(token, hourSeconds)],
      };
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
  };
}

export const keptAgain = {
  ar: 'انتهت جلستك وأنت تكتب. ما كتبته هنا كما كان، ولم يُحفظ بعد: راجعه ثم تابع.',
  en: 'Your session ended while you were writing. What you typed is here as it was, and not saved yet: check it and go on.',
};
