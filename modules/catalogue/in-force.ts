import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { Log } from '#kernel/log';
import type { Published } from './folders.ts';
import { listingOfService } from './listings.ts';
import { readService, type ServiceFiles, versionOf } from './services.ts';
import { findVersionFiles, insertPublication, keepVersion, listPublications, listVersions } from './store.ts';

/** A version that was once published here. Without `inForceFrom` it came with the folder. */
export type KnownVersion = {
  version: string;
  label: string;
  publishedAt: Date;
  inForceFrom?: Date;
  state: 'in-force' | 'scheduled' | 'past';
};

/**
 * Which version of a service counts now. What officials have published counts from its moment on, and the folder where they have published
 * none: a folder that came with an update takes nothing back that two people decided. Its version is kept beside, and they may begin from it.
 */
export function createInForce(needs: { database: Database; clock: Clock; log: Log; state: { code: string } }) {
  const { database, clock, log, state } = needs;
  const opened = new Map<string, Published>();
  let fromFolder: readonly Published[] = [];

  /**
   * A check that has become stricter since keeps no version from counting, as long as it can be read: it can be changed by publishing only, and
   * a node that does not start publishes nothing.
   */
  const open = async (serviceId: string, version: string): Promise<Published | undefined> => {
    const key = `${serviceId}@${version}`;
    const known = opened.get(key) ?? fromFolder.find((one) => one.listing.version === version);
    if (known) return known;
    const files = await findVersionFiles(database.db, serviceId, version);
    const { service, findings } = await readService(files ?? {}, state.code);
    if (findings.length > 0) log.error({ serviceId, version, findings }, 'a published version has problems by now');
    if (!service) return undefined;
    const published = { listing: listingOfService(service), service, files: service.files };
    opened.set(key, published);
    return published;
  };

  /** What counts now, by service. */
  const read = async (): Promise<Map<string, Published>> => {
    const now = clock.now();
    const current = new Map(fromFolder.map((one) => [one.listing.id, one]));
    const publications = (await listPublications(database.db)).filter(({ inForceFrom }) => inForceFrom <= now);
    for (const [serviceId, all] of Map.groupBy(publications, (one) => one.serviceId)) {
      const published = await open(serviceId, all.at(-1)!.version);
      if (published) current.set(serviceId, published);
    }
    return current;
  };

  return {
    read,
    setFolder: (published: readonly Published[]) => {
      fromFolder = published;
    },
    /** Keeps a version and puts it in force from a moment on, in the transaction of whoever decides so. */
    publish: async (
      tx: Tx,
      given: { serviceId: string; label: string; files: ServiceFiles; inForceFrom: Date },
    ): Promise<string> => {
      const { serviceId, label, files, inForceFrom } = given;
      const version = versionOf(files);
      const at = clock.now();
      await keepVersion(tx, { serviceId, version, label, files, publishedAt: at });
      await insertPublication(tx, { id: newId(), serviceId, version, inForceFrom, decidedAt: at });
      return version;
    },
    /** Every version of a service there has been, the newest first; the one in force and those that will be are said to be. */
    listVersions: async (serviceId: string): Promise<KnownVersion[]> => {
      const now = clock.now();
      const current = (await read()).get(serviceId)?.listing.version;
      const publications = (await listPublications(database.db)).filter((one) => one.serviceId === serviceId);
      return (await listVersions(database.db, serviceId)).map(({ version, label, publishedAt }) => {
        const own = publications.findLast((one) => one.version === version);
        const isScheduled = own !== undefined && own.inForceFrom > now && version !== current;
        return {
          ...{ version, label, publishedAt },
          ...(own ? { inForceFrom: own.inForceFrom } : {}),
          state: version === current ? 'in-force' : isScheduled ? 'scheduled' : 'past',
        };
      });
    },
  };
}
