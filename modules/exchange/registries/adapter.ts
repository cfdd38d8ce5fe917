import type { TSchema } from 'typebox';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Text } from '#kernel/languages';
import type { Secrets } from './secrets.ts';

export const lookUpTimeoutMs = 3_000;

/** What an adapter may use. `database` is the node's own, where there is a node. `folder` is where the registry descriptions lie: files named in them stand beside them. */
export type AdapterNeeds = { database?: Database; http: HttpClient; clock: Clock; secrets: Secrets; folder: string };

/**
 * The person or company asked about, and who acts for the company. Numbers are values from outside: an adapter passes them on as values,
 * never as text of a query.
 */
export type PersonKey = { nationalId: string; signatoryId?: string };

export type DriftKind =
  | 'field-gone'
  | 'type-changed'
  | 'value-unknown'
  | 'form-changed'
  | 'other-person'
  | 'document-incomplete'
  | 'letters-lost'
  | 'digits-lost'
  | 'other-calendar';
/**
 * A field of the evidence type (or `*` for the whole record) that the registry no longer gives as described. No value. `at`: the
 * column or pointer that a look missed, and the one that it may be called now.
 */
export type FieldDrift = { field: string; kind: DriftKind; at?: string; perhaps?: string };

export type Probe = {
  /** One plain sentence: what is broken and how to mend it. It is for the operator and holds no secret and no value. */
  fault?: Text;
  drift: FieldDrift[];
};

/** One kind of evidence in one registry, made ready. */
export type Source = {
  /** The raw records of one person, two at most: a second one is reason enough to give none. Throws RegistryFault. */
  read(person: PersonKey): Promise<unknown[]>;
  /** Looks whether `read` would work, without a person. Never throws. */
  probe(): Promise<Probe>;
};

export type OpenRegistry<Evidence> = {
  prepare(evidence: Evidence): Source;
  /** The rows of a query with one named parameter, `rowsMax` at most. Only databases have it. Throws RegistryFault. */
  list?(query: string, value: string, rowsMax: number): Promise<unknown[]>;
  /** The tables that a query reads, by its plan. Whatever has `list` has it. Throws RegistryFault. */
  listTables?(query: string): Promise<Array<{ schema: string; table: string }>>;
  /** Whether this node could change the registry, where that can be known. Throws RegistryFault. */
  checkRole?(): Promise<void>;
  stop(): Promise<void>;
};

/** One way of reaching a registry. How a mapping names a value of a record: a column, or a JSON Pointer (RFC 6901). */
export type Adapter<Config = never, Evidence = never> = {
  name: string;
  addressing: 'column' | 'pointer';
  /** The shape of the whole description. */
  shape: TSchema;
  /** Throws a sentence for the engineer about what the shape alone does not say. */
  check(config: Config): void;
  open(needs: AdapterNeeds, config: Config): OpenRegistry<Evidence>;
};

/** Why a registry gave no usable answer. The code goes to the log, the sentence to the operator; neither holds a value. */
export class RegistryFault extends Error {
  readonly code: string;
  readonly words: Text;
  readonly drift: FieldDrift[];
  constructor(code: string, words: Text, drift: FieldDrift[] = []) {
    super(words.en);
    this.words = words;
    this.name = 'RegistryFault';
    this.code = code;
    this.drift = drift;
  }
}

/** Runs a probe's work: a RegistryFault becomes its sentence, anything else a sentence that quotes nothing. */
export async function probing(work: () => Promise<FieldDrift[]>): Promise<Probe> {
  try {
    return { drift: await work() };
  } catch (error) {
    if (error instanceof RegistryFault) return { fault: error.words, drift: error.drift };
    const code = String((error as { code?: unknown }).code ?? (error as Error).name);
    return {
      fault: {
        en: `The registry could not be looked at (${code}). Look at the log of the registry.`,
        ar: `تعذر النظر في السجل (${code}). راجع سجل أحداثه.`,
      },
      drift: [],
    };
  }
}
