import { readNodeConfig, startNode } from '#apps/state-node';
import type { AskEvidence } from '#modules/exchange';
import { obtainAsks } from '../consents.ts';
import { drive, type Order } from './load.ts';

// The asking state's node, with a person who gives consents in her browser and an office that then asks and asks:
// `node asker.ts <node.json> <folder of states> <address of her home> <consents> [asks of an earlier run]`.

const [configFile, statesFolder, homeUrl, count, earlier] = process.argv.slice(2) as [
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

const node = await startNode(readNodeConfig(configFile));
const asks: AskEvidence[] = earlier
  ? JSON.parse(earlier)
  : await obtainAsks({ node, statesFolder, homeUrl, person: 'fatima', fields, count: Number(count) });

process.on('message', async (order: Order) =>
  process.send!({ figures: await drive(order, (place) => node.doors.exchange.ask(asks[place % asks.length]!)) }),
);
process.on('disconnect', () => void node.stop().then(() => process.exit(0)));
process.send!({ ready: JSON.stringify(asks) });
