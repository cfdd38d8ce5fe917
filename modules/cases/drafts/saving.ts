import {
  type Answers,
  type AttachedFile,
  askedOn,
  type CaseForm,
  type Form,
  givable,
  listPages,
  type Service,
  validateAnswers,
  validateGiven,
} from '#modules/catalogue';
import { formOfCase, formWith } from '../evidence/conditions.ts';
import { readAnswers } from '../files/answers.ts';
import { refuseOther } from '../holding.ts';
import type { LookingUp } from '../look-ups/service.ts';
import { type CasesNeeds, getRow, holdRow, openFile, saveRow } from '../needs.ts';
import { problem } from '../problems.ts';
import { actorOf, mayReadAsPerson, missingEvidence, type Person } from '../rules.ts';
import { appendEvent, type CaseRow, saveAnswersOf } from '../store.ts';
import { describeSummary } from '../views.ts';
import type { Draft, GivenAnswers, SavedDraft } from './contract.ts';
import { findFirstValues } from './prefills.ts';
import { draftEnd, stepInDraft } from './rules.ts';

/** Drafts as programs write them: any answers at once, on the version that was read. */
export function createDraftSaving(needs: CasesNeeds, lookingUp: Pick<LookingUp, 'findPosted'>) {
  const { database, clock, catalogue, state, calendar } = needs;
  const ownedBy = (person: Person) => (row: CaseRow) => mayReadAsPerson(row, person);

  const open = async (person: Person, caseId: string): Promise<{ row: CaseRow; service: Service }> => {
    const row = await getRow(needs, caseId, ownedBy(person));
    stepInDraft(row);
    return { row, service: await catalogue.getService(row.serviceId, row.serviceVersion) };
  };

  const readDraft = async (person: Person, caseId: string): Promise<Draft> => {
    const { row, service } = await open(person, caseId);
    const { answers, evidence, prefills } = await openFile(needs, row);
    const form = formWith(service.form, evidence);
    const now = clock.now();
    return {
      ...describeSummary(row, service, { state, calendar, now }),
      serviceVersion: row.serviceVersion,
      version: row.version,
      ...draftEnd(row.updatedAt, now, calendar.timeZone),
      answers: givable(form, answers),
      firstValues: findFirstValues(service, { evidence, prefills }),
      files: filesIn(form, answers),
      pages: listPages(form, answers).map((page) => ({
        id: page.id,
        title: page.title,
        questions: askedOn(form, page, answers),
      })),
      open: validateAnswers(form, answers),
      evidenceMissing: missingEvidence(service, evidence),
    };
  };

  /** Refuses with `case-changed-since` what was read at another version; with one error nothing of it is saved. */
  const saveDraft = async (
    person: Person,
    caseId: string,
    { answers: given, expectedVersion }: GivenAnswers,
  ): Promise<SavedDraft> => {
    const { service, row: found } = await open(person, caseId);
    refuseOther(found, expectedVersion);
    const form = await formOfCase(database.db, caseId, service.form);
    const held = await findHeld(form, given, (await readAnswers(database.db, caseId)).answers);
    const errors = await database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy(person));
      const next = stepInDraft(row);
      refuseOther(row, expectedVersion);
      const { answers: saved } = await readAnswers(tx, caseId);
      const { pages, errors, unasked } = validateGiven(form, given, saved, held);
      if (unasked.length > 0) throw problem('question-not-asked', { questionId: unasked[0]! });
      if (errors.length > 0 || pages.size === 0) return errors;
      const at = clock.now();
      for (const [pageId, answers] of pages) {
        await saveAnswersOf(tx, caseId, pageId, answers, at);
        await appendEvent(tx, { caseId, kind: 'answers-saved', actor: actorOf(person), body: { pageId }, at });
      }
      await saveRow(tx, { ...row, state: next, updatedAt: at });
      return errors;
    });
    return { saved: errors.length === 0, errors, draft: await readDraft(person, caseId) };
  };

  /** What registers say of the codes that are given, before anything is held. */
  const findHeld = async (form: CaseForm, given: GivenAnswers['answers'], saved: Answers) => {
    const asked = form.definition.pages.filter(({ questions }) =>
      questions.some(
        (id) => ['look-up', 'address'].includes(form.definition.questions[id]!.kind) && Object.hasOwn(given, id),
      ),
    );
    // With what else is given: it may be what opens the page.
    const { answers } = validateGiven(form, given, saved);
    const held = await Promise.all(
      asked.map(({ id }) => lookingUp.findPosted(form, id, given, async () => ({ answers }))),
    );
    return Object.assign({}, ...held) as Awaited<ReturnType<LookingUp['findPosted']>>;
  };

  return { readDraft, saveDraft };
}

function filesIn(form: Form, answers: Answers): Record<string, AttachedFile[]> {
  const ids = Object.keys(answers).filter((id) => form.definition.questions[id]?.kind === 'file');
  return Object.fromEntries(ids.map((id) => [id, answers[id] as unknown as AttachedFile[]]));
}
