import { type Field, type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';

type Posted = PageContext['form'];
/** Fields of a page that is one form, under a title of their own. */
export type Group = { title?: Text; fields: Field[] };

export const listIn = (form: Posted, name: string): string[] => [form[name] ?? []].flat();
export const both = (form: Posted, name: string): Text => ({
  ar: textOf(form[`${name}-ar`]).trim(),
  en: textOf(form[`${name}-en`]).trim(),
});
export const tick = (typed: Posted | undefined, name: string, label: Text, isOn = false): Field => ({
  name,
  kind: 'checkbox',
  label,
  ...((typed ? textOf(typed[name]) === 'yes' : isOn) ? { value: 'yes' } : {}),
});
export const line = (
  typed: Posted | undefined,
  name: string,
  kind: 'text' | 'latin',
  label: Text,
  hint?: Text,
): Field => ({
  name,
  kind,
  label,
  ...(hint ? { hint } : {}),
  value: textOf(typed?.[name]),
});
