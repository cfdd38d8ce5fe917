import { systemClock } from '#kernel/clock';
import { trySampleDocument } from '#modules/cases';
import type { Finding, Service } from '#modules/catalogue';
import { findUnset, templateFile } from '#modules/publishing';
import { createDocuments } from '#modules/signatures';

/** What the typesetter holds against the document of a service that otherwise holds together. Of the version asked for last it is known. */
export type FindUnsettable = (service: Service) => Promise<Finding[]>;

/** By the tries and within the limits of the editor's page. */
export function createDocumentCheck(): FindUnsettable {
  const { try: tryDocument } = createDocuments({ clock: systemClock });
  // Of no node: nobody can verify a document that was only tried.
  const needs = { tryDocument, timeZone: 'UTC', publicUrl: 'https://node.example' };
  let last: { version: string; findings: Promise<Finding[]> } | undefined;

  const tryAll = async (service: Service): Promise<Finding[]> => {
    const problem = await findUnset((tried, of) => trySampleDocument(tried, of, needs), { service, findings: [] });
    return problem ? [{ file: templateFile, problem }] : [];
  };
  return (service) => {
    const version = `${service.id}@${service.version}`;
    if (last?.version !== version) last = { version, findings: tryAll(service) };
    return last.findings;
  };
}
