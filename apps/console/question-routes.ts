import type { Draw, PageContext, PageRoute, PortalNeeds } from '#apps/portal';
import { type Caller, officerOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { kernelProblem } from '#kernel/problem';
import { consolePages } from './pages/index.ts';

/**
 * The questions that were put to the officer's own office, given and refused, and why. For auditors: other officers of the
 * office, and auditors of other offices, are not shown that there are any.
 */
export function questionRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { exchange } = needs;

  const auditorIn = (caller: Caller): { officeId: string; officeName: Text } => {
    const { officeId, roles } = officerOf(caller);
    const office = needs.offices.find(({ id }) => id === officeId);
    if (!office || !roles.includes('auditor')) throw kernelProblem('not-permitted');
    return { officeId, officeName: office.names };
  };

  const showQuestion = async (context: PageContext, notice?: Text) => {
    const { officeId, officeName } = auditorIn(context.caller);
    const found = await exchange.explain(officeId, context.params['useId']!);
    if (!found) throw kernelProblem('not-found');
    const { explanation, ...question } = found;
    const { steps, changes } = explanation;
    return draw(
      consolePages.question,
      { officeName, question, steps, changes, ...(notice ? { notice } : {}) },
      context,
    );
  };

  return [
    {
      method: 'GET',
      path: '/office/questions',
      access: 'officer',
      handle: async (context) => {
        const { officeId, officeName } = auditorIn(context.caller);
        return draw(consolePages.questions, { officeName, rows: await exchange.listAudited(officeId) }, context);
      },
    },
    { method: 'GET', path: '/office/questions/:useId', access: 'officer', handle: (context) => showQuestion(context) },
    {
      // The language switch of the page after lifting comes by here.
      method: 'GET',
      path: '/office/questions/:useId/lift',
      access: 'officer',
      handle: async (context) => ({ redirect: `/office/questions/${context.params['useId']}` }),
    },
    {
      method: 'POST',
      path: '/office/questions/:useId/lift',
      access: 'officer',
      handle: async (context) => {
        await exchange.liftSeal(auditorIn(context.caller).officeId, context.params['useId']!);
        return showQuestion(context, {
          ar: 'رُفع الحجب، ويرى الشخص هذا السؤال الآن في «بياناتي».',
          en: 'The seal is lifted. The person now sees this question in "My data".',
        });
      },
    },
  ];
}
