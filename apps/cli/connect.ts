import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import { silentLog } from '#kernel/log';
import {
  checkRegistryConfig,
  checkServer,
  exploreSource,
  type FoundCollection,
  openConnection,
  openSecretFolder,
  type Proposal,
  proposeEvidence,
  RegistryFault,
  type Server,
  type Trial,
  tryRegistry,
} from '#modules/exchange';
import { evidenceTypes, findEvidenceType } from '#protocol/catalogue';
import type { CliConfig } from './config.ts';
import { type ConnectOptions, cut, OptionsInvalid, readConnectOptions } from './connect-options.ts';

type Map = Proposal['evidence']['map'];
/** Gives what an option says, else asks for it; throws where nobody can be asked. */
type Get = (given: string | undefined, question: string, option: string, fallback?: string) => Promise<string>;
type Tools = ReturnType<typeof openTools>;

const openTools = (folder: string, secrets: string) => {
  const http = createHttpClient({ timeoutMs: 5_000 });
  return { http, clock: systemClock, log: silentLog, folder, secrets: openSecretFolder(secrets) };
};

/** Reads a source, proposes a registry description, tries it and writes it. Exit code 0, 1 or 2 as the usage says. */
export async function connect(config: CliConfig, args: string[]): Promise<number> {
  return withSentences(config, async () => {
    const options = readConnectOptions(config, args);
    const tools = openTools(options.folder, options.secrets);
    const asking = openQuestions(options.ask === true || (process.stdin.isTTY && process.stdout.isTTY));
    try {
      const found = await explore(options, tools);
      return options.list ? listFound(found) : await connectFound(config, options, tools, asking.get, found);
    } finally {
      asking.close();
      await tools.http.close();
    }
  });
}

/** Looks into the source. A document at the registry's own server is asked for as the registry will be. */
async function explore(options: ConnectOptions, tools: Tools): Promise<FoundCollection[]> {
  const access = accessOf(options);
  const { source } = options;
  const isServers = /^https?:/.test(source) && new URL(options.server ?? source).origin === new URL(source).origin;
  if (!isServers || Object.keys(access).length === 0) return exploreSource(tools, source, options.form);
  const server: Server = { server: new URL(source).origin, ...access };
  checkServer(server);
  const connection = openConnection(tools, server);
  try {
    return await exploreSource({ ...tools, http: connection }, source, options.form);
  } finally {
    await connection.stop();
  }
}

/** Tries a description that is there. Exit code 0 when all of it works. */
export async function checkConnection(config: CliConfig, args: string[]): Promise<number> {
  return withSentences(config, async () => {
    const options = readConnectOptions(config, args);
    const file = resolve(options.source);
    const own = readConnectOptions(config, [...args, '--folder', dirname(file)]);
    const tools = openTools(dirname(file), own.secrets);
    try {
      const { tables: _, ...description } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      return show(config, await tryRegistry(tools, description, options.test)) ? 0 : 1;
    } finally {
      await tools.http.close();
    }
  });
}

async function withSentences({ language }: CliConfig, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    console.error(error instanceof RegistryFault ? error.words[language] : (error as Error).message);
    if (error instanceof OptionsInvalid) return 2;
    if (error instanceof RegistryFault || error instanceof Error) return 1;
    throw error;
  }
}

function openQuestions(mayAsk: boolean): { get: Get; close(): void } {
  const input = mayAsk ? createInterface({ input: process.stdin }) : undefined;
  const lines = input?.[Symbol.asyncIterator]();
  return {
    get: async (given, question, option, fallback) => {
      if (given !== undefined) return given;
      if (!lines) {
        if (fallback !== undefined) return fallback;
        throw new OptionsInvalid(`${question}? Say it with ${option}.`);
      }
      process.stdout.write(`${question}${fallback === undefined ? '' : ` [${fallback}]`}: `);
      const { value, done } = await lines.next();
      const answer = String(done ? '' : value).trim() || fallback;
      if (answer === undefined) throw new OptionsInvalid(`${question}? Say it here, or with ${option}.`);
      return answer;
    },
    close: () => input?.close(),
  };
}

