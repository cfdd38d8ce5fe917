import type { Problem } from '#kernel/problem';
import type { Opened, Service, ServiceFiles } from '#modules/catalogue';
import type { Official } from '../contract.ts';
import { refuse } from '../edits/refusals.ts';
import { putTemplate, templateFile } from '../edits/template.ts';

/** What is set: by which test case (the first one that is approved without), in which language first, as a picture (SVG) or PDF. */
export type DocumentTrial = { testId?: string | undefined; first: 'ar' | 'en'; as: 'picture' | 'pdf' };
/** `fault`: what the typesetter holds against the template, and where in it if it names a place. `limit`: it took too much. */
export type SetDocumentAnswer =
  | { picture: string }
  | { pdf: Buffer }
  | { fault: { message: string; at?: { line: number; column: number } } }
  | { limit: string };
export type SetDocument = (service: Service, of: DocumentTrial) => Promise<SetDocumentAnswer>;

type Unset = Extract<SetDocumentAnswer, { fault: object } | { limit: string }>;

/** Why the document of a service cannot be set, as a finding. What is wrong otherwise is mended first: it is tried with the service's own facts. */
export async function findUnset(
  setDocument: SetDocument | undefined,
  { service, findings }: Opened,
): Promise<string | undefined> {
  if (!service || !setDocument || findings.some(({ file }) => file === templateFile)) return undefined;
  const unset = await trySamples(setDocument, service);
  if (!unset) return undefined;
  if ('limit' in unset) return `the document cannot be set: ${unset.limit}`;
  const { at, message } = unset.fault;
  return at ? `line ${at.line}, column ${at.column}: ${message}` : `the document cannot be set: ${message}`;
}

/** Tries an approval and a refusal, beginning in each language. Nothing when all of them can be set. */
async function trySamples(setDocument: SetDocument, service: Service): Promise<Unset | undefined> {
  const refusal = service.tests?.cases.find(({ expect }) => expect.outcome === 'refuse');
  for (const testId of refusal ? [undefined, refusal.id] : [undefined])
    for (const first of ['ar', 'en'] as const) {
      const answer = await setDocument(service, { testId, first, as: 'picture' });
      if ('limit' in answer || 'fault' in answer) return answer;
    }
  return undefined;
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
      const unset = await trySamples(setDocument, service);
      if (unset) throw refusalOf(unset);
      return editDraft(official, draftId, {
        revision: given.revision,
        file: templateFile,
        edit: (held) => putTemplate(held, given.source),
      });
    },
  };
}

/** A look that cannot be set is neither shown nor saved. */
export function refusalOf(unset: Unset): Problem {
  if ('limit' in unset) return refuse('template-too-heavy');
  const { at, message } = unset.fault;
  return at ? refuse('template-faulty', { ...at, why: message }) : refuse('template-unsettable', { why: message });
}
