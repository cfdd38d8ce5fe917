import { importBundled } from '#apps/bundled';
import { numberOf, obtainAsks } from '../consents.ts';
import { drive, type Order, type SizeName } from './load.ts';

// The asking state's node, whose office has two people's consent and fetches their scans:
// `node asker.ts <node.json> <folder of states> <address of their home>`.

const [configFile, statesFolder, homeUrl] = process.argv.slice(2) as [string, string, string];
const { readNodeConfig, startNode } = await importBundled<typeof import('#apps/state-node')>('library');
const node = await startNode(readNodeConfig(configFile));
const { exchange } = node.doors;

const answerAbout = async (key: string) => {
  const fields = ['degree_level', 'field_of_study', 'field_code', 'university_ar', 'university_en', 'university_id'];
  const source = { homeState: 'BH', homeUrl, nationalId: numberOf(statesFolder, 'BH', key) };
  const consenting = { node, statesFolder, source, count: 1 };
  const [ask] = await obtainAsks({ ...consenting, fields: [...fields, 'graduation_year', 'diploma_scan'] });
  return exchange.ask(ask!);
};
const answers: Record<SizeName, Awaited<ReturnType<typeof answerAbout>>> = {
  small: await answerAbout('yousif'),
  large: await answerAbout('fatima'),
};

process.on('message', async (order: Order) => {
  const { questionId, fields } = answers[order.size];
  const of = { officeId: 'moe', questionId, field: 'diploma_scan', fields };
  process.send!({ figures: await drive(order, async () => (await exchange.fetchDocument(of)).stream) });
});
process.on('disconnect', () => void node.stop().then(() => process.exit(0)));
process.send!({ ready: 'asker' });
