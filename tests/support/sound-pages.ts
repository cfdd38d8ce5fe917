import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { findFlaws, findLatinWords, findSidewaysScroll, findViolations } from './browser.ts';

/** No violation of WCAG 2.2 AA, nothing out of place, no sideways scrolling, and no foreign words on an Arabic page. */
export async function expectSound(page: Page, axe: string, language: 'ar' | 'en', known: string[]): Promise<void> {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await findViolations(page, axe), page.url()).toEqual([]);
    expect(await findFlaws(page), page.url()).toEqual([]);
  }
  expect(await findSidewaysScroll(page), page.url()).toEqual([]);
  if (language === 'ar') expect(await findLatinWords(page, known), page.url()).toEqual([]);
}
