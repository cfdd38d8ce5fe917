import type { Tx } from '#kernel/database';
import type { Text } from '#kernel/languages';
import { findOffering } from '#modules/catalogue';
import { editorRole, type Official, type PublishedVersion, problem, publisherRole } from './contract.ts';
import { readJson } from './places.ts';
import type { DraftSummary, EditableService, PublishingNeeds } from './service.ts';
import { type DraftRow, findRevision, listAtWork, listDrafts, listOthers } from './store.ts';

/** Refuses officials who have none of these parts. */
export function needRole({ roles }: Official, ...wanted: string[]): void {
  if (!roles.some((role) => wanted.includes(role))) throw problem('role-missing');
}

export const summaryOf = (row: DraftRow): DraftSummary => ({
  draftId: row.draft_id,
  state: row.state,
  revision: row.revision,
  changedAt: row.changed_at.toISOString(),
});

/** The services of an office: those that it offers, and those that its officials have begun and that nobody can apply for yet. */
export function createListing({ database, catalogue, state }: PublishingNeeds) {
  const offeredTo = ({ officeId }: Official) =>
    catalogue.listDelivered().filter((service) => findOffering(service, state)?.office === officeId);

  /** Of a service that no version is in force of: what its latest draft says. */
  const begun = async (db: Tx, rows: readonly DraftRow[]): Promise<EditableService> => {
    const [row] = rows;
    const files = await findRevision(db, row!.draft_id, row!.revision);
    const { title, version } = readJson<{ title: Text; version: string }>(files ?? {}, 'service.json')!;
    const published = rows.find((one) => one.state === 'published');
    const atWork = rows.find((one) => one.state === 'open' || one.state === 'submitted');
    return {
      serviceId: row!.service_id,
      title,
      label: version,
      ...(published?.version ? { version: published.version } : {}),
      ...(atWork ? { draft: summaryOf(atWork) } : {}),
    };
  };

  /** The service of the own office, by the version in force or the one that comes. */
  const serviceOf = async (official: Official, serviceId: string): Promise<EditableService> => {
    needRole(official, editorRole, publisherRole);
    const found = offeredTo(official).find(({ id }) => id === serviceId);
    if (found)
      return { serviceId, title: found.definition.title, version: found.version, label: found.definition.version };
    const own = (await listDrafts(database.db, serviceId)).filter(
      (row) => row.office_id === official.officeId && row.state !== 'discarded',
    );
    if (own.length === 0 || catalogue.isKnown(serviceId)) throw problem('draft-unknown');
    return begun(database.db, own);
  };

  const listVersions = async (serviceId: string): Promise<PublishedVersion[]> =>
    (await catalogue.listVersions(serviceId)).map(({ publishedAt, inForceFrom, ...rest }) => ({
      ...rest,
      publishedAt: publishedAt.toISOString(),
      ...(inForceFrom ? { inForceFrom: inForceFrom.toISOString() } : {}),
    }));

  return {
    serviceOf,
    listServices: async (official: Official): Promise<EditableService[]> => {
      needRole(official, editorRole, publisherRole);
      const services = offeredTo(official);
      const ids = services.map(({ id }) => id);
      const [drafts, others] = [
        await listAtWork(database.db, ids),
        (await listOthers(database.db, official.officeId, ids)).filter(({ service_id: id }) => !catalogue.isKnown(id)),
      ];
      const coming = await Promise.all(
        [...Map.groupBy(others, ({ service_id: id }) => id).values()].map((rows) => begun(database.db, rows)),
      );
      return [
        ...coming,
        ...services.map(({ id, version, definition }) => {
          const draft = drafts.find((row) => row.service_id === id);
          return {
            serviceId: id,
            title: definition.title,
            version,
            label: definition.version,
            ...(draft ? { draft: summaryOf(draft) } : {}),
          };
        }),
      ];
    },
    /** Versions of a service of the own office, with drafts there were and are. */
    getService: async (official: Official, serviceId: string) => {
      const { title, version } = await serviceOf(official, serviceId);
      const drafts = (await listDrafts(database.db, serviceId)).map(summaryOf);
      return { serviceId, title, version, versions: await listVersions(serviceId), drafts };
    },
    /** Refuses a service that nobody ever published here. */
    listVersions: async (serviceId: string): Promise<PublishedVersion[]> => {
      const versions = await listVersions(serviceId);
      if (versions.length === 0) throw problem('draft-unknown');
      return versions;
    },
  };
}
