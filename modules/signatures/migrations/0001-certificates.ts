import { sql, type Tx } from '#kernel/database';

export async function up(db: Tx): Promise<void> {
  // Certificates are never changed or removed: seals made under an old one are checked with it.
  await sql`
    create table signatures.certificates (
      serial text primary key,
      subject text not null,
      key_id text not null,
      certificate bytea not null,
      valid_from timestamptz not null,
      valid_until timestamptz not null
    )`.execute(db);
  await sql`create index certificates_subject on signatures.certificates (subject, key_id)`.execute(db);
}
