import { type Draw, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import { Problem } from '#kernel/problem';
import { outcomes } from './dealings.ts';
import { missingIn, typedIn } from './decision-form.ts';
import { decisionIn, keepOverSignIn } from './drafted-routes.ts';
import { itemErrors, itemsLeftOut, itemsPosted, typedItems } from './items.ts';
import { keepMarks, openPoints, typedMarks } from './marks.ts';
import { officerIn } from './officers.ts';
import { consolePages } from './pages/index.ts';
import { createReviewPage } from './review-page.ts';
import { leavesPage } from './unsent.ts';

/** What is posted with the decision's form: marks, a draft, the decision itself; and the word of the second officer. */
export function decidingRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { cases } = needs;
  const showReview = createReviewPage(needs, draw);
  /** The language switch after a press comes by here. */
  const backToCase = (path: 'read-again' | 'decide' | 'checklist' | 'draft'): PageRoute => ({
    method: 'GET',
    path: `/office/cases/:caseId/${path}`,
    access: 'officer',
    handle: async (context) => ({ redirect: `/office/cases/${context.params['caseId']}` }),
  });

  return [
    backToCase('read-again'),
    backToCase('decide'),
    backToCase('checklist'),
    backToCase('draft'),
    {
      // A decision that is being written comes along, and stays as it was typed.
      method: 'POST',
      path: '/office/cases/:caseId/checklist',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        const marks = await keepMarks(cases, officer, await cases.getCaseForOfficer(officer, caseId), context.form);
        if (!marks.errors && context.form['version'] === undefined)
          return { redirect: `/office/cases/${caseId}#checklist` };
        const view = await cases.getCaseForOfficer(officer, caseId);
        const items = typedItems(context.form, view.itemChoices);
        return showReview(context, officer, view, { form: typedIn(context.form), marks, items });
      },
    },
    {
      // The same as the page's script keeps while somebody types, for whoever has none. Marks come along, and are kept as marks.
      method: 'POST',
      path: '/office/cases/:caseId/draft',
      access: 'officer',
      keep: keepOverSignIn(needs),
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        const { form } = context;
        const marks = await keepMarks(cases, officer, await cases.getCaseForOfficer(officer, caseId), form);
        const again = async (said: Parameters<typeof showReview>[3]) => {
          const view = await cases.getCaseForOfficer(officer, caseId);
          return showReview(context, officer, view, {
            form: typedIn(form),
            items: typedItems(form, view.itemChoices),
            marks,
            ...said,
          });
        };
        try {
          await cases.saveDrafted(officer, caseId, decisionIn(form));
        } catch (error) {
          if (!leavesPage(error)) throw error;
          return again(
            error.code === 'text-too-long' ? { errors: { wordsAr: error.messages } } : { problem: error.messages },
          );
        }
        return marks.errors ? again({}) : { redirect: `/office/cases/${caseId}#drafted` };
      },
    },
    {
      // What was typed comes along, so that reading what a colleague has done loses nothing of it.
      method: 'POST',
      path: '/office/cases/:caseId/read-again',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const view = await cases.visitCase(officer, context.params['caseId']!);
        const marks = { typed: typedMarks(view, context.form) };
        const items = typedItems(context.form, view.itemChoices);
        return showReview(context, officer, view, { form: typedIn(context.form), marks, items });
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/decide',
      access: 'officer',
      keep: keepOverSignIn(needs),
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        const { form } = context;
        const values = typedIn(form);
        const outcome = outcomes.find(({ value }) => value === values.outcome)?.value as
          | 'approve'
          | 'refuse'
          | undefined;
        const marks = await keepMarks(cases, officer, await cases.getCaseForOfficer(officer, caseId), form);
        const before = await cases.getCaseForOfficer(officer, caseId);
        const items = typedItems(form, before.itemChoices);
        const again = (said: Parameters<typeof showReview>[3], view = before) =>
          showReview(context, officer, view, { form: values, items, ...said });
        if (marks.errors) return again({ marks });
        if (!outcome) return again({ errors: { outcome: { ar: 'اختر القرار.', en: 'Choose the decision.' } } });
        const left = itemsLeftOut(outcome, items);
        if (left) return again({ itemErrors: left });
        try {
          const decided = await cases.decideCase(officer, caseId, {
            outcome,
            reasonIds: values.reasons,
            conditionIds: values.conditions,
            ...itemsPosted(outcome, items),
            ...(values.wordsAr ? { ownWordsAr: values.wordsAr } : {}),
            ...(values.wordsEn ? { ownWordsEn: values.wordsEn } : {}),
            expectedVersion: Number(textOf(form['version'])) || 0,
          });
          const [next] = (await cases.listQueue(officer, { state: 'open' })).cases;
          return draw(
            consolePages.decided,
            {
              reference: decided.reference,
              serviceTitle: decided.serviceTitle,
              outcome: decided.proposal
                ? { ar: 'ينتظر القرار موظفًا ثانيًا', en: 'It waits for a second officer' }
                : decided.decision!.outcomeText,
              decidedAt: decided.proposal?.proposedAt ?? decided.decision!.decidedAt,
              isProposed: decided.proposal !== undefined,
              ...(next ? { nextCaseId: next.id } : {}),
            },
            context,
          );
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.code === 'case-changed-since')
            return again({ isStale: true }, await cases.getCaseForOfficer(officer, caseId));
          const ofItems = itemErrors(error, items);
          if (ofItems) return again({ itemErrors: ofItems });
          if (error.code === 'points-open') return again({ marks: { typed: {}, errors: openPoints(error) } });
          if (error.code === 'condition-not-offered') return again({ errors: { conditions: error.messages } });
          if (error.code === 'reasons-missing') return again({ errors: missingIn(values, error.messages) });
          if (error.code === 'text-too-long') return again({ errors: { wordsAr: error.messages } });
          if (!leavesPage(error)) throw error;
          return again({ problem: error.messages }, await cases.getCaseForOfficer(officer, caseId));
        }
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/confirm',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const caseId = context.params['caseId']!;
        const confirmation = {
          confirms: textOf(context.form['confirms']) === 'yes',
          note: textOf(context.form['note']),
          expectedVersion: Number(textOf(context.form['version'])) || 1,
        };
        try {
          await cases.confirmDecision(officer, caseId, confirmation);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const asked =
            error.code === 'points-open'
              ? { marks: { typed: {}, errors: openPoints(error) } }
              : error.code === 'note-missing'
                ? { noteError: error.messages }
                : error.code === 'case-changed-since'
                  ? { isStale: true }
                  : leavesPage(error)
                    ? { problem: error.messages }
                    : undefined;
          if (!asked) throw error;
          return showReview(context, officer, await cases.getCaseForOfficer(officer, caseId), asked);
        }
        return { redirect: `/office/cases/${caseId}` };
      },
    },
  ];
}
