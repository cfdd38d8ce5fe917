import { Problem } from '#kernel/problem';
import { breaches } from './breaches.ts';
import { readCliConfig } from './config.ts';
import { doctor } from './doctor.ts';
import { openapi } from './openapi.ts';
import { checkServices } from './services.ts';
import { verify } from './verify.ts';

const usage = `jisr: the command line of a node

  npm run jisr -- verify <file>             checks a sealed PDF, a credential (SD-JWT), a proof (tlog-proof) or a breach
                                            (without a node: a proof with --policy FILE, a C2SP tlog-policy; a breach
                                            with --log-key KEY)
  npm run jisr -- breaches [folder]         lists the logs that a node found to contradict themselves; saves the evidence
  npm run jisr -- doctor [node address]     looks for the first broken link of a running node and says how to mend it
  npm run jisr -- service check [folder]    says in plain words what is missing in a service's folder
  npm run jisr -- openapi [--check]         writes openapi/*.json from the contracts, or says whether they are current

  JISR_NODE=http://bh.localhost:4001 names the node to ask; without it, the first node of the sample federation.
`;

const [command, ...rest] = process.argv.slice(2);
const config = readCliConfig();
const commands: Record<string, () => Promise<number>> = {
  verify: () => {
    const optionOf = (flag: string) => (rest[1] === flag ? rest[2] : undefined);
    const [logKey, policyFile] = [optionOf('--log-key'), optionOf('--policy')];
    return verify(config, rest[0], { ...(logKey ? { logKey } : {}), ...(policyFile ? { policyFile } : {}) });
  },
  breaches: () => breaches(config, rest[0]),
  doctor: () => doctor(config, rest[0]),
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