function listFound(found: FoundCollection[]): number {
  for (const { name, values, origin } of found) {
    const parameters = origin.adapter === 'openapi' ? origin.operation.parameters : [];
    console.log(`${name}${parameters.map((one) => `  ${one.in}:${one.name}${one.isRequired ? '' : '?'}`).join('')}`);
    for (const { address, types, format } of values) console.log(`  ${address}  ${[...types, format ?? ''].join(' ')}`);
  }
  if (found.length === 0)
    console.error('Nothing here gives a record: no operation with an id and a described JSON answer, no table.');
  return found.length === 0 ? 1 : 0;
}

async function connectFound(
  config: CliConfig,
  options: ConnectOptions,
  tools: Tools,
  get: Get,
  found: FoundCollection[],
): Promise<number> {
  const types = evidenceTypes.map(({ id }) => id).join(', ');
  const typeId = await get(options.type, `Evidence type (${types})`, '--type');
  if (!findEvidenceType(typeId)) throw new OptionsInvalid(`There is no evidence type ${typeId}. There are: ${types}.`);
  const timeZone = timeZoneOf(options.folder);
  const given: { key?: string; map: Map; timeZone?: string } = {
    map: givenMap(options),
    ...(options.key ? { key: options.key } : {}),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  const collection = await choose(options, get, found, (one) => proposeEvidence(one, typeId, given));
  let proposal = proposeEvidence(collection, typeId, given);
  for (const field of proposal.missing) {
    const from = await get(
      undefined,
      `What is ${field}? One of ${collection.values.map(({ address }) => address).join(' ')}`,
      `--set ${field}=…, or --constant ${field}=…`,
      '',
    );
    if (from !== '') given.map[field] = from;
  }
  given.key = await get(proposal.key, "Where is the person's number", '--key');
  proposal = proposeEvidence(collection, typeId, given);
  showProposal(typeId, proposal);
  if (proposal.missing.length > 0) {
    console.error(
      `Nothing is written: ${proposal.missing.join(', ')} of ${typeId} ${proposal.missing.length > 1 ? 'are' : 'is'} missing. Name the source of each: ${proposal.missing.map((field) => `--set ${field}=…`).join(' ')}; or the same for everybody: --constant FIELD=VALUE.`,
    );
    return 1;
  }
  const id = await get(options.id, 'A short name for the registry, such as graduates', '--id');
  const description = checkRegistryConfig({
    id,
    officeId: await get(options.office, 'The office that answers for it', '--office'),
    names: {
      ar: await get(options['name-ar'], 'Its name in Arabic', '--name-ar', id),
      en: await get(options['name-en'], 'Its name in English', '--name-en', id),
    },
    ...originOf(options, collection, given.key),
    evidence: [withParameters(options, proposal.evidence)],
  });
  const test = await get(options.test, 'The number of a test person, to see the record', '--test', '');
  const works = show(config, await tryRegistry(tools, description, test === '' ? undefined : test));
  if (!works) {
    console.error('Nothing is written, because it does not work yet.');
    return 1;
  }
  return write(options, description);
}

/** The collection named by --from, the only one, or the one that gives the most fields. */
async function choose(
  options: ConnectOptions,
  get: Get,
  found: FoundCollection[],
  propose: (one: FoundCollection) => Proposal,
): Promise<FoundCollection> {
  const names = found.map(({ name }) => name);
  if (found.length === 0)
    throw new RegistryFault('nothing', {
      en: 'Nothing here gives a record. Look with --list.',
      ar: 'لا شيء هنا يعطي قيدًا. انظر بالخيار ‎--list.',
    });
  const ranked = found
    .map((one) => ({ one, proposal: propose(one) }))
    .sort((a, b) => rank(b.proposal) - rank(a.proposal));
  const best = ranked[0]!.one.name;
  const name =
    found.length === 1 && !options.from
      ? best
      : await get(options.from, `Which of ${names.join(', ')}`, '--from', best);
  const chosen = found.find((one) => one.name === name);
  if (!chosen) throw new OptionsInvalid(`There is no ${name}. There are: ${names.join(', ')}.`);
  console.log(`From ${chosen.name}:`);
  return chosen;
}

/** Where the clocks of the state are, when the folder is one of a state. */
function timeZoneOf(folder: string): string | undefined {
  const file = join(folder, '..', 'state.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as { timeZone?: string }).timeZone;
}

const rank = ({ evidence, key }: Proposal) => Object.keys(evidence.map).length + (key === undefined ? 0 : 0.5);

function givenMap(options: ConnectOptions): Map {
  const map: Map = {};
  const scalar = (text: string) => (/^(true|false|-?\d+(\.\d+)?)$/.test(text) ? (JSON.parse(text) as number) : text);
  for (const text of options.set ?? []) {
    const [field, from] = cut(text, '=', 'FIELD=ADDRESS');
    map[field] = from;
  }
  const addressOf = (field: string, option: string) => {
    const source = map[field];
    const from = typeof source === 'string' ? source : source && 'from' in source ? source.from : undefined;
    if (from === undefined)
      throw new OptionsInvalid(`${option} ${field}: name its source too, with --set ${field}=ADDRESS`);
    return from;
  };
  for (const text of options.values ?? []) {
    const [field, pair] = cut(text, ':', 'FIELD:A=B');
    const [theirs, ours] = cut(pair, '=', 'FIELD:A=B');
    const known = map[field];
    const values = typeof known === 'object' && 'values' in known ? known.values : {};
    map[field] = { from: addressOf(field, '--values'), values: { ...values, [theirs]: scalar(ours) } };
  }
  for (const text of options.date ?? []) {
    const [field, date] = cut(text, '=', 'FIELD=FORMAT');
    map[field] = { from: addressOf(field, '--date'), date };
  }
  for (const text of options.calendar ?? []) {
    const [field, calendar] = cut(text, '=', 'FIELD=umm-al-qura');
    const known = map[field];
    if (calendar !== 'umm-al-qura' || typeof known !== 'object' || !('date' in known))
      throw new OptionsInvalid(`--calendar ${text}: expected FIELD=umm-al-qura, and --date ${field}=FORMAT beside it`);
    map[field] = { ...known, calendar };
  }
  for (const text of options.day ?? []) {
    const [field, day] = cut(text, '=', 'FIELD=ZONE');
    map[field] = { from: addressOf(field, '--day'), day };
  }
  for (const text of options.constant ?? []) {
    const [field, value] = cut(text, '=', 'FIELD=VALUE');
    map[field] = { constant: scalar(value) };
  }
  return map;
}

function placeOf(folder: string, file: string): string {
  const from = relative(folder, resolve(file));
  return from.startsWith('..') ? resolve(file) : from;
}

/** Files are named from the folder of the description when they lie in it, so that the folder can be moved. */
function originOf(options: ConnectOptions, { origin }: FoundCollection, key: string): Record<string, unknown> {
  const place = (file: string) => placeOf(options.folder, file);
  if (origin.adapter === 'postgres') return { adapter: 'postgres', secret: origin.secret };
  if (origin.adapter === 'csv')
    return { adapter: 'csv', file: place(origin.file), key, separator: origin.separator, encoding: origin.encoding };
  if (origin.adapter === 'json') return { adapter: 'json', file: place(origin.file), key, records: origin.records };
  const server = options.server ?? origin.server;
  if (!server) throw new OptionsInvalid('The document does not say where the service is. Say it with --server.');
  return {
    adapter: 'openapi',
    document: /^https?:/.test(origin.document) ? origin.document : place(origin.document),
    server,
    ...accessOf(options),
  };
}

/** How the server knows who asks, as the options say. */
function accessOf(options: ConnectOptions): Omit<Server, 'server'> {
  const { auth, authority, certificate, folder, plaintext } = options;
  const tls = {
    ...(certificate ? { certificate } : {}),
    ...(authority ? { authorities: placeOf(folder, authority) } : {}),
  };
  return {
    ...(plaintext ? { isPlaintextAccepted: true as const } : {}),
    ...(auth ? { authentication: authenticationOf(auth, options.scope) } : {}),
    ...(Object.keys(tls).length > 0 ? { tls } : {}),
  };
}

function authenticationOf(text: string, scope: string | undefined): NonNullable<Server['authentication']> {
  const [kind = '', secret = '', ...rest] = text.split(':');
  const last = rest.join(':');
  if (kind === 'apiKey' && secret && last) return { kind, in: 'header', name: last, secret };
  if ((kind === 'bearer' || kind === 'basic') && secret && !last) return { kind, secret };
  if (kind === 'oauth' && secret && URL.canParse(last))
    return { kind, tokenUrl: last, secret, ...(scope ? { scope } : {}) };
  throw new OptionsInvalid(
    `--auth ${text}: expected apiKey:SECRET:HEADER, bearer:SECRET, basic:SECRET or oauth:SECRET:TOKEN_URL`,
  );
}

function withParameters(options: ConnectOptions, evidence: Proposal['evidence']): Record<string, unknown> {
  if (!options.parameter) return evidence;
  const parameters = options.parameter.map((text) => {
    const [place, pair] = cut(text, ':', 'IN:NAME=VALUE');
    const [name, value] = cut(pair, '=', 'IN:NAME=VALUE');
    return { in: place, name, value };
  });
  return { ...evidence, parameters };
}

function showProposal(typeId: string, { evidence, key, unmatched }: Proposal): void {
  for (const field of Object.keys(findEvidenceType(typeId)!.fields)) {
    const source = evidence.map[field];
    if (source !== undefined)
      console.log(`  ${field}  <-  ${typeof source === 'string' ? source : JSON.stringify(source)}`);
  }
  console.log(`  the person's number  <-  ${key}`);
  for (const [field, values] of Object.entries(unmatched))
    console.log(`  ${field}: say what these mean with --set and --values ${field}:A=B: ${values.join(', ')}`);
}

/** Values appear here and nowhere else. True when all works. */
function show(config: CliConfig, trials: Trial[]): boolean {
  for (const { health, record, refusal, register } of trials) {
    if (record) console.log(`What would leave of ${health.evidenceType} (shown here only):`);
    for (const [field, value] of Object.entries(record ?? {}))
      console.log(`  ${field}: ${typeof value === 'object' ? JSON.stringify(value) : value}`);
    if (register) console.log(`${health.evidenceType} has ${register.total} entries that forms offer. The first:`);
    for (const { code, ar, en, note } of register?.entries ?? [])
      console.log(`  ${code}: ${en}${note ? ` (${note.en})` : ''} · ${ar}${note ? ` (${note.ar})` : ''}`);
    if (refusal) console.log(`Nothing would leave: ${refusal.messages[config.language]}`);
    for (const { field, kind } of health.drift ?? []) console.log(`  ${field}: ${kind}`);
    if (!health.isHealthy) console.log(`BROKEN  ${health.registryId}: ${health.reason?.[config.language]}`);
    else if (!refusal) console.log(`${health.registryId} works.`);
  }
  return trials.every(({ health, refusal }) => health.isHealthy && refusal === undefined);
}

function write(
  options: ConnectOptions,
  description: { id: string; officeId: string; evidence: Array<{ type: string }> },
): number {
  const file = join(options.folder, `${description.id}.json`);
  if (existsSync(file) && !options.force) {
    console.error(`${file} is there already. Choose another --id, or replace it with --force.`);
    return 1;
  }
  mkdirSync(options.folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(description, null, 2)}\n`);
  console.log(`Written: ${file}`);
  const { type } = description.evidence[0]!;
  const offices = join(options.folder, '..', 'offices.json');
  const provides = existsSync(offices)
    ? (JSON.parse(readFileSync(offices, 'utf8')) as Array<{ id: string; provides?: string[] }>).find(
        ({ id }) => id === description.officeId,
      )?.provides
    : undefined;
  if (!provides?.includes(type))
    console.log(`Still to do: name ${type} under "provides" of the office ${description.officeId} in offices.json.`);
  console.log('Restart the node, then look with: npm run jisr -- doctor');
  return 0;
}
