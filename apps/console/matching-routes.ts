import { type Draw, type PageContext, type PageRoute, type PortalNeeds, stateNameOf, textOf } from '#apps/portal';
import { officerOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import type { DeskDecision } from '#modules/matching';
import { consolePages } from './pages/index.ts';

const deskRole = 'matching-desk';
const text = (ar: string, en: string): Text => ({ ar, en });
const done = {
  linked: text('رُبط السجل، وأُخبر الشخص، ومُحي ما قورن.', 'Linked. The person is told, and what was compared is gone.'),
  'not-same': text(
    'ليس سجله. أُخبر الشخص ومُحي ما قورن.',
    'Not the same person. The person is told, and what was compared is gone.',
  ),
  'proof-asked': text('طُلب من الشخص رقم وثيقة.', 'The person is asked for the number of a document.'),
  proposed: text('اقتُرح الإلغاء. يؤكده موظف ثانٍ.', 'Proposed. A second officer has to agree.'),
  undone: text('أُلغي الربط، وأُخبر الشخص.', 'The link is undone, and the person is told.'),
  kept: text('بقي الربط.', 'The link stays.'),
};

/** The desk for records of one person: officers of the office that keeps the register, with the role `matching-desk`. */
export function matchingRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { desk, rules } = needs.matching;

  const officerIn = ({ caller }: PageContext) => {
    const { personId, officeId, roles } = officerOf(caller);
    const office = needs.offices.find(({ id }) => id === officeId);
    if (!office || !rules || officeId !== rules.office || !roles.includes(deskRole))
      throw kernelProblem('not-permitted');
    return { personId, office };
  };

  const showQueue = async (context: PageContext, more: { notice?: Text; problem?: Problem } = {}) => {
    const { personId, office } = officerIn(context);
    const [tasks, links] = await Promise.all([desk.listTasks(personId), desk.listLinks(personId)]);
    const named = <Row extends { homeState: string }>(rows: Row[]) =>
      Promise.all(rows.map(async (row) => ({ ...row, home: await stateNameOf(needs, row.homeState) })));
    return draw(
      consolePages.matchingQueue,
      {
        officeName: office.names,
        tasks: await named(tasks),
        links: await named(links),
        ...(more.notice ? { notice: more.notice } : {}),
        ...(more.problem ? { problem: more.problem.messages } : {}),
      },
      context,
      more.problem ? { status: more.problem.status } : {},
    );
  };

  const showTask = async (context: PageContext, refusal?: { words: Text; status: number }) => {
    const { personId, office } = officerIn(context);
    const task = await desk.openTask(personId, context.params['attemptId']!);
    return draw(
      consolePages.matchingTask,
      {
        officeName: office.names,
        task,
        home: await stateNameOf(needs, task.homeState),
        ...(refusal ? { problem: refusal.words } : {}),
      },
      context,
      refusal ? { status: refusal.status } : {},
    );
  };

  const decisionIn = ({ form }: PageContext): DeskDecision | undefined => {
    const outcome = textOf(form['outcome']);
    if (outcome === 'not-same' || outcome === 'ask-proof') return { outcome };
    const key = /^same:([0-9a-f]{64})$/.exec(outcome)?.[1];
    return key === undefined ? undefined : { outcome: 'same', key };
  };

  return [
    { method: 'GET', path: '/office/matching', access: 'officer', handle: (context) => showQueue(context) },
    {
      method: 'GET',
      path: '/office/matching/:attemptId',
      access: 'officer',
      handle: async (context) => {
        officerIn(context);
        try {
          return await showTask(context);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return showQueue(context, { problem: error });
        }
      },
    },
    {
      method: 'POST',
      path: '/office/matching/:attemptId/decide',
      access: 'officer',
      handle: async (context) => {
        const { personId } = officerIn(context);
        try {
          const decision = decisionIn(context);
          if (!decision)
            return await showTask(context, { words: text('لم يُختر قرار.', 'Choose a decision.'), status: 422 });
          const state = await desk.decide(personId, context.params['attemptId']!, decision);
          return await showQueue(context, { notice: done[state as 'linked' | 'not-same' | 'proof-asked'] });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return showQueue(context, { problem: error });
        }
      },
    },
    {
      method: 'POST',
      path: '/office/matching/links/:linkId/undo',
      access: 'officer',
      handle: async (context) => {
        const { personId } = officerIn(context);
        try {
          const isUndo = textOf(context.form['keep']) !== 'yes';
          const reason = textOf(context.form['reason']).trim();
          const ended = await desk.undo(personId, context.params['linkId']!, { isUndo, reason });
          return await showQueue(context, { notice: done[ended] });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return showQueue(context, { problem: error });
        }
      },
    },
  ];
}
