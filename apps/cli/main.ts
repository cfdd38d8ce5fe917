import { Problem } from '#kernel/problem';
import { readCliConfig } from './config.ts';
import { checkConnection, connect } from './connect.ts';
import { doctor } from './doctor.ts';
import { openapi } from './openapi.ts';
import { checkServices } from './services.ts';
import { verify } from './verify.ts';

const usage = `jisr: the command line of a node

  npm run jisr -- verify <file>             checks a sealed PDF, a credential (SD-JWT) or a proof (tlog-proof)
  npm run jisr -- doctor [node address]     looks for the first broken link of a running node and says how to mend it
  npm run jisr -- connect <source>          connects a registry: an OpenAPI document, a CSV or JSON file, a database
  npm run jisr -- connect check <file>      tries a registry description and says what is broken (--test NUMBER: for one person)
  npm run jisr -- service check [folder]    says in plain words what is missing in a service's folder
  npm run jisr -- openapi [--check]         writes openapi/*.json from the contracts, or says whether they are current

  JISR_NODE=http://bh.localhost:4001 names the node to ask; without it, the first node of the sample federation.
`;

const [command, ...rest] = process.argv.slice(2);
const config = readCliConfig();
const commands: Record<string, () => Promise<number>> = {
  verify: () => verify(config, rest[0]),
  doctor: () => doctor(config, rest[0]),
  connect: () => (rest[0] === 'check' ? checkConnection(config, rest.slice(1)) : connect(config, rest)),
  openapi: () => openapi(config, rest.includes('--check')),
  service: () => (rest[0] === 'check' ? checkServices(config, rest[1]) : Promise.resolve(showUsage(2))),
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
