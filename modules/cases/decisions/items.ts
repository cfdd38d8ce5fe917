import type { Tx } from '#kernel/database';
import { type Answers, type CaseForm, type Item, itemsIn, type Service } from '#modules/catalogue';
import { formOfCase } from '../evidence/conditions.ts';
import { readOwnWords } from '../own-words.ts';
import { problem } from '../problems.ts';
import { listAnswers } from '../store.ts';
import type { Decision, ItemDecision } from './contract.ts';
import type { ItemBody } from './rules.ts';

/** What a case asks for that its service decides one by one; nothing of a service that does not. */
export function itemsOf({ casework }: Pick<Service, 'casework'>, form: CaseForm, answers: Answers): Item[] {
  const rules = casework.decisions?.items;
  return rules ? itemsIn(form, rules.question, answers) : [];
}

export async function readItemsOf(tx: Tx, caseId: string, service: Service): Promise<Item[]> {
  if (!service.casework.decisions?.items) return [];
  return itemsOf(service, await formOfCase(tx, caseId, service.form), (await listAnswers(tx, caseId)).answers);
}

export const grantAll = (items: readonly Item[]): ItemBody[] => items.map((item) => ({ ...item, outcome: 'approved' }));

/**
 * What an officer decides on the items of a case. Without a word on any of them an approval grants them all. Throws `items-not-decided` where one is left
 * out or is none of the case, `items-all-refused`, and `reasons-missing` where a refused one has no reason.
 */
export function readItems(
  service: Service,
  items: readonly Item[],
  outcome: 'approve' | 'refuse',
  posted: readonly ItemDecision[] = [],
  mayAllBeRefused = service.casework.decisions?.items?.mayAllBeRefused,
): ItemBody[] {
  if (posted.length === 0) return outcome === 'refuse' ? [] : grantAll(items);
  if (outcome === 'refuse') throw problem('items-not-decided', { items: { ar: '—', en: '—' } });
  const open = items.filter(({ id }) => posted.filter((one) => one.id === id).length !== 1);
  if (open.length > 0 || posted.length !== items.length) {
    const name = (language: 'ar' | 'en') => open.map(({ label }) => label[language]).join(' · ') || '—';
    throw problem('items-not-decided', { items: { ar: name('ar'), en: name('en') } });
  }
  const decided = items.map((item): ItemBody => {
    const one = posted.find(({ id }) => id === item.id)!;
    if (one.outcome === 'approve') return { ...item, outcome: 'approved' };
    const { reasonIds = [] } = one;
    const fits = reasonIds.every((id) => {
      const reason = Object.hasOwn(service.reasons, id) ? service.reasons[id] : undefined;
      return reason?.forOfficer && reason.outcome === 'refuse';
    });
    const ownWords = readOwnWords(one);
    if (!fits || (reasonIds.length === 0 && !ownWords)) throw problem('item-reason-missing', { items: item.label });
    return { ...item, outcome: 'refused', reasonIds, ...(ownWords ? { ownWords } : {}) };
  });
  const isNothingGranted = decided.length > 0 && decided.every((item) => item.outcome === 'refused');
  if (isNothingGranted && !mayAllBeRefused) throw problem('items-all-refused');
  return decided;
}

/** What an appeal against an approval in part can change: what was refused. */
export const refusedItems = ({ items = [] }: Pick<Decision, 'items'>) =>
  items.filter((item) => item.outcome === 'refused');

/** What was granted stays, in the order of the decision before; a word on each of the others takes its place. */
export function replaceItems(before: readonly ItemBody[], after: readonly ItemBody[]): ItemBody[] {
  return before.map((item) => after.find(({ id }) => id === item.id) ?? item);
}
