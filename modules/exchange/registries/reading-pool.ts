import { hash } from 'node:crypto';
import pg from 'pg';
import type { Text } from '#kernel/languages';
import type { EvidenceType } from '#protocol/catalogue';
import { type FieldDrift, lookUpTimeoutMs, type PersonKey, RegistryFault } from './adapter.ts';
import { addressOf, type FieldMap, type FieldSource, goneFrom } from './mapping.ts';
import { numberQuery, tablesOfPlan, valuesFor } from './query.ts';

/** Connections that can only read, each statement for three seconds at most, whatever the address or the query says. */
export type ReadingPool = {
  /** The rows of one person, two at most, in one round trip: prepared once per connection, parameterised. */
  read(query: string, person: PersonKey): Promise<unknown[]>;
  /** The rows of a query with one parameter, `rowsMax` at most. */
  list(query: string, value: string, rowsMax: number): Promise<unknown[]>;
  /** Plans the query without running it: the tables it reads, and the mapped columns it lacks or has with another type. */
  plan(query: string, map: FieldMap, type: EvidenceType): Promise<{ tables: Table[]; drift: FieldDrift[] }>;
  /** Plans the query without running it: the tables it reads. */
  listTables(query: string): Promise<Table[]>;
  /** How the role could write, in words; undefined when it cannot. */
  findPrivilege(): Promise<Text | undefined>;
  /** Every column that the role may read, with its JSON type where that is known. Names are quoted as SQL wants them. */
  listColumns(): Promise<
    Array<{ table: string; column: string; type: string | undefined; format: string | undefined }>
  >;
  stop(): Promise<void>;
};
export type Table = { schema: string; table: string };

const connectionsMax = 4;
/** Authentication failed, the role may not sign in, or there is no such database (PostgreSQL, appendix A). */
export const refusedCodes = ['28P01', '28000', '3D000'];

/** JSON types of PostgreSQL's own types by their number, as to_jsonb writes them; others are not judged. */
const jsonTypes: Record<number, string> = {
  [pg.types.builtins.BOOL]: 'boolean',
  [pg.types.builtins.INT2]: 'number',
  [pg.types.builtins.INT4]: 'number',
  [pg.types.builtins.INT8]: 'number',
  [pg.types.builtins.FLOAT4]: 'number',
  [pg.types.builtins.FLOAT8]: 'number',
  [pg.types.builtins.NUMERIC]: 'number',
  [pg.types.builtins.TEXT]: 'string',
  [pg.types.builtins.VARCHAR]: 'string',
  [pg.types.builtins.BPCHAR]: 'string',
  [pg.types.builtins.UUID]: 'string',
  [pg.types.builtins.DATE]: 'string',
  [pg.types.builtins.TIMESTAMP]: 'string',
  [pg.types.builtins.TIMESTAMPTZ]: 'string',
};

/** `settings` are PostgreSQL's own, given as the connection starts. Throws RegistryFault for what is no address. */
export function openReadingPool(address: string, settings: Record<string, string> = {}): ReadingPool {
  const pool = new pg.Pool({
    connectionString: withSettings(address, {
      ...settings,
      default_transaction_read_only: 'on',
      statement_timeout: String(lookUpTimeoutMs),
    }),
    max: connectionsMax,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: lookUpTimeoutMs,
    query_timeout: lookUpTimeoutMs,
    application_name: 'jisr',
    allowExitOnIdle: true,
  });
  // Without a listener, a server that goes away ends the process; the next lookup reports it anyway.
  pool.on('error', () => undefined);
  // The pool listens to idle connections only.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const prepared = new Map<string, { name: string; text: string; names: string[] }>();
  const prepare = (query: string) => {
    const known = prepared.get(query);
    if (known) return known;
    const numbered = numberQuery(query);
    const text = `select to_jsonb(r) as record from (${numbered.text}) r limit 2`;
    const made = { name: `registry_${hash('sha256', text, 'hex').slice(0, 32)}`, text, names: numbered.names };
    prepared.set(query, made);
    return made;
  };
  return {
    read: async (query, person) => {
      const { names, ...statement } = prepare(query);
      const values = valuesFor(names, person);
      if (values === undefined) return [];
      const { rows } = await pool.query({ ...statement, values });
      return rows.map(({ record }) => record);
    },
    list: async (query, value, rowsMax) => {
      const numbered = numberQuery(query);
      const text = `select to_jsonb(r) as record from (${numbered.text}) r limit ${rowsMax}`;
      const { rows } = await pool.query({ text, values: numbered.names.map(() => value) });
      return rows.map(({ record }) => record);
    },
    plan: async (query, map, type) => {
      const { tables, columns } = await planAny(pool, query);
      return { tables, drift: findColumnDrift(columns, map, type) };
    },
    listTables: async (query) => (await planAny(pool, query)).tables,
    findPrivilege: async () => {
      const { rows } = await pool.query(privileges);
      if (rows[0]?.is_superuser) return { en: 'is a superuser', ar: 'مستخدم فائق الصلاحيات' };
      const table = rows[0]?.example;
      return table ? { en: `can change the table ${table}`, ar: `يستطيع تغيير الجدول ${table}` } : undefined;
    },
    listColumns: async () => {
      const { rows } = await pool.query(readableColumns);
      return rows.map(({ table, column, oid }) => {
        const format = oid === pg.types.builtins.DATE ? 'date' : moments.includes(oid) ? 'date-time' : undefined;
        return { table, column, type: jsonTypes[oid], format };
      });
    },
    stop: () => pool.end(),
  };
}

