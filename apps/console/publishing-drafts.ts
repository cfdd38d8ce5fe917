import { type Draw, type PageAnswer, type PageContext, type PortalNeeds, textOf } from '#apps/portal';
import { officerOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { ServiceFiles } from '#modules/catalogue';
import { compareFiles, type Draft, type Official } from '#modules/publishing';
import type { DraftHead } from './pages/index.ts';
import { words } from './pages/publishing/words.ts';

/** What an edited page is drawn with after it was saved, or refused. */
export type Told = { notice?: Text; problem?: Problem; changed?: DraftHead['changed'] };

/** What the pages of drafts have in common: who is here, the head, and saving with the revision that was looked at. */
export function createDraftPages(needs: PortalNeeds, draw: Draw) {
  const { publishing } = needs;
  const officialIn = ({ caller }: PageContext): Official => {
    const { personId, officeId, roles } = officerOf(caller);
    return { personId, officeId, roles };
  };
  const draftIn = (context: PageContext) => publishing.getDraft(officialIn(context), context.params['draftId']!);

  const headOf = (draft: Draft, told: Told = {}): DraftHead => ({
    draftId: draft.draftId,
    serviceId: draft.serviceId,
    title: draft.opened.service?.definition.title ?? { ar: draft.serviceId, en: draft.serviceId },
    state: draft.state,
    revision: draft.revision,
    mayEdit: draft.may.edit,
    ...(told.notice ? { notice: told.notice } : {}),
    ...(told.problem ? { problem: told.problem.messages } : {}),
    ...(told.changed ? { changed: told.changed } : {}),
  });

  /** The files as they were when the page was drawn that is posted now; as they are where it names no revision. */
  const seenFiles = async (context: PageContext, draft: Draft): Promise<ServiceFiles> => {
    const seen = revisionIn(context) || draft.revision;
    const known = await publishing.readRevision(officialIn(context), draft.draftId, seen);
    return known ?? draft.files;
  };

  /**
   * Saves an edit and shows the page again with it. A refusal is shown on the page too; when another saved meanwhile, with what they
   * changed, and with what was typed still in the fields.
   */
  const save = async (
    context: PageContext,
    file: string,
    edit: (files: ServiceFiles) => ServiceFiles | Promise<ServiceFiles>,
    show: (context: PageContext, draft: Draft, told: Told) => Promise<PageAnswer>,
    to?: (draft: Draft) => string | undefined,
  ): Promise<PageAnswer> => {
    const official = officialIn(context);
    const draftId = context.params['draftId']!;
    const revision = revisionIn(context);
    try {
      await publishing.editDraft(official, draftId, { revision, file, edit });
    } catch (error) {
      if (!(error instanceof Problem) || isHidden(error)) throw error;
      const draft = await publishing.getDraft(official, draftId);
      const seen = await publishing.readRevision(official, draftId, revision);
      const isStale = error.code === 'draft-changed-since' && seen !== undefined;
      return show(context, draft, {
        problem: error,
        ...(isStale ? { changed: await compareFiles(seen, draft.files) } : {}),
      });
    }
    const draft = await publishing.getDraft(official, draftId);
    const elsewhere = to?.(draft);
    return elsewhere ? { redirect: elsewhere } : show({ ...context, form: {} }, draft, { notice: words.saved });
  };

  const drawn = <View>(page: Parameters<typeof draw<View>>[0], view: View, context: PageContext, told: Told) =>
    draw(page, view, context, told.problem ? { status: told.problem.status } : {});

  return { officialIn, draftIn, headOf, seenFiles, save, drawn };
}
/** The revision that a posted page was drawn from; 0, which none is, for anything else. */
export const revisionIn = ({ form }: PageContext): number => {
  const typed = textOf(form['revision']);
  return /^[1-9]\d{0,8}$/.test(typed) ? Number(typed) : 0;
};

export type DraftPages = ReturnType<typeof createDraftPages>;

/** What is told nobody on the page itself: there is no such draft for this official. */
export const isHidden = (problem: Problem) => ['draft-unknown', 'role-missing'].includes(problem.code);
