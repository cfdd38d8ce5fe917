import type { Opened, Service, ServiceFiles } from '#modules/catalogue';
import type { Official } from '../contract.ts';
import { refuse } from '../edits/refusals.ts';
import { putTemplate, templateFile } from '../edits/template.ts';

/** What is set: by which test case (the first one that is decided without), in which language first, as a picture (SVG) or PDF. */
export type DocumentTrial = { testId?: string | undefined; first: 'ar' | 'en'; as: 'picture' | 'pdf' };
/** `fault`: what the typesetter holds against the template, by its line where it names one. `limit`: it took too much. */
export type SetDocumentAnswer =
  | { picture: string }
  | { pdf: Buffer }
  | { fault: { message: string; line?: number } }
  | { limit: string };
export type SetDocument = (service: Service, of: DocumentTrial) => Promise<SetDocumentAnswer>;

/** Why the document of a service cannot be set, as a finding. What is wrong otherwise is mended first: it is tried with the service's own facts. */
export async function findUnset(
  setDocument: SetDocument | undefined,
  { service, findings }: Opened,
): Promise<string | undefined> {
  if (!service || !setDocument || findings.some(({ file }) => file === templateFile)) return undefined;
  const answer = await setDocument(service, { first: 'ar', as: 'picture' });
  if ('limit' in answer) return `the document cannot be set: ${answer.limit}`;
  if (!('fault' in answer)) return undefined;
  const { line, message } = answer.fault;
  return line === undefined ? `the document cannot be set: ${message}` : `line ${line}: ${message}`;
}

type Looked = { serviceId: string; files: ServiceFiles };
type Drafts = {
  /** What was found of files lately, or is found now. */
  inspect(serviceId: string, files: ServiceFiles): Promise<{ opened: Opened }>;
  findFiles(official: Official, draftId: string): Promise<Looked>;
  findLooked(official: Official, draftId: string, revision: number): Promise<Looked>;
  editDraft(
    official: Official,
    draftId: string,
    given: { revision: number; file: string; edit: (files: ServiceFiles) => ServiceFiles },
  ): Promise<number>;
};

/** The look of the document of a draft: drawn while it is written, and saved when it can be set. */
export function createTemplates(
  setDocument: SetDocument | undefined,
  { inspect, findFiles, findLooked, editDraft }: Drafts,
) {
  return {
    /** The document of a draft as it is saved, or with a look that somebody is writing. */
    drawDraft: async (
      official: Official,
      draftId: string,
      of: DocumentTrial & { source?: string },
    ): Promise<SetDocumentAnswer | undefined> => {
      const { serviceId, files: saved } = await findFiles(official, draftId);
      const files = of.source === undefined ? saved : putTemplate(saved, of.source);
      const { service } = (await inspect(serviceId, files)).opened;
      return service && setDocument?.(service, of);
    },
    /** Saves another look of the document. Refuses what the typesetter does not set, with its line, before anything is saved. */
    editTemplate: async (
      official: Official,
      draftId: string,
      given: { revision: number; source: string },
    ): Promise<number> => {
      const { serviceId, files } = await findLooked(official, draftId, given.revision);
      const after = putTemplate(files, given.source);
      const { service } = (await inspect(serviceId, after)).opened;
      if (!service || !setDocument) throw refuse('template-untried');
      refuseUnset(await setDocument(service, { first: 'ar', as: 'picture' }));
      return editDraft(official, draftId, {
        revision: given.revision,
        file: templateFile,
        edit: (held) => putTemplate(held, given.source),
      });
    },
  };
}

/** A look that cannot be set is not saved. */
function refuseUnset(answer: SetDocumentAnswer): void {
  if ('limit' in answer) throw refuse('template-too-heavy');
  if (!('fault' in answer)) return;
  const { line, message } = answer.fault;
  throw line === undefined
    ? refuse('template-unsettable', { why: message })
    : refuse('template-faulty', { line, why: message });
}
