import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Draws architecture.json into docs/architecture.md: `node tests/guards/draw.ts`. A test holds the page to it.

type Map = {
  layers: Array<{ name: string; folder: string; purpose: string }>;
  groups: Record<string, string>;
  modules: Record<string, { group: string; purpose: string; uses: string[] }>;
  apps: Record<string, { purpose: string; uses: string[] }>;
  beside: Record<string, string>;
};

const root = join(import.meta.dirname, '..', '..');
const page = join(root, 'docs', 'architecture.md');
const start = '<!-- drawn from architecture.json: node tests/guards/draw.ts -->';
const end = '<!-- end of the drawing -->';

/** The drawing and the tables of the page, as Markdown. */
export function draw(map: Map): string {
  const purposeOf = (name: string) => map.layers.find((layer) => layer.name === name)!.purpose;
  const box = (id: string, label: string) => `    ${id}["${label}"]`;
  const lines = [
    '```mermaid',
    'flowchart TB',
    '  subgraph apps["apps: things that start"]',
    ...Object.keys(map.apps).map((app) => box(`app-${app}`, app)),
    '  end',
    ...Object.keys(map.groups).flatMap((group) => [
      `  subgraph group-${group}["modules: ${group}"]`,
      ...Object.entries(map.modules)
        .filter(([, module]) => module.group === group)
        .map(([name]) => box(name, name)),
      '  end',
    ]),
    '  kernel["kernel: tools without a domain word"]',
    '  protocol["protocol: what states agree on"]',
    ...Object.entries(map.modules).flatMap(([name, { uses }]) => uses.map((used) => `  ${name} --> ${used}`)),
    '  apps ==> group-cooperation & group-services & group-data & group-trust',
    '  group-cooperation & group-services & group-data & group-trust ==> kernel',
    '  kernel ==> protocol',
    '```',
    '',
    '| layer | purpose |',
    '|---|---|',
    ...map.layers.map(({ name }) => `| \`${name}/\` | ${purposeOf(name)} |`),
    ...Object.entries(map.beside).map(([name, purpose]) => `| \`${name}/\` | ${purpose} |`),
    '',
    '| module | purpose | may use |',
    '|---|---|---|',
    ...Object.entries(map.modules).map(
      ([name, { purpose, uses }]) =>
        `| [${name}](../modules/${name}/README.md) | ${purpose} | ${uses.join(', ') || 'none'} |`,
    ),
    '',
    '| app | purpose |',
    '|---|---|',
    ...Object.entries(map.apps).map(([name, { purpose }]) => `| \`apps/${name}\` | ${purpose} |`),
  ];
  return lines.join('\n');
}

/** The page with its drawing made anew. */
export function redraw(text: string, map: Map): string {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from < 0 || to < 0) throw new Error('docs/architecture.md has lost the marks between which the drawing stands');
  return `${text.slice(0, from + start.length)}\n\n${draw(map)}\n\n${text.slice(to)}`;
}

export function readMap(): Map {
  return JSON.parse(readFileSync(join(root, 'architecture.json'), 'utf8')) as Map;
}

if (import.meta.main) writeFileSync(page, redraw(readFileSync(page, 'utf8'), readMap()));
