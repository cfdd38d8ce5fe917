import type { ServiceFiles, ServiceTests, TestCase } from '#modules/catalogue';
import { printJson, readJson } from '../places.ts';

/** Adds a test case, or puts it in the place of the one called `known`. */
export function putTest(files: ServiceFiles, test: TestCase, known?: string): ServiceFiles {
  const cases = readJson<ServiceTests>(files, 'tests.json')?.cases ?? [];
  const at = cases.findIndex(({ id }) => id === known);
  const next = at < 0 ? [...cases, test] : cases.toSpliced(at, 1, test);
  return { ...files, 'tests.json': printJson({ cases: next }) };
}

export function removeTest(files: ServiceFiles, id: string): ServiceFiles {
  const cases = (readJson<ServiceTests>(files, 'tests.json')?.cases ?? []).filter((one) => one.id !== id);
  const { 'tests.json': _, ...rest } = files;
  return cases.length === 0 ? rest : { ...rest, 'tests.json': printJson({ cases }) };
}
