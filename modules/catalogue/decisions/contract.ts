/** One rule of a decision table that fired: the reason a person can be shown for a decision. */
export type FiredRule = {
  decision: string;
  ruleId: string;
  /** 1 for the first row of the table, as people count. */
  row: number;
  outputs: Record<string, unknown>;
};

export type DecisionResult = {
  value: unknown;
  /** Rules that fired in every table that was evaluated, in the order of evaluation. */
  fired: FiredRule[];
  /** Plain English, for the author of the table. Empty when the result can be relied on. */
  problems: string[];
};

export type HitPolicy = 'UNIQUE' | 'FIRST' | 'PRIORITY' | 'ANY' | 'COLLECT' | 'RULE ORDER' | 'OUTPUT ORDER';

export type Aggregation = 'SUM' | 'MIN' | 'MAX' | 'COUNT';

export type DecisionTable = {
  kind: 'table';
  hitPolicy: HitPolicy;
  aggregation?: Aggregation;
  inputs: Array<{ id: string; expression: string }>;
  outputs: Array<{ name: string; values?: string; fallback?: string }>;
  rules: Array<{ id: string; tests: string[]; results: string[] }>;
};

export type DecisionLogic = DecisionTable | { kind: 'expression'; text: string };

/** `needs`: decisions, and `takes`: inputs that it says it stands on, by name. */
export type Decision = { id: string; name: string; needs: string[]; takes: string[]; logic: DecisionLogic };

/** The decisions of one DMN file. Nothing in it refers to the XML any more. */
export type DecisionModel = {
  decisions: Decision[];
  inputs: string[];
  functions: Array<{ name: string; parameters: string[]; text: string }>;
};
