import { systemClock } from '#kernel/clock';
import { trySampleDocument } from '#modules/cases';
import type { Service } from '#modules/catalogue';
import { findUnset } from '#modules/publishing';
import { createDocuments } from '#modules/signatures';

const documents = createDocuments({ clock: systemClock });
// Of no node: nobody can verify a document that was only tried.
const needs = { tryDocument: documents.try, timeZone: 'UTC', publicUrl: 'https://node.example' };

/** Why the document of a service that holds together cannot be set, by the tries and within the limits of the editor's page. */
export const findUnsetDocument = (service: Service): Promise<string | undefined> =>
  findUnset((tried, of) => trySampleDocument(tried, of, needs), { service, findings: [] });
