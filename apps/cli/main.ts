import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem } from '#kernel/problem';
import { readCliConfig } from './config.ts';
import type { MonitorFilters } from './monitor.ts';

const usage = `jisr: the command line of a node

  npm run jisr -- verify <file>             checks a sealed PDF, a credential (SD-JWT), a proof of an exchange, a tlog-proof or
                                            a breach
      [--anchor <file|thumbprint>] [--quorum 2] [--stamped]   for a proof of an exchange: whom to trust; nothing is asked over the net
      [--document <file>]                   and whether a file is the document that was answered
      [--policy <file>]                     for a tlog-proof: a C2SP tlog-policy; nothing is asked over the net
      [--log-key <key>]                     for a breach: the key of the log that is accused
  npm run jisr -- breaches [folder]         lists the logs that a node found to contradict themselves; saves the evidence
  npm run jisr -- doctor [node]             looks for the first broken link of a running node and says how to mend it
      --all goes on after it, --json for programs; on the machine of the node it looks inside
  npm run jisr -- monitor [node]            exchanges of the last hour: how many, how long, which refusals
      --list each of them, --json as X-Road operational data, --since --until --side asking|answering --office
      --evidenceType --code --given yes|no --peer --limit choose among them
  npm run jisr -- events <node> list        shows events that could not be delivered; retry and drop act on one
  npm run jisr -- jobs <node> list          shows work that failed at every try; retry and drop act on it
  npm run jisr -- letters <node> list       shows letters about shared cases that were given up; retry sends one again
  npm run jisr -- notifications check       checks the words of messages; <node> list and retry act on notices not delivered
  npm run jisr -- identity <node> suspend <reason>   ends every session and token of a person; restore, and revoke a credential
  npm run jisr -- sign-ins [node]           how sign-ins ended, at the eID of the state and here: --days 7, --json
  npm run jisr -- explain <file | question id>   which check allows or refuses a question, and what would change it
      --rules <file> by rules that are not yet in force
  npm run jisr -- rules                     checks, compares and publishes what the offices of a state give to whom
  npm run jisr -- federation show <entity>   explains a trust chain step by step; members, admit and suspend decide who stands under a state;
                                            key next and key change change the key of a node
  npm run jisr -- connect <source>          connects a registry: an OpenAPI document, a CSV or JSON file, a database
  npm run jisr -- connect check <file>      tries a registry description and says what is broken (--test NUMBER: for one person)
  npm run jisr -- service check [folder]    says in plain words what is missing in a service's folder
  npm run jisr -- service preview <folder>  shows the service as people will see it, on this machine; reads the folder anew each time
      --language ar|en --port N --state SA
  npm run jisr -- service export <id> <folder>   writes a version that was published at a node as a folder, to be kept in git
      --version <hash>, without it the one in force; --node <node>
  npm run jisr -- service misses <node>     what people looked for and found no service for, most often first
  npm run jisr -- payments reconcile <node> --day 2026-11-29   a day's fees beside the books of the payment provider
      --provider <id> --file <settlement.csv> --csv <report.csv>
  npm run jisr -- evidence [node]           shows which evidence proves what in each state, who gives it, and the gaps
  npm run jisr -- insights                  computes the UN's E-Government Development Index, explains a gap, simulates, imports and exports
  npm run jisr -- sandbox                   starts the sample states with a time that can be moved; travel, reset, people, now
  npm run jisr -- systems                   adds, lists, rotates and removes information systems of the offices of a node
  npm run jisr -- openapi [--check]         writes openapi/*.json from the contracts, or says whether they are current

  A node is named by its address, its node.json or its folder below JISR_DATA, or by JISR_NODE; without any, it is the first of
  the sample federation.
  --lang ar|en chooses the language; without it, LANG does.
`;

const filterNames = ['since', 'until', 'side', 'office', 'evidenceType', 'code', 'given', 'peer', 'limit'] as const;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const [command = 'help', ...words] = process.argv.slice(2);
const langAt = words.indexOf('--lang');
const lang = langAt === -1 ? undefined : words.splice(langAt, 2)[1];
const config = readCliConfig(lang);
// A command loads what it needs and nothing else, compiled once: whoever checks a file waits half a second, not two.
enableCompileCache(join(config.root, '.data', 'compile-cache'));
const commands: Record<string, () => Promise<number>> = {
  verify: async () => (await import('./verify.ts')).verify(config, words),
  breaches: async () => (await import('./breaches.ts')).breaches(config, words[0]),
  doctor: async () => {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { all: flag, json: flag },
    });
    const { all = false, json = false } = values;
    return (await import('./doctor/doctor.ts')).doctor(config, { node: positionals[0], all, json });
  },
  monitor: async () => {
    const options = Object.fromEntries(filterNames.map((name) => [name, text])) as Record<
      (typeof filterNames)[number],
      typeof text
    >;
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { list: flag, json: flag, ...options },
    });
    const { list = false, json = false } = values;
    const filters = Object.fromEntries(
      filterNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
    ) as MonitorFilters;
    return (await import('./monitor.ts')).monitor(config, { node: positionals[0], list, json, filters });
  },
  events: async () => (await import('./events.ts')).operateEvents(config, words),
  jobs: async () => (await import('./jobs.ts')).operateJobs(config, words),
  letters: async () => (await import('./letters.ts')).operateLetters(config, words),
  identity: async () => (await import('./identity.ts')).operateIdentity(config, words),
  'sign-ins': async () => {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { days: text, json: flag },
    });
    const { days = '7', json = false } = values;
    return (await import('./sign-ins.ts')).showSignIns(config, { node: positionals[0], days, json });
  },
  notifications: async () => (await import('./notifications.ts')).operateNotifications(config, words),
  explain: async () => (await import('./explain.ts')).explain(config, words),
  federation: async () => (await import('./federation.ts')).manageFederation(config, words),
  payments: async () => (await import('./payments.ts')).operatePayments(config, words),
  rules: async () => (await import('./rules.ts')).manageRules(config, words),
  openapi: async () => (await import('./openapi.ts')).openapi(config, words.includes('--check')),
  service: async () => {
    const { checkServices, exportService, showMisses } = await import('./services.ts');
    if (words[0] === 'check') return checkServices(config, words[1]);
    if (words[0] === 'preview') {
      const { importBundled } = await import('#apps/bundled');
      const { previewService } = await importBundled<typeof import('./preview.ts')>('preview');
      return previewService(config, words.slice(1));
    }
    if (words[0] === 'export') return exportService(config, words.slice(1));
    return words[0] === 'misses' ? showMisses(config, words[1]) : showUsage(2);
  },
  evidence: async () => (await import('./evidence.ts')).showCoverage(config, words[0]),
  insights: async () => (await import('./insights.ts')).operateInsights(config, words),
  sandbox: async () => (await import('./sandbox.ts')).operateSandbox(config, words),
  systems: async () => (await import('./systems.ts')).manageSystems(config, words),
  connect: async () => {
    const { checkConnection, connect } = await import('./connect.ts');
    return words[0] === 'check' ? checkConnection(config, words.slice(1)) : connect(config, words);
  },
  help: async () => showUsage(0),
};

try {
  process.exitCode = await (commands[command] ?? (async () => showUsage(2)))();
} catch (error) {
  const code = (error as { code?: string }).code ?? '';
  if (error instanceof Problem) console.error(error.messages[config.language]);
  else if (code.startsWith('ERR_PARSE_ARGS')) console.error((error as Error).message);
  else throw error;
  process.exitCode = code.startsWith('ERR_PARSE_ARGS') ? 2 : 1;
}

function showUsage(code: number): number {
  console.log(usage);
  return code;
}
