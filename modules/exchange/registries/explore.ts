import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { HttpClient } from '#kernel/http-client';
import { type AdapterNeeds, RegistryFault } from './adapter.ts';
import { type CsvForm, readCsv } from './csv.ts';
import { fileBytesMax } from './file-index.ts';
import { readJson, readJsonRecords } from './json.ts';
import {
  type Json,
  listOperations,
  loadDocument,
  type Operation,
  propertiesOf,
  recordSchema,
  resolve,
  walkSchema,
} from './openapi-document.ts';
import { escapePart, valueAt, walk } from './pointer.ts';
import { openReadingPool } from './reading-pool.ts';

/** A value that a record of a source has: where it stands, its JSON types, and a few values where the source shows them. */
export type FoundValue = { address: string; types: string[]; format?: string; samples: string[] };

/** Something of a source that could be a registry: an operation, a table, a file. Its description lacks the map and the person. */
export type FoundCollection = {
  name: string;
  values: FoundValue[];
  origin:
    | {
        adapter: 'openapi';
        document: string;
        server: string | undefined;
        operation: Operation;
        records: string;
        isList: boolean;
      }
    | { adapter: 'postgres'; secret: string; table: string }
    | ({ adapter: 'csv'; file: string } & Required<Omit<CsvForm, 'key'>>)
    | { adapter: 'json'; file: string; records: string };
};

const recordsLookedAt = 2_000;
const samplesMax = 40;

/**
 * What a source holds: an OpenAPI document (address or file), a CSV or JSON file, or `secret:NAME` for the PostgreSQL database
 * whose address is in that secret. `http` reads the document, and shows who asks where that is wanted. `form` says how a CSV file is written; its separator is guessed otherwise. Throws RegistryFault with what to do.
 */
