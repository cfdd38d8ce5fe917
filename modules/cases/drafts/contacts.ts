import type { Text } from '#kernel/languages';
import { type Answers, contactIn, type Service } from '#modules/catalogue';
import { formOfCase } from '../evidence/conditions.ts';
import { readAnswers } from '../files/answers.ts';
import type { CasesNeeds } from '../needs.ts';
import type { Person } from '../rules.ts';
import { listCasesOf } from '../store.ts';

const confirmed: Text = { ar: 'عنوانك المؤكد لدى هذه البوابة', en: 'Your own address, confirmed at this portal' };
/** How many of the last applications are looked at: most forms ask where to tell somebody. */
const lookedAt = 5;

/**
 * First values for the questions of a form that say where somebody is told: what whoever fills it in has confirmed here, else what they wrote in
 * the last application that they sent in the same capacity. For a page that asks and is not answered yet; nothing is an answer before it is saved.
 */
export async function findContactValues(
  needs: CasesNeeds,
  person: Person,
  { form }: Service,
  { pageId, answers }: { pageId: string; answers: Answers },
): Promise<Record<string, { value: string; source: Text }>> {
  const { contact = {}, pages } = form.definition;
  const open = pages.find(({ id }) => id === pageId)?.questions.filter((id) => answers[id] === undefined) ?? [];
  const asked = (['email', 'mobile'] as const).filter((part) => contact[part] && open.includes(contact[part]));
  if (asked.length === 0) return {};
  const { representative } = person;
  // Of a company, and of whoever has only lent somebody their word, a private address is nobody's first thought.
  const own = !representative || representative.kind === 'guardian' ? (representative ?? person).personId : undefined;
  const known = (own && (await needs.findAddresses?.(own))) || {};
  const found = new Map(
    asked.flatMap((part) => (known[part] ? [[part, { value: known[part], source: confirmed }]] : [])),
  );
  if (found.size < asked.length) {
    const earlier = await findLastContact(needs, person);
    for (const part of asked)
      if (!found.has(part) && earlier?.[part]) found.set(part, { value: earlier[part], source: earlier.source });
  }
  return Object.fromEntries([...found].map(([part, value]) => [contact[part]!, value]));
}

async function findLastContact(needs: CasesNeeds, { personId, representative }: Person) {
  const { db } = needs.database;
  const sent = (await listCasesOf(db, personId))
    .filter(({ submittedAt, erasedAt }) => submittedAt && !erasedAt)
    .filter((row) => row.representative?.personId === representative?.personId)
    .slice(0, lookedAt);
  for (const row of sent) {
    const { form } = await needs.catalogue.getService(row.serviceId, row.serviceVersion);
    if (!form.definition.contact) continue;
    const { answers } = await readAnswers(db, row.id);
    const source = { ar: `من طلبك ${row.reference}`, en: `From your application ${row.reference}` };
    return { ...contactIn(await formOfCase(db, row.id, form), answers), source };
  }
  return undefined;
}
