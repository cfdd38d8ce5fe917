import { type Static, Type } from 'typebox';
import { Text } from '#kernel/languages';
import { type AssuranceLevel, assuranceLevels, isAssuranceLevel, isAtLeast, usualLevel } from '#protocol/assurance';
import { EidUpstream } from '../upstream/contract.ts';

const Id = Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' });

/** `states/<id>/eid.json`: what the eID of a state is worth. A pair that is not in `levels` signs nobody in. */
export const EidFramework = Type.Object(
  {
    /** `trust_framework` of OpenID Identity Assurance 1.0. */
    trustFramework: Type.String({ pattern: '^[a-z0-9_]{1,60}$' }),
    /** How somebody was proofed of whom nothing else is on record. */
    usualProofing: Id,
    proofings: Type.Record(
      Id,
      Type.Object(
        {
          names: Text,
          /** How a person gets a stronger one, in one sentence; absent where there is none. */
          raise: Type.Optional(Text),
          /** `evidence` of OpenID Identity Assurance 1.0 (section 5.4.4), without anything about one person. */
          evidence: Type.Array(Type.Record(Type.String(), Type.Unknown()), { minItems: 1 }),
        },
        { additionalProperties: false },
      ),
    ),
    /** `amr`: RFC 8176. */
    methods: Type.Record(
      Id,
      Type.Object({ names: Text, amr: Type.Array(Type.String(), { minItems: 1 }) }, { additionalProperties: false }),
    ),
    levels: Type.Array(
      Type.Object(
        {
          proofing: Id,
          method: Id,
          level: Type.Enum([...assuranceLevels]),
          /** What the state itself calls it. */
          own: Text,
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
    /** eIDs that the state has already; one signs people in once an operator has connected it. */
    upstreams: Type.Optional(Type.Array(EidUpstream)),
  },
  { additionalProperties: false },
);
export type EidFramework = Static<typeof EidFramework>;

/** What is wrong in a framework that has the right form, in plain words; nothing in one that can be used. */
export function checkFramework(framework: EidFramework): string[] {
  const { levels, methods, proofings, usualProofing } = framework;
  const findings: string[] = [];
  if (!Object.hasOwn(proofings, usualProofing)) findings.push(`usualProofing '${usualProofing}' is not described`);
  for (const { proofing, method } of levels) {
    if (!Object.hasOwn(proofings, proofing)) findings.push(`levels name the proofing '${proofing}', not described`);
    if (!Object.hasOwn(methods, method)) findings.push(`levels name the method '${method}', not described`);
    const same = levels.filter((one) => one.proofing === proofing && one.method === method);
    if (same.length > 1) findings.push(`'${proofing}' by '${method}' has ${same.length} levels`);
  }
  for (const upstream of framework.upstreams ?? []) {
    for (const proofing of Object.values(upstream.proofings))
      if (!Object.hasOwn(proofings, proofing))
        findings.push(`${upstream.id} names the proofing '${proofing}', not described`);
    const confirming = 'confirms' in upstream && upstream.confirms ? [upstream.confirms.method] : [];
    for (const method of [...Object.values(upstream.methods), ...confirming])
      if (!Object.hasOwn(methods, method)) findings.push(`${upstream.id} names the method '${method}', not described`);
  }
  return [...new Set(findings)];
}

/** How strong a sign-in of somebody proofed like this by that method is; undefined when it signs nobody in. */
export function levelOf(framework: EidFramework, proofing: string, method: string): AssuranceLevel | undefined {
  return framework.levels.find((row) => row.proofing === proofing && row.method === method)?.level;
}

/** The strongest level that the methods reach, for one proofing or for anybody. */
export function strongestLevel(
  framework: EidFramework,
  methods: readonly string[],
  proofing?: string,
): AssuranceLevel | undefined {
  return assuranceLevels.findLast((level) =>
    framework.levels.some(
      (row) => row.level === level && methods.includes(row.method) && (proofing ?? row.proofing) === row.proofing,
    ),
  );
}

/** Those of the methods that sign somebody in as strongly as that, however well proofed they have to be. */
export function methodsReaching(framework: EidFramework, methods: readonly string[], level: AssuranceLevel): string[] {
  return methods.filter((method) =>
    framework.levels.some((row) => row.method === method && isAtLeast(row.level, level)),
  );
}

/** The levels that some person can reach here by the methods, the weakest first: `acr_values_supported`. */
export function reachableLevels(framework: EidFramework, methods: readonly string[]): AssuranceLevel[] {
  const strongest = strongestLevel(framework, methods);
  return assuranceLevels.filter((level) => strongest !== undefined && isAtLeast(strongest, level));
}

type AcrRequest = { essential?: unknown; value?: unknown; values?: unknown } | null | undefined;

/**
 * The weakest level that will do for an authorization request, and whether less is a refusal (`essential`, OpenID Connect Core
 * 1.0 section 5.5.1.1) or a wish (`acr_values`). Undefined when an essential request names no level there is.
 */
export function readNeededLevel(parameters: {
  acr_values?: unknown;
  claims?: unknown;
}): { level: AssuranceLevel; isEssential: boolean } | undefined {
  const acr = readAcrRequest(parameters.claims);
  if (acr?.essential === true && (acr.value !== undefined || acr.values !== undefined)) {
    const named: unknown[] = Array.isArray(acr.values) ? acr.values : [acr.value];
    const level = weakestOf(named);
    return level && { level, isEssential: true };
  }
  const wished = weakestOf(typeof parameters.acr_values === 'string' ? parameters.acr_values.split(' ') : []);
  return { level: wished ?? usualLevel, isEssential: acr?.essential === true };
}

function readAcrRequest(claims: unknown): AcrRequest {
  if (claims === undefined || claims === null) return undefined;
  const read = typeof claims === 'string' ? (JSON.parse(claims) as unknown) : claims;
  return (read as { id_token?: { acr?: AcrRequest } }).id_token?.acr;
}

function weakestOf(values: readonly unknown[]): AssuranceLevel | undefined {
  return assuranceLevels.find((level) => values.some((value) => isAssuranceLevel(value) && value === level));
}

/** The methods that this provider can ask for, the least effort first. A method of a framework that is not here signs nobody in yet. */
export const offeredMethods: readonly string[] = ['password', 'password-otp', 'passkey', 'phone-approval'];

type Choice =
  | { method: string; level: AssuranceLevel; unmet?: undefined }
  | { method?: undefined; level?: undefined; unmet: { needed: AssuranceLevel; reached?: AssuranceLevel } };

/**
 * The method with the least effort that signs somebody in strongly enough. Where none does: the strongest there is for a mere wish,
 * and for an essential need no method at all, so that nothing weaker is passed off as enough.
 */
export function chooseMethod(
  framework: EidFramework,
  proofing: string,
  needed: { level: AssuranceLevel; isEssential: boolean } | undefined,
  methods: readonly string[],
): Choice {
  const { level: least, isEssential } = needed ?? { level: 'high', isEssential: true };
  const worth = methods.flatMap((method) => {
    const level = levelOf(framework, proofing, method);
    return level === undefined ? [] : [{ method, level }];
  });
  const enough = worth.find(({ level }) => isAtLeast(level, least));
  if (enough) return enough;
  const reached = strongestLevel(framework, methods, proofing);
  const strongest = worth.findLast(({ level }) => level === reached);
  if (!isEssential && strongest) return strongest;
  return { unmet: { needed: least, ...(reached === undefined ? {} : { reached }) } };
}
