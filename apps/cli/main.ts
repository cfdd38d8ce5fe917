import { Problem } from '#kernel/problem';
import { breaches } from './breaches.ts';
import { readCliConfig } from './config.ts';
import { doctor } from './doctor.ts';
import { operateEvents } from './events.ts';
import { showCoverage } from './evidence.ts';
import { explain } from './explain.ts';
import { openapi } from './openapi.ts';
import { checkServices } from './services.ts';
import { manageSystems } from './systems.ts';
import { verify } from './verify.ts';

const usage = `jisr: the command line of a node

  npm run jisr -- verify <file>             checks a sealed PDF, a credential (SD-JWT), a proof of an exchange, a tlog-proof or
                                            a breach
      [--anchor <file|thumbprint>] [--quorum 2]   for a proof of an exchange: whom to trust; nothing is asked over the net
      [--policy <file>]                     for a tlog-proof: a C2SP tlog-policy; nothing is asked over the net
      [--log-key <key>]                     for a breach: the key of the log that is accused
  npm run jisr -- breaches [folder]         lists the logs that a node found to contradict themselves; saves the evidence
  npm run jisr -- doctor [node address]     looks for the first broken link of a running node and says how to mend it
  npm run jisr -- events <state> list       shows events that could not be delivered; retry and drop act on one
  npm run jisr -- explain <file | question id>   which check allows or refuses a question, and what would change it
  npm run jisr -- service check [folder]    says in plain words what is missing in a service's folder
  npm run jisr -- evidence [node address]   shows which evidence proves what in each state, who gives it, and the gaps
  npm run jisr -- systems                   adds, lists, rotates and removes information systems of the offices of a node
  npm run jisr -- openapi [--check]         writes openapi/*.json from the contracts, or says whether they are current

  JISR_NODE=http://bh.localhost:4001 names the node to ask; without it, the first node of the sample federation.
`;

const [command, ...rest] = process.argv.slice(2);
const config = readCliConfig();
const commands: Record<string, () => Promise<number>> = {
  verify: () => verify(config, rest),
  breaches: () => breaches(config, rest[0]),
  doctor: () => doctor(config, rest[0]),
  events: () => operateEvents(config, rest),
  explain: () => explain(config, rest[0]),
  openapi: () => openapi(config, rest.includes('--check')),
  service: () => (rest[0] === 'check' ? checkServices(config, rest[1]) : Promise.resolve(showUsage(2))),
  evidence: () => showCoverage(config, rest[0]),
  systems: () => manageSystems(config, rest),
  help: () => Promise.resolve(showUsage(0)),
};

try {
  process.exitCode = await (commands[command ?? 'help'] ?? (() => Promise.resolve(showUsage(2))))();
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.messages[config.language]);
  process.exitCode = 1;
}

function showUsage(code: number): number {
  console.log(usage);
  return code;
}