export async function exploreSource(
  needs: { http: Pick<HttpClient, 'request'> } & Pick<AdapterNeeds, 'secrets'>,
  source: string,
  form: Omit<CsvForm, 'key'> = {},
): Promise<FoundCollection[]> {
  if (source.startsWith('secret:')) return exploreDatabase(needs, source.slice('secret:'.length));
  if (/^https?:/.test(source)) return exploreDocument(await loadDocument(needs.http, source), source);
  const kind = extname(source).toLowerCase();
  if (['.yaml', '.yml'].includes(kind)) return exploreDocument(await loadDocument(needs.http, source), source);
  const content = await readSource(source);
  if (['.csv', '.tsv', '.txt'].includes(kind)) return [await exploreCsv(source, content, form)];
  if (kind !== '.json')
    throw new RegistryFault('source-unknown', {
      en: `${source} is none of .json, .yaml, .csv, http(s)://… and secret:NAME.`,
      ar: `${source} ليس من ‎.json و.yaml و.csv وhttp(s)://… وsecret:NAME.`,
    });
  if (/^\s*\{[\s\S]{0,400}"(openapi|swagger)"\s*:/.test(content.toString('utf8', 0, 4_096)))
    return exploreDocument(await loadDocument(needs.http, source), source);
  return [exploreJson(source, content)];
}

async function readSource(file: string): Promise<Buffer> {
  const size = await stat(file).then(
    (found) => found.size,
    () => {
      throw new RegistryFault('file-missing', {
        en: `${file} cannot be read. Name a file that is there.`,
        ar: `تتعذر قراءة ${file}. اذكر ملفًا موجودًا.`,
      });
    },
  );
  if (size > fileBytesMax)
    throw new RegistryFault('file-too-large', {
      en: `${file} is larger than ${fileBytesMax} bytes. Use a database.`,
      ar: `${file} أكبر من ${fileBytesMax} بايت. استخدم قاعدة بيانات.`,
    });
  return readFile(file);
}

async function exploreCsv(
  file: string,
  content: Buffer,
  { separator: said, encoding = 'utf-8' }: Omit<CsvForm, 'key'>,
): Promise<FoundCollection> {
  const [firstLine = ''] = new TextDecoder(encoding).decode(content.subarray(0, 65_536)).split('\n');
  const separators = [',', ';', '\t', '|'] as const;
  const counted = separators.map((separator) => ({ separator, count: firstLine.split(separator).length }));
  const separator = said ?? counted.reduce((best, one) => (one.count > best.count ? one : best)).separator;
  const values = new Map<string, FoundValue>();
  let count = 0;
  for await (const record of readCsv(content, { separator, encoding })) {
    for (const [column, value] of Object.entries(record)) note(values, column, value ?? '');
    count += 1;
    if (count >= recordsLookedAt) break;
  }
  if (count === 0) throw new RegistryFault('file-empty', { en: `${file} has no records.`, ar: `لا قيود في ${file}.` });
  return { name: basename(file), values: [...values.values()], origin: { adapter: 'csv', file, separator, encoding } };
}

function exploreJson(file: string, content: Buffer): FoundCollection {
  const root = readJson(content);
  const names = Object.entries((root ?? {}) as Json).filter(([, value]) => Array.isArray(value));
  const records = Array.isArray(root) ? '' : `/${escapePart(names[0]?.[0] ?? '')}`;
  const values = new Map<string, FoundValue>();
  for (const record of readJsonRecords(root, records).slice(0, recordsLookedAt))
    walk(record, '', (at, value) => note(values, at, value));
  return { name: basename(file), values: [...values.values()], origin: { adapter: 'json', file, records } };
}

function note(values: Map<string, FoundValue>, address: string, value: unknown): void {
  const found = values.get(address) ?? { address, types: [], samples: [] };
  values.set(address, found);
  if (value === null) return;
  if (!found.types.includes(typeof value)) found.types.push(typeof value);
  const text = String(value);
  if (text !== '' && found.samples.length < samplesMax && !found.samples.includes(text)) found.samples.push(text);
}

function exploreDocument(document: Json, at: string): FoundCollection[] {
  const variables = valueAt(document, ['servers', '0', 'variables']);
  const address = String(valueAt(document, ['servers', '0', 'url']) ?? '').replace(/\{([^}]+)\}/g, (whole, name) =>
    String(valueAt(variables, [name, 'default']) ?? whole),
  );
  const base = URL.canParse(at) ? at : undefined;
  const server = URL.canParse(address, base) ? new URL(address, base).href.replace(/\/$/, '') : undefined;
  return listOperations(document).flatMap((operation): FoundCollection[] => {
    const whole = recordSchema(document, operation, '');
    if (typeof whole === 'string') return [];
    const isListAtRoot = whole.schema !== resolve(document, operation.answer);
    // A list inside an envelope, such as {"items": [...]}.
    const inside = isListAtRoot
      ? undefined
      : Object.entries(propertiesOf(document, whole.schema) ?? {}).find(
          ([, schema]) => resolve(document, schema)['items'] !== undefined,
        );
    const records = inside ? `/${escapePart(inside[0])}` : '';
    const record = recordSchema(document, operation, records);
    if (typeof record === 'string') return [];
    const values: FoundValue[] = [];
    walkSchema(document, record.schema, '', (address, { type, format, enum: named }) =>
      values.push({
        address,
        types: [type].flat().filter((one): one is string => typeof one === 'string' && one !== 'null'),
        ...(typeof format === 'string' ? { format } : {}),
        samples: Array.isArray(named) ? named.map(String) : [],
      }),
    );
    const isList = isListAtRoot || inside !== undefined;
    return values.length === 0
      ? []
      : [
          {
            name: operation.operationId,
            values,
            origin: { adapter: 'openapi', document: at, server, operation, records, isList },
          },
        ];
  });
}

async function exploreDatabase(needs: Pick<AdapterNeeds, 'secrets'>, secret: string): Promise<FoundCollection[]> {
  const address = needs.secrets.read(secret);
  const pool = openReadingPool(address);
  try {
    const tables = new Map<string, FoundCollection>();
    for (const { table, column, type, format } of await pool.listColumns()) {
      const found = tables.get(table) ?? { name: table, values: [], origin: { adapter: 'postgres', secret, table } };
      tables.set(table, found);
      found.values.push({ address: column, types: type ? [type] : [], ...(format ? { format } : {}), samples: [] });
    }
    return [...tables.values()];
  } catch (error) {
    const code = String((error as { code?: unknown }).code ?? 'no connection');
    throw new RegistryFault(code, {
      en: `The database of the secret ${secret} cannot be looked at (${code}). Check its address, and that this machine reaches it.`,
      ar: `تتعذر قراءة قاعدة البيانات التي يذكرها السر ${secret} (${code}). تحقق من عنوانها ومن أن هذا الجهاز يصل إليها.`,
    });
  } finally {
    await pool.stop();
  }
}
