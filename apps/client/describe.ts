import { casesContract } from '#modules/cases';
import { exchangeContract } from '#modules/exchange';
import { type EvidenceField, evidenceTypes, purposes, requirements } from '#protocol/catalogue';
import { documentRule } from '#protocol/document';

/** The catalogue as types: the content of `catalogue.ts`, which a test holds to it. */
export function describeCatalogue(): string {
  const { readService, answerQuestion, fetchDocument, requestConsent } = exchangeContract.endpoints;
  const codes = new Set<string>([
    ...readService.refusals,
    ...answerQuestion.refusals,
    ...fetchDocument.refusals,
    ...requestConsent.refusals,
    ...Object.values(casesContract.endpoints).flatMap(({ path, refusals }) =>
      path.startsWith('/api/systems/') ? refusals : [],
    ),
    'node-unreachable',
  ]);
  const lines = [
    '// Made from the catalogue of evidence by `node apps/client/types-main.ts`; change that, not this.',
    '',
    '/** Every evidence type with its fields, as one full record has them. */',
    'export type EvidenceTypes = {',
    ...evidenceTypes.flatMap(({ id, version, names, fields }) => [
      `  /** ${names.en} · ${names.ar} */`,
      `  ${quote(id)}: {`,
      `    version: ${quote(version)};`,
      '    fields: {',
      ...Object.entries(fields).flatMap(([name, field]) => [
        `      /** ${field.names.en} · ${field.names.ar} */`,
        `      ${name}: ${typeOf(field)};`,
      ]),
      '    };',
      '  };',
    ]),
    '};',
    '',
    `export type Purpose = ${unionOf(purposes.map(({ id }) => id))};`,
    '',
    `export type Requirement = ${unionOf(requirements.map(({ id }) => id))};`,
    '',
    '/** The codes known when this was made; a newer node may have more. */',
    'export type RefusalCode =',
    ...[...codes].sort().map((code) => `  | ${quote(code)}`),
    '  | (string & {});',
  ];
  return `${lines.join('\n')}\n`;
}

function typeOf(field: EvidenceField): string {
  const { schema } = field;
  const rule = documentRule(field);
  if (rule) return `{ mediaType: ${unionOf(rule.mediaTypes)}; size: number; digest: string }`;
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => quote(value)).join(' | ');
  const type = String(schema['type']);
  const known: Record<string, string> = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean' };
  return known[type] ?? 'unknown';
}

function unionOf(names: readonly string[]): string {
  return names.map(quote).join(' | ');
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
