import { parseArgs } from 'node:util';
import { Problem } from '#kernel/problem';
import { readCliConfig } from './config.ts';
import { doctor } from './doctor/doctor.ts';
import { type MonitorFilters, monitor } from './monitor.ts';
import { openapi } from './openapi.ts';
import { checkServices } from './services.ts';
import { verify } from './verify.ts';

const usage = `jisr: the command line of a node

  npm run jisr -- verify <file>             checks a sealed PDF, a credential (SD-JWT) or a proof (tlog-proof)
  npm run jisr -- doctor [node]             looks for the first broken link of a running node and says how to mend it
      --all goes on after it, --json for programs; on the machine of the node it looks inside
  npm run jisr -- monitor [node]            exchanges of the last hour: how many, how long, which refusals
      --list each of them, --json as X-Road operational data, --since --until --side asking|answering --office
      --evidenceType --code --given yes|no --peer --limit choose among them
  npm run jisr -- service check [folder]    says in plain words what is missing in a service's folder
  npm run jisr -- openapi [--check]         writes openapi/*.json from the contracts, or says whether they are current

  A node is named by its address or its node.json, or by JISR_NODE; without any, it is the first of the sample federation.
  --lang ar|en chooses the language; without it, LANG does.
`;

const filterNames = ['since', 'until', 'side', 'office', 'evidenceType', 'code', 'given', 'peer', 'limit'] as const;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: flag,
      json: flag,
      list: flag,
      check: flag,
      lang: text,
      ...(Object.fromEntries(filterNames.map((name) => [name, text])) as Record<
        (typeof filterNames)[number],
        typeof text
      >),
    },
  });
  const [command = 'help', first, second] = positionals;
  const config = readCliConfig(values.lang);
  const { all = false, json = false, list = false, check = false } = values;
  const filters = Object.fromEntries(
    filterNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  ) as MonitorFilters;
  const commands: Record<string, () => Promise<number>> = {
    verify: () => verify(config, first),
    doctor: () => doctor(config, { node: first, all, json }),
    monitor: () => monitor(config, { node: first, list, json, filters }),
    openapi: () => openapi(config, check),
    service: () => (first === 'check' ? checkServices(config, second) : Promise.resolve(showUsage(2))),
    help: () => Promise.resolve(showUsage(0)),
  };
  process.exitCode = await (commands[command] ?? (() => Promise.resolve(showUsage(2))))();
} catch (error) {
  const code = (error as { code?: string }).code ?? '';
  if (error instanceof Problem) console.error(error.messages[readCliConfig().language]);
  else if (code.startsWith('ERR_PARSE_ARGS')) console.error((error as Error).message);
  else throw error;
  process.exitCode = code.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}

function showUsage(code: number): number {
  console.log(usage);
  return code;
}
