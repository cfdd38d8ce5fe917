import type { Text } from '#kernel/languages';
import type { FeeDefinition, Offering, ServiceDefinition, ServiceFiles, ServiceTests } from '#modules/catalogue';
import { printJson, readJson } from '../places.ts';
import { credentialName, firstLabel } from './blank.ts';

/**
 * The files of a service as another one of this state: by its own name, offered by one office alone. Amounts and test cases of other states stay behind, and so do
 * the offers: what happens in a life is answered by one service.
 */
export function copyFiles(files: ServiceFiles, of: { id: string; title: Text; offering: Offering }): ServiceFiles {
  const { id, title, offering } = of;
  const { 'offers.json': _offers, 'fee.json': _fee, 'tests.json': _tests, ...rest } = files;
  const definition = readJson<ServiceDefinition>(files, 'service.json')!;
  const credential = readJson<{ vct: string; names: Text }>(files, 'credential.json')!;
  const fee = readJson<FeeDefinition>(files, 'fee.json');
  const amounts = fee?.amounts.filter(({ state }) => state === offering.state) ?? [];
  const tests = readJson<ServiceTests>(files, 'tests.json');
  const cases = tests?.cases.filter(({ state }) => state === offering.state) ?? [];
  const eligibility = tests?.eligibility?.filter(({ state }) => state === undefined || state === offering.state) ?? [];
  return {
    ...rest,
    'service.json': printJson({
      ...definition,
      id,
      version: firstLabel,
      title,
      offeredBy: [offering],
      document: { ...definition.document, title },
    } satisfies ServiceDefinition),
    'credential.json': printJson({ ...credential, vct: credentialName(id), names: title }),
    'decision.dmn': renamed(files['decision.dmn']!, definition.id, id),
    ...(files['eligibility.dmn'] ? { 'eligibility.dmn': renamed(files['eligibility.dmn'], definition.id, id) } : {}),
    ...(fee && amounts.length > 0 ? { 'fee.json': printJson({ ...fee, amounts }) } : {}),
    ...(cases.length > 0
      ? { 'tests.json': printJson({ cases, ...(eligibility.length > 0 ? { eligibility } : {}) }) }
      : {}),
  };
}

const renamed = (xml: string, before: string, after: string) =>
  xml.replaceAll(`urn:jisr:service:${before}`, `urn:jisr:service:${after}`);
