import type { Tx } from '#kernel/database';
import { type Answers, type CaseForm, listPages } from '#modules/catalogue';
import { stepTo } from '../chart.ts';
import { readAnswers } from '../files/answers.ts';
import { problem } from '../problems.ts';
import type { CaseRow } from '../store.ts';
import { findOpenRequest, listPagesOf, type RequestRow } from './store.ts';

/** What a person may write on now: all of a draft, or what the open request of a case that was sent has opened. */
export type Opened = {
  /** The answers as they will be once they are given. */
  answers: Answers;
  request?: RequestRow;
};

/** Refuses with `case-not-open` where nothing is open. */
export async function openedIn(db: Tx, row: CaseRow): Promise<Opened> {
  stepTo(row.state, 'save-answers');
  const request = row.submittedAt ? await findOpenRequest(db, row.id) : undefined;
  if (!request) return { answers: (await readAnswers(db, row.id)).answers };
  return { request, answers: await readCorrected(db, request) };
}

/** The answers as they will be once the person gives the pages corrected and the files sent so far. */
export async function readCorrected(db: Tx, request: RequestRow): Promise<Answers> {
  const { answers } = await readAnswers(db, request.caseId, request.id);
  return Object.assign({}, answers, ...Object.values(await listPagesOf(db, request.id)));
}

/** The pages that are open, as far as these answers ask for them. */
export const openPages = (form: CaseForm, { request, answers }: Opened) =>
  listPages(form, answers).filter(({ id }) => !request || request.pageIds.includes(id));

export function requireOpenPage(form: CaseForm, opened: Opened, pageId: string): void {
  if (!openPages(form, opened).some(({ id }) => id === pageId))
    throw problem(opened.request ? 'page-not-opened' : 'page-unknown');
}
