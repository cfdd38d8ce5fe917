import { sql, type Tx } from '#kernel/database';

export type OpeningRow = { serviceId: string; personId: string; askedAt: Date };

/** Whoever asked before keeps the time of then. */
export async function insertOpening(db: Tx, { serviceId, personId, askedAt }: OpeningRow): Promise<void> {
  await sql`insert into offers.openings (service_id, person_id, asked_at)
    values (${serviceId}, ${personId}, ${askedAt}) on conflict do nothing`.execute(db);
}

/** The row that was there; undefined where nothing was asked, or another process has told it. */
export async function takeOpening(tx: Tx, serviceId: string, personId: string): Promise<OpeningRow | undefined> {
  const { rows } = await sql<OpeningRow>`delete from offers.openings
    where service_id = ${serviceId} and person_id = ${personId}
    returning service_id as "serviceId", person_id as "personId", asked_at as "askedAt"`.execute(tx);
  return rows[0];
}

export async function listOpeningsOf(db: Tx, personId: string): Promise<OpeningRow[]> {
  const { rows } = await sql<OpeningRow>`select service_id as "serviceId", person_id as "personId",
    asked_at as "askedAt" from offers.openings where person_id = ${personId} order by asked_at desc, service_id`.execute(
    db,
  );
  return rows;
}

/** The services that anybody waits for. */
export async function listAwaitedServices(db: Tx): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select distinct service_id as id from offers.openings`.execute(db);
  return rows.map(({ id }) => id);
}

/** Who waits for a service, whoever waits longest first, so many at once. */
export async function listWaiting(db: Tx, serviceId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select person_id as id from offers.openings
    where service_id = ${serviceId} order by asked_at, person_id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

export async function dropOpenings(
  db: Tx,
  which: { serviceId: string } | { personId: string } | { askedBefore: Date },
): Promise<void> {
  const condition =
    'serviceId' in which
      ? sql`service_id = ${which.serviceId}`
      : 'personId' in which
        ? sql`person_id = ${which.personId}`
        : sql`asked_at < ${which.askedBefore}`;
  await sql`delete from offers.openings where ${condition}`.execute(db);
}
