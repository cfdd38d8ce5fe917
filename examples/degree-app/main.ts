import { join } from 'node:path';
import { startDegreeApp } from './app.ts';

// npm run degree-app -- [state] [anchor] [port]: an outside party's app against the sample federation of `npm start`.
const [stateUrl = 'http://sa.localhost:4005', anchorId = 'http://gcc.localhost:4000', port = '4100'] =
  process.argv.slice(2);
const app = await startDegreeApp({
  port: Number(port),
  host: `my-degree.${new URL(stateUrl).hostname}`,
  stateUrl,
  anchorId,
  tier: 'sandbox',
  keyFile: join(import.meta.dirname, '..', '..', '.data', 'degree-app.key.json'),
  log: (line) => console.log(line),
});
console.log(`My Degree is at ${app.appId}. Sign in as Fatima of Bahrain.`);
process.once('SIGINT', () => void app.close());
