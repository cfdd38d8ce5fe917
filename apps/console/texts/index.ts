import { type Tables, useTable } from '#apps/portal';
import { ar } from './ar.ts';
import { en } from './en.ts';

export type ConsoleKey = keyof typeof en;
export const consoleTexts: Tables<ConsoleKey> = { ar, en };

export function useConsoleTexts() {
  return useTable(consoleTexts);
}
