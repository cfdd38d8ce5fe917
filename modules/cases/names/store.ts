import { sql, type Tx } from '#kernel/database';
import { keptWords, namesIn } from './words.ts';

/** Lets officers of the office in charge find the case by the names that evidence or a correction gives. */
export async function keepNames(tx: Tx, caseId: string, values: Record<string, unknown>): Promise<void> {
  const words = [...new Set(Object.values(namesIn(values)).flatMap(keptWords))];
  if (words.length === 0) return;
  await sql`insert into cases.applicant_words (case_id, word, office_id)
    select id, word, office_id from cases.cases, unnest(${words}::text[]) as word where id = ${caseId}::uuid
    on conflict do nothing`.execute(tx);
}

const last = '\u{10ffff}';

/** Of a row of `cases.cases`: every word begins a word of the applicant's name. Nothing fits no words. */
export const isNamed = (officeId: string, words: readonly string[]) =>
  words.length === 0
    ? sql`false`
    : sql.join(
        words.map(
          (word) => sql`id in (select case_id from cases.applicant_words
            where office_id = ${officeId} and word >= ${word} and word < ${word + last})`,
        ),
        sql` and `,
      );
