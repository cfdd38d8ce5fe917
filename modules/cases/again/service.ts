import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import { askedOn, type CaseForm, listPages } from '#modules/catalogue';
import type { CaseView } from '../contract.ts';
import { formOfCase } from '../evidence/conditions.ts';
import { isAskedByOfficer } from '../files/answers.ts';
import { copyFile, listFiles } from '../files/store.ts';
import { type CasesNeeds, getRow, holdRow, saveRow } from '../needs.ts';
import { insertPrefills } from '../prefills/store.ts';
import { problem } from '../problems.ts';
import { refuseErased } from '../retention/rules.ts';
import { mayReadAsPerson, type Person } from '../rules.ts';
import { appendEvent, type CaseRow, listAnswers, saveAnswersOf } from '../store.ts';
import type { LeftAnswer } from './contract.ts';
import { mayApplyAgainFrom, takeOver } from './rules.ts';

/** Begins an application anew that came to nothing. */
export function createAgain(
  needs: CasesNeeds,
  persons: {
    startCase(person: Person, serviceId: string): Promise<CaseView>;
    getMyCase(person: Person, caseId: string): Promise<CaseView>;
  },
) {
  const { database, clock, catalogue } = needs;

  /**
   * A draft on the newest version of the service with the earlier answers that still fit, and with files that a scanner has let through. Evidence and
   * consent are asked for anew. A draft that the person has begun already is theirs: nothing of it is written over. Throws what `startCase` throws.
   */
  const applyAgain = async (person: Person, caseId: string): Promise<CaseView> => {
    const row = await getRow(needs, caseId, (found) => mayReadAsPerson(found, person));
    if (!mayApplyAgainFrom(row.state)) throw problem('case-step-refused');
    refuseErased(row);
    const before = await catalogue.getService(row.serviceId, row.serviceVersion);
    const draft = await persons.startCase(person, row.serviceId);
    const after = await catalogue.getService(row.serviceId, draft.serviceVersion);
    await database.transaction(async (tx) => {
      const held = await holdRow(tx, draft.id, (found) => mayReadAsPerson(found, person));
      const { savedPages } = await listAnswers(tx, draft.id);
      const isBegun = savedPages.length > 0 || (await listFiles(tx, draft.id)).length > 0;
      if (held.state !== 'draft' || isBegun) return;
      const at = clock.now();
      const { answers } = await listAnswers(tx, caseId);
      // With what was known then: what is asked now is seen when the draft is sent.
      const forms = {
        before: await formOfCase(tx, caseId, before.form),
        after: await formOfCase(tx, caseId, after.form),
      };
      const taken = takeOver(forms.before, forms.after, answers);
      for (const page of taken.pages) await saveAnswersOf(tx, draft.id, page.pageId, page.answers, at);
      const source = { ar: `من طلبك ${row.reference}`, en: `From your application ${row.reference}` };
      await insertPrefills(
        tx,
        draft.id,
        taken.firstValues.map((one) => ({ ...one, source })),
      );
      const kept = Object.assign({}, ...taken.pages.map((page) => page.answers));
      const files = await copyFiles(tx, row, draft.id, { ...forms, answers: kept, at });
      const left = [...taken.left, ...files];
      // Nothing lies there any more: it is an application like any other.
      if (Object.keys(answers).length === 0 && left.length === 0) return;
      await saveRow(tx, { ...held, updatedAt: at });
      await appendEvent(tx, {
        caseId: draft.id,
        kind: 'case-applies-again',
        actor: { kind: 'node' },
        body: { caseId, left },
        at,
      });
    });
    return persons.getMyCase(person, draft.id);
  };

  return { applyAgain };
}

/** Copies what lies there still and was found clean; what has to be chosen anew is named. */
async function copyFiles(
  tx: Tx,
  row: CaseRow,
  draftId: string,
  { before, after, answers, at }: { before: CaseForm; after: CaseForm; answers: Record<string, never>; at: Date },
): Promise<LeftAnswer[]> {
  const asked = listPages(after, answers).flatMap((page) => askedOn(after, page, answers));
  const listed = (await listFiles(tx, row.id)).filter(({ questionId }) => !isAskedByOfficer(questionId));
  const left: LeftAnswer[] = [];
  for (const [questionId, files] of Map.groupBy(listed, (file) => file.questionId)) {
    const question = asked.includes(questionId) ? after.definition.questions[questionId] : undefined;
    const rules = question?.files;
    const filesMax = Number(after.definition.schema.properties[questionId]?.['maxItems'] ?? 1);
    const fits = files.filter(
      ({ scan, mediaType, size }) => scan === 'clean' && rules?.accept.includes(mediaType) && size <= rules.bytesMax,
    );
    for (const file of fits.slice(0, filesMax)) await copyFile(tx, file.id, { id: newId(), caseId: draftId, at });
    if (fits.length === files.length && files.length <= filesMax) continue;
    const label = before.definition.questions[questionId]?.label;
    if (label) left.push({ label, why: question ? 'file' : 'not-asked' });
  }
  return left;
}
