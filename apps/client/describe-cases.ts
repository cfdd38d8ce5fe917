import { Text } from '#kernel/languages';
import { CaseState, casesContract } from '#modules/cases';

type Schema = {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
};

/** What a system sends and gets of the cases of its office, as types: the content of `case-types.ts`, which a test holds to the contract. */
export function describeCases(): string {
  const {
    followCases,
    listOfficersForSystem,
    getCaseForSystem,
    takeCaseForSystem,
    askForMoreForSystem,
    markPointForSystem,
    decideCaseForSystem,
  } = casesContract.endpoints;
  const types: Array<[name: string, says: string, schema: unknown]> = [
    ['CaseFeed', 'What changed in the cases of the office: go on from `next`.', followCases.answer],
    ['OfficeOfficers', 'The officers of the office, whom a system can name.', listOfficersForSystem.answer],
    ['OfficeCase', 'One case as an officer with the roles of the system reads it.', getCaseForSystem.answer],
    ['CaseStanding', 'Where a case stands after a write.', takeCaseForSystem.answer],
    ['TakeCase', 'Takes a case, for the system or for the officer named.', takeCaseForSystem.body],
    [
      'AskForMore',
      'Asks the person for what the service lists, for papers, or in own words.',
      askForMoreForSystem.body,
    ],
    ['MarkPoint', 'Marks a point of the checklist that the officer named has checked.', markPointForSystem.body],
    ['DecideCase', 'The decision of the officer named.', decideCaseForSystem.body],
  ];
  return [
    '// Made from the contract of cases by `node apps/client/types-main.ts`; change that, not this.',
    "import type { Names } from './answers.ts';",
    '',
    `export type CaseState = ${(CaseState as Schema).enum!.map(literal).join(' | ')};`,
    ...types.flatMap(([name, says, schema]) => [
      '',
      `/** ${says} */`,
      `export type ${name} = ${typeOf(schema as Schema, '')};`,
    ]),
    '',
  ].join('\n');
}

/** What has a name of its own in the package. */
const named = new Map([
  [JSON.stringify(Text), 'Names'],
  [JSON.stringify(CaseState), 'CaseState'],
]);
const widest = 110;

function typeOf(schema: Schema, indent: string): string {
  const name = named.get(JSON.stringify(schema));
  if (name) return name;
  const { type, enum: choices, anyOf, items, properties, required = [] } = schema;
  if (schema.const !== undefined) return literal(schema.const);
  if (choices) return choices.map(literal).join(' | ');
  if (anyOf) return anyOf.map((one) => typeOf(one, indent)).join(' | ');
  if (type === 'array') {
    const of = typeOf(items ?? {}, indent);
    return /^\w+$/.test(of) || (of.startsWith('{') && of.endsWith('}')) ? `${of}[]` : `Array<${of}>`;
  }
  if (properties) {
    const inner = `${indent}  `;
    const lines = Object.entries(properties).map(
      ([name, one]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(one, inner)};`,
    );
    const short = `{ ${lines.join(' ').replace(/;$/, '')} }`;
    if (short.length + indent.length < widest && !short.includes('\n')) return short;
    return `{\n${lines.map((line) => `${inner}${line}`).join('\n')}\n${indent}}`;
  }
  if (type === 'object') return 'Record<string, unknown>';
  return { string: 'string', integer: 'number', number: 'number', boolean: 'boolean' }[type ?? ''] ?? 'unknown';
}

const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));
