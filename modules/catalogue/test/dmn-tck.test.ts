import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDecisions } from '../decisions/read.ts';
import { evaluateDecision } from '../decisions/rules.ts';

const folder = join(import.meta.dirname, 'dmn-tck', 'compliance-level-2');

type XmlNode = { name: string; attributes: Record<string, string>; children: XmlNode[]; text: string };

/** Reads the kit's own regular test files only: no entities beyond the five, no CDATA, no processing instructions. */
function readXml(xml: string): XmlNode {
  const root: XmlNode = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  for (const match of xml.matchAll(
    /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([\w:]+)((?:\s+[\w:]+="[^"]*")*)\s*(\/?)>|([^<]+)/g,
  )) {
    const [, closing, name, attributes, selfClosing, text] = match;
    const top = open.at(-1)!;
    if (text !== undefined) top.text += decode(text);
    if (!name) continue;
    if (closing) {
      open.pop();
      continue;
    }
    const pairs = [...(attributes ?? '').matchAll(/([\w:]+)="([^"]*)"/g)].map((pair) => [pair[1]!, decode(pair[2]!)]);
    const node: XmlNode = { name, attributes: Object.fromEntries(pairs), children: [], text: '' };
    top.children.push(node);
    if (!selfClosing) open.push(node);
  }
  return root.children[0]!;
}

function decode(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

function readValue(node: XmlNode): unknown {
  const child = (name: string) => node.children.filter((candidate) => candidate.name === name);
  if (child('list').length > 0) return child('list')[0]!.children.map(readValue);
  if (child('component').length > 0)
    return Object.fromEntries(
      child('component').map((component) => [component.attributes['name'], readValue(component)]),
    );
  const value = child('value')[0];
  if (!value || value.attributes['xsi:nil'] === 'true') return null;
  const text = value.text;
  if (value.attributes['xsi:type'] === 'xsd:decimal') return Number(text);
  if (value.attributes['xsi:type'] === 'xsd:boolean') return text === 'true';
  return text;
}

function same(actual: unknown, expected: unknown): boolean {
  if (typeof expected === 'number' && typeof actual === 'number')
    return Math.abs(actual - expected) <= 1e-8 * Math.max(1, Math.abs(expected));
  if (Array.isArray(expected))
    return (
      Array.isArray(actual) && actual.length === expected.length && expected.every((item, at) => same(actual[at], item))
    );
  if (typeof expected === 'object' && expected !== null)
    return (
      typeof actual === 'object' &&
      actual !== null &&
      Object.keys(actual).length === Object.keys(expected).length &&
      Object.entries(expected).every(([key, item]) => same((actual as Record<string, unknown>)[key], item))
    );
  return actual === expected;
}

describe('DMN technology compatibility kit, level 2', async () => {
  let count = 0;
  for (const name of readdirSync(folder).sort()) {
    const model = await readDecisions(readFileSync(join(folder, name, `${name}.dmn`), 'utf8'));
    const cases = readXml(readFileSync(join(folder, name, `${name}-test-01.xml`), 'utf8'));
    for (const testCase of cases.children.filter((node) => node.name === 'testCase')) {
      const id = `${name}/${testCase.attributes['id']}`;
      count += 1;
      const inputs = testCase.children.filter((node) => node.name === 'inputNode');
      const context = Object.fromEntries(inputs.map((node) => [node.attributes['name']!, readValue(node)]));
      for (const result of testCase.children.filter((node) => node.name === 'resultNode')) {
        test(`${id} decides ${result.attributes['name']}`, () => {
          const expected = readValue(result.children.find((node) => node.name === 'expected')!);
          const actual = evaluateDecision(model, result.attributes['name']!, context);
          expect(
            same(actual.value, expected),
            `got ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`,
          ).toBe(true);
        });
      }
    }
  }
  test('the kit is complete: 116 cases', () => expect(count).toBe(116));
});
