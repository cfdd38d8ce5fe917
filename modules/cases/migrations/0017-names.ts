import { sql, type Tx } from '#kernel/database';
import { keptWords, namesIn } from '../names/words.ts';

const atOnce = 2_000;

/** By which words of the applicant's name an office finds a case: of those that are there already, too. */
export async function up(db: Tx): Promise<void> {
  await sql`create table cases.applicant_words (
    case_id uuid not null references cases.cases (id) on delete cascade,
    word text collate "C" not null,
    office_id text not null,
    primary key (case_id, word)
  )`.execute(db);
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await sql<{ id: string; case_id: string; office_id: string; field_values: object }>`
      select evidence.id, case_id, office_id, field_values from cases.evidence join cases.cases on cases.id = case_id
      where evidence_type in ('person-identity', 'company-record') and evidence.id > ${after}::uuid
      order by evidence.id limit ${sql.lit(atOnce)}`.execute(db);
    const named = rows.flatMap(({ case_id, office_id, field_values }) =>
      Object.values(namesIn(field_values as Record<string, unknown>))
        .flatMap(keptWords)
        .map((word) => ({ case_id, word, office_id })),
    );
    await sql`insert into cases.applicant_words (case_id, word, office_id)
      select case_id, word, office_id from jsonb_to_recordset(${JSON.stringify(named)}::jsonb) as named (case_id uuid, word text, office_id text)
      on conflict do nothing`.execute(db);
    if (rows.length < atOnce) break;
    after = rows.at(-1)!.id;
  }
  await sql`create index applicant_words_by_word on cases.applicant_words (office_id, word, case_id)`.execute(db);
}
