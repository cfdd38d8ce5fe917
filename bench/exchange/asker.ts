import { importBundled } from '#apps/bundled';
import type { AskEvidence } from '#modules/exchange';
import { obtainAsks, type Source } from '../consents.ts';
import { drive, type Order } from './load.ts';

// The asking state's node, with people who give consents in their browsers and an office that then asks and asks:
// `node asker.ts <node.json> <folder of states> <consents of each> <sources as JSON> [asks of an earlier run]`. An order says from which
// state to ask; from all in turn when it does not.

const [configFile, statesFolder, count, sources, earlier] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string?,
];
const fields = [
  'degree_level',
  'field_of_study',
  'field_code',
  'university_ar',
  'university_en',
  'university_id',
  'graduation_year',
  'gpa',
  'gpa_scale',
  'study_mode',
];

const { readNodeConfig, startNode } = await importBundled<typeof import('#apps/state-node')>('library');
const node = await startNode(readNodeConfig(configFile));
const asks: AskEvidence[] = earlier ? JSON.parse(earlier) : [];
for (const source of earlier ? [] : (JSON.parse(sources) as Source[]))
  asks.push(...(await obtainAsks({ node, statesFolder, source, fields, count: Number(count) })));

process.on('message', async ({ from, ...order }: Order & { from?: string }) => {
  const some = from === undefined ? inTurn(asks) : asks.filter(({ providerState }) => providerState === from);
  process.send!({ figures: await drive(order, (place) => node.doors.exchange.ask(some[place % some.length]!)) });
});
process.on('disconnect', () => void node.stop().then(() => process.exit(0)));
process.send!({ ready: JSON.stringify(asks) });

/** Of each state one, then of each the next. */
function inTurn(all: readonly AskEvidence[]): AskEvidence[] {
  const states = [...new Set(all.map(({ providerState }) => providerState))];
  const of = (state: string) => all.filter(({ providerState }) => providerState === state);
  return Array.from({ length: Number(count) }, (_, at) => states.flatMap((state) => of(state)[at] ?? [])).flat();
}
