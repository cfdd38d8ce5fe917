import type { Language } from '#kernel/languages';
import {
  type CaseForm,
  describePage,
  type Entry,
  type FieldError,
  itemsMax,
  type PageModel,
  type PostedBody,
  putEntry,
  stateOfEntry,
} from '#modules/catalogue';
import { formOfCase } from '../evidence/conditions.ts';
import { type CasesNeeds, getRow, holdRow, saveRow } from '../needs.ts';
import { problem } from '../problems.ts';
import { type Opened, openedIn, openPages } from '../requests/opened.ts';
import { savePage } from '../requests/store.ts';
import { actorOf, mayReadAsPerson, type Person } from '../rules.ts';
import { appendEvent, type CaseRow, saveAnswersOf } from '../store.ts';

/** An entry of the group on a page: by its number, from 1 on, and the state in which the person saw it; a new one without both. */
export type EntryPlace = { pageId: string; number?: number | undefined; seen?: string | undefined };

/** One entry of a group, ready to draw: `seen` is to be posted back with it. */
export type EntryPage = { page: PageModel; title: string; number?: number; seen?: string };

/** The entries of groups, one by one, as pages without scripts write them. A program saves a whole list by `saveAnswers`. */
export function createEntries(needs: CasesNeeds) {
  const { database, clock, catalogue } = needs;
  const ownedBy = (person: Person) => (row: CaseRow) => mayReadAsPerson(row, person);
  const openForm = async (person: Person, caseId: string) => {
    const row = await getRow(needs, caseId, ownedBy(person));
    const opened = await openedIn(database.db, row);
    const { form } = await catalogue.getService(row.serviceId, row.serviceVersion);
    return { opened, form: await formOfCase(database.db, caseId, form) };
  };

  /** Refuses with `page-unknown`, `case-not-open`, and `entry-unknown` for one that is not there and for one more than may be. */
  const openEntry = async (
    person: Person,
    caseId: string,
    { pageId, number }: EntryPlace,
    language: Language,
    refused?: { posted: PostedBody; errors: FieldError[] },
  ): Promise<EntryPage> => {
    const { form, opened } = await openForm(person, caseId);
    const { questionId, entries } = groupOn(form, opened, pageId);
    const entry = number === undefined ? undefined : entries[number - 1];
    if (number !== undefined && !entry) throw problem('entry-unknown');
    if (number === undefined && entries.length >= itemsMax(form, questionId)) throw problem('entry-unknown');
    const name = form.definition.questions[questionId]!.entry!.name[language];
    return {
      page: describePage(form.entryForms.get(questionId)!, 'entry', { language, answers: entry ?? {}, ...refused }),
      title: name,
      ...(number !== undefined && entry ? { number, seen: stateOfEntry(entry) } : {}),
    };
  };

  /** Saves one entry; with errors nothing is saved. Refuses with `entry-changed` what is not as the person saw it. */
  const saveEntry = async (person: Person, caseId: string, place: EntryPlace, posted: PostedBody) => {
    const { form } = await openForm(person, caseId);
    return change(person, caseId, form, place, (questionId, entries) =>
      putEntry(form, questionId, entries, posted, place.number),
    );
  };

  const removeEntry = async (person: Person, caseId: string, place: EntryPlace & { number: number }) => {
    const { form } = await openForm(person, caseId);
    return change(person, caseId, form, place, (_questionId, entries) => ({
      entries: entries.toSpliced(place.number - 1, 1),
      errors: [],
    }));
  };

  const change = async (
    person: Person,
    caseId: string,
    form: CaseForm,
    { pageId, number, seen }: EntryPlace,
    write: (questionId: string, entries: Entry[]) => { entries: Entry[]; errors: FieldError[] },
  ): Promise<{ saved: boolean; errors: FieldError[] }> =>
    database.transaction(async (tx) => {
      const row = await holdRow(tx, caseId, ownedBy(person));
      const opened = await openedIn(tx, row);
      const { questionId, entries } = groupOn(form, opened, pageId);
      const before = number === undefined ? undefined : entries[number - 1];
      if (number !== undefined && (!before || stateOfEntry(before) !== seen)) throw problem('entry-changed');
      const written = write(questionId, entries);
      if (written.errors.length > 0) return { saved: false, errors: written.errors };
      const at = clock.now();
      const answers = { [questionId]: written.entries };
      // After the case was sent, it lies beside its answers until the person gives them.
      if (opened.request) {
        await savePage(tx, opened.request.id, pageId, answers, at);
        return { saved: true, errors: [] };
      }
      await saveAnswersOf(tx, caseId, pageId, answers, at);
      await saveRow(tx, { ...row, updatedAt: at });
      await appendEvent(tx, { caseId, kind: 'answers-saved', actor: actorOf(person), body: { pageId }, at });
      return { saved: true, errors: [] };
    });

  return { openEntry, saveEntry, removeEntry };
}

/** A group has its page for itself. */
function groupOn(form: CaseForm, opened: Opened, pageId: string): { questionId: string; entries: Entry[] } {
  const page = openPages(form, opened).find(({ id }) => id === pageId);
  const questionId = page?.questions.find((id) => form.entryForms.has(id));
  if (questionId === undefined) throw problem(opened.request ? 'page-not-opened' : 'page-unknown');
  return { questionId, entries: (opened.answers[questionId] ?? []) as Entry[] };
}