const privileges = `
  select (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as is_superuser,
    (select c.oid::regclass::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'f') and n.nspname !~ '^(pg_|information_schema$)'
        and has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
      order by 1 limit 1) as example`;

const readableColumns = `
  select format('%I.%I', n.nspname, c.relname) as table, a.attname as column, a.atttypid::int as oid
  from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^(pg_|information_schema$)'
    and a.attnum > 0 and not a.attisdropped and has_column_privilege(c.oid, a.attnum, 'SELECT')
  order by 1, a.attnum limit 5000`;

const moments: number[] = [pg.types.builtins.TIMESTAMP, pg.types.builtins.TIMESTAMPTZ];

function planAny(pool: pg.Pool, query: string) {
  return planWith(pool, query, '0').catch((error) => {
    // The number is compared with something that `0` is not, such as a uuid.
    if (!/^22/.test(String(error.code))) throw error;
    return planWith(pool, query, null);
  });
}

async function planWith(pool: pg.Pool, query: string, value: string | null) {
  const { text, names } = numberQuery(query);
  const values = names.map(() => value);
  const { rows } = await pool.query({ text: `explain (verbose, format json) ${text}`, values });
  const { fields } = await pool.query({ text: `select * from (${text}) r limit 0`, values });
  const columns = new Map(fields.map(({ name, dataTypeID }) => [name, jsonTypes[dataTypeID]]));
  return { tables: tablesOfPlan(rows[0]?.['QUERY PLAN']), columns };
}

function findColumnDrift(columns: Map<string, string | undefined>, map: FieldMap, type: EvidenceType): FieldDrift[] {
  return Object.entries(map).flatMap(([field, source]): FieldDrift[] => {
    const column = addressOf(source);
    if (column === undefined) return [];
    if (!columns.has(column)) return [goneFrom(field, column, columns.keys(), map)];
    const found = columns.get(column);
    const fits = found === undefined || takes(source, found, String(type.fields[field]!.schema['type']));
    return fits ? [] : [{ field, kind: 'type-changed' }];
  });
}

function takes(source: FieldSource, found: string, wanted: string): boolean {
  if (typeof source === 'string') return found === (wanted === 'integer' ? 'number' : wanted);
  if ('date' in source || 'day' in source) return found === 'string';
  return 'number' in source ? found !== 'boolean' : true;
}

/** The last word of an address wins over what it says itself, so these settings are put there. */
function withSettings(address: string, settings: Record<string, string>): string {
  if (!URL.canParse(address) || !/^postgres(ql)?:/.test(address))
    throw new RegistryFault('address-invalid', {
      en: 'is not an address such as postgres://role:password@host/database',
      ar: 'ليس عنوانًا مثل postgres://role:password@host/database',
    });
  const url = new URL(address);
  for (const name of ['statement_timeout', 'query_timeout', 'application_name']) url.searchParams.delete(name);
  const own = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  url.searchParams.set('options', [url.searchParams.get('options') ?? '', ...own].join(' ').trim());
  return url.href;
}
