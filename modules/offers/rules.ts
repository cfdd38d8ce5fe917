import { formatDate, type Text } from '#kernel/languages';
import type { OfferedTo, OfferRule } from '#modules/catalogue';
import { findEventType } from '#protocol/event-types';

const dayMs = 86_400_000;

/** A day so many days later, ISO 8601. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** Whether a service is for people of this state, of others, or for both. */
export function isFor(to: OfferedTo, isOwnPerson: boolean): boolean {
  return to === 'everybody' || (to === 'own-people') === isOwnPerson;
}

/**
 * Whether services are offered at all for a kind of event. People of this state are, until they say never; of people of other states
 * nothing is asked and nothing is offered before they say that they want it.
 */
export function isWanted(chosen: boolean | undefined, isOwnPerson: boolean): boolean {
  return chosen ?? isOwnPerson;
}

/** The values of an event that fill questions, by question; a field that was not told fills nothing. */
export function fillsOf(fills: Record<string, string>, data: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fills).flatMap(([questionId, field]) => {
      const value = data[field];
      return typeof value === 'string' || typeof value === 'number' ? [[questionId, String(value)]] : [];
    }),
  );
}

/** What a page says a value is from. */
export function sourceOf({ event }: Pick<OfferRule, 'event'>): Text {
  return { ar: `من السجل الرسمي: ${event.ar}`, en: `From the official record: ${event.en}` };
}
export const ownAddress: Text = {
  ar: 'من عنوانك المؤكد في «الرسائل»',
  en: 'From: your confirmed address under “Messages”',
};

/** A value as people read it: a day in words, a code by its name. */
export function sayValue(typeId: string, field: string, value: string): Text {
  const known = findEventType(typeId)?.fields[field];
  const words = known?.values?.[value];
  if (words) return words;
  if (known?.schema['format'] !== 'date') return { ar: value, en: value };
  const at = new Date(`${value}T12:00:00Z`);
  return { ar: formatDate(at, 'ar', { timeZone: 'UTC' }), en: formatDate(at, 'en', { timeZone: 'UTC' }) };
}
