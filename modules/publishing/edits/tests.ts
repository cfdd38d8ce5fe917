import type { EligibilityCase, ServiceFiles, ServiceTests, TestCase } from '#modules/catalogue';
import { printJson, readJson } from '../places.ts';

const testsOf = (files: ServiceFiles): Partial<ServiceTests> => readJson<ServiceTests>(files, 'tests.json') ?? {};

/** Adds a test case, or puts it in the place of the one called `known`. */
export function putTest(files: ServiceFiles, test: TestCase, known?: string): ServiceFiles {
  const { cases = [], ...others } = testsOf(files);
  return { ...files, 'tests.json': printJson({ cases: put(cases, test, known), ...others }) };
}

export function removeTest(files: ServiceFiles, id: string): ServiceFiles {
  const { cases = [], ...others } = testsOf(files);
  const next = cases.filter((one) => one.id !== id);
  const { 'tests.json': _, ...rest } = files;
  return next.length === 0 && !others.eligibility
    ? rest
    : { ...rest, 'tests.json': printJson({ cases: next, ...others }) };
}

/** The same of the check before one applies. */
export function putEligibilityTest(files: ServiceFiles, test: EligibilityCase, known?: string): ServiceFiles {
  const { eligibility = [], ...others } = testsOf(files);
  return { ...files, 'tests.json': printJson({ ...others, eligibility: put(eligibility, test, known) }) };
}

export function removeEligibilityTest(files: ServiceFiles, id: string): ServiceFiles {
  const { eligibility = [], ...others } = testsOf(files);
  const next = eligibility.filter((one) => one.id !== id);
  return { ...files, 'tests.json': printJson({ ...others, ...(next.length > 0 ? { eligibility: next } : {}) }) };
}

function put<Case extends { id: string }>(cases: readonly Case[], test: Case, known: string | undefined): Case[] {
  const at = cases.findIndex(({ id }) => id === known);
  return at < 0 ? [...cases, test] : cases.toSpliced(at, 1, test);
}
