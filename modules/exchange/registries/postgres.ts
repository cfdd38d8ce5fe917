import { type Static, Type } from 'typebox';
import type { Text } from '#kernel/languages';
import { findEvidenceType } from '#protocol/catalogue';
import { LookUpQuery } from '../look-ups/contract.ts';
import { checkLookUps } from '../look-ups/reading.ts';
import { type Adapter, type AdapterNeeds, type FieldDrift, probing, RegistryFault } from './adapter.ts';
import { SecretName } from './authentication.ts';
import { described } from './described.ts';
import { checkPopulation, PopulationQueries } from './population.ts';
import { checkQuery, QueryEvidence } from './query.ts';
import { openReadingPool, type ReadingPool, refusedCodes } from './reading-pool.ts';

const PostgresRegistry = Type.Object(
  {
    ...described,
    adapter: Type.Literal('postgres'),
    /** The secret that holds the address: postgres://role:password@host/database */
    secret: SecretName,
    evidence: Type.Array(QueryEvidence),
    population: Type.Optional(PopulationQueries),
    lookUps: Type.Optional(Type.Array(LookUpQuery, { minItems: 1, maxItems: 50 })),
  },
  { additionalProperties: false },
);
type PostgresRegistry = Static<typeof PostgresRegistry>;

/** A PostgreSQL server of the ministry, read by a role that cannot write. */
export const postgresAdapter: Adapter<PostgresRegistry, QueryEvidence> = {
  name: 'postgres',
  addressing: 'column',
  shape: PostgresRegistry,
  check: (config) => {
    for (const { type, query } of config.evidence) checkQuery(type, query);
    if (config.population) checkPopulation(config.population);
    checkLookUps(config);
  },
  open: (needs, { secret }) => {
    const server = createServer(needs, secret);
    const checkRole = async (pool: ReadingPool, drift: FieldDrift[] = []) => {
      const privilege = await pool.findPrivilege();
      if (privilege)
        throw new RegistryFault(
          'role-can-write',
          {
            en: `The role in the secret ${secret} ${privilege.en}. Give the node a role that may only SELECT what its query reads.`,
            ar: `الدور الذي في السر ${secret} ${privilege.ar}. أعطِ العقدة دورًا لا يملك إلا SELECT على ما يقرؤه استعلامها.`,
          },
          drift,
        );
    };
    return {
      prepare: ({ type, query, map }) => ({
        read: (person) => server.use((pool) => pool.read(query, person)),
        probe: () =>
          probing(() =>
            server.use(async (pool) => {
              const { drift } = await pool.plan(query, map, findEvidenceType(type)!);
              await checkRole(pool, drift);
              return drift;
            }),
          ),
      }),
      list: (query, value, rowsMax) => server.use((pool) => pool.list(query, value, rowsMax)),
      listTables: (query) => server.use((pool) => pool.listTables(query)),
      checkRole: () => server.use((pool) => checkRole(pool)),
      stop: server.stop,
    };
  },
};

function createServer(needs: AdapterNeeds, secret: string) {
  let open: ReadingPool | undefined;
  const getPool = () => {
    try {
      open ??= openReadingPool(needs.secrets.read(secret));
      return open;
    } catch (error) {
      if (!(error instanceof RegistryFault) || error.code !== 'address-invalid') throw error;
      needs.secrets.forget(secret);
      throw new RegistryFault(error.code, {
        en: `The secret ${secret} ${error.words.en}.`,
        ar: `السر ${secret} ${error.words.ar}.`,
      });
    }
  };
  const close = async () => {
    const pool = open;
    open = undefined;
    await pool?.stop();
  };
  return {
    use: async <Result>(work: (pool: ReadingPool) => Promise<Result>): Promise<Result> => {
      try {
        return await work(getPool());
      } catch (error) {
        if (error instanceof RegistryFault) throw error;
        const { code, message, hint } = error as { code?: string; message: string; hint?: string };
        if (refusedCodes.includes(String(code))) {
          // It may have been changed since it was read: the next lookup takes it anew.
          needs.secrets.forget(secret);
          await close();
        }
        throw new RegistryFault(
          code ?? 'no-connection',
          sentenceFor(code, hint ? `${message}. ${hint}` : message, secret),
        );
      }
    },
    stop: close,
  };
}

/** PostgreSQL's messages may quote a value; only those about the query's own names (class 42) are passed on. */
function sentenceFor(code: string | undefined, message: string, secret: string): Text {
  if (refusedCodes.includes(String(code)))
    return {
      en: `The database refuses the role in the secret ${secret} (${code}). Put a valid address in its place.`,
      ar: `ترفض قاعدة البيانات الدور الذي في السر ${secret} (${code}). ضع مكانه عنوانًا صالحًا.`,
    };
  if (code?.startsWith('42'))
    return {
      en: `The query cannot be planned: ${message}. Correct it in the description.`,
      ar: `يتعذر تخطيط الاستعلام: ${message}. صحّحه في الوصف.`,
    };
  if (code === '57014')
    return {
      en: 'The query takes longer than three seconds. Give its column an index.',
      ar: 'يستغرق الاستعلام أكثر من ثلاث ثوانٍ. اجعل لعموده فهرسًا.',
    };
  if (code === undefined || /^(E[A-Z]|08|57P|53)/.test(code))
    return {
      en: `The database does not answer (${code ?? 'no connection'}). Check that it runs and that this machine reaches it.`,
      ar: `قاعدة البيانات لا تجيب (${code ?? 'no connection'}). تحقق من أنها تعمل ومن أن هذا الجهاز يصل إليها.`,
    };
  return {
    en: `The query fails (${code}). Run it in psql under the same role.`,
    ar: `يفشل الاستعلام (${code}). شغّله في psql بالدور نفسه.`,
  };
}
