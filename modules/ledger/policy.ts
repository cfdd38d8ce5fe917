import { toHex } from './encoding.ts';
import { logKeyType, parseVerifierKey, type VerifierKey } from './note.ts';

/**
 * Who must have signed before a checkpoint counts, in the words of C2SP tlog-policy. A group counts when `atLeast` of its
 * members do; a member is a witness or a group defined before it; `quorum` names one of them, or is `none`.
 */
export type TlogPolicy = {
  /** Verifier keys; a checkpoint of any of these logs is accepted. */
  logs: Array<{ key: string; url?: string }>;
  witnesses: Array<{ name: string; key: string; url?: string }>;
  groups: Array<{ name: string; atLeast: number; members: string[] }>;
  quorum: string;
};

/** The short form: one log, and how many different ones of these witnesses. */
export type SimplePolicy = { logKey: string; witnesses: string[]; quorum: number };

export type ProofPolicy = SimplePolicy | TlogPolicy;

/** One witness with all the keys under which it may sign. */
export type PolicyWitness = { name: string; keys: string[] };

const limits = { lines: 512, logs: 64, witnesses: 128, groups: 128, textLength: 1_048_576 };
const policyName = /^[^\s#\u0000-\u001f][^\s\u0000-\u001f]{0,254}$/u;

/** Whether these witnesses, by their names in the policy, are enough. Of a policy that was checked. */
export function isQuorumMet(policy: TlogPolicy, cosigned: ReadonlySet<string>): boolean {
  if (policy.quorum === 'none') return true;
  const witnessed = new Set(policy.witnesses.map(({ name }) => name).filter((name) => cosigned.has(name)));
  for (const { name, atLeast, members } of policy.groups)
    if (members.filter((member) => witnessed.has(member)).length >= atLeast) witnessed.add(name);
  return witnessed.has(policy.quorum);
}

/** Names in the policy of the witnesses whose keys are among `keys`. */
export function nameWitnesses(policy: TlogPolicy, keys: readonly string[]): Set<string> {
  return new Set(policy.witnesses.filter(({ key }) => keys.includes(key)).map(({ name }) => name));
}

/**
 * The parties of an exchange and `othersMin` of the other states, or all of these when there are fewer. The state that keeps
 * the log signs as the log and is not asked to witness itself, so it must be in neither list.
 */
export function requireParties(needs: {
  logKey: string;
  parties: PolicyWitness[];
  others: PolicyWitness[];
  othersMin: number;
}): TlogPolicy {
  const policy: TlogPolicy = { logs: [{ key: needs.logKey }], witnesses: [], groups: [], quorum: 'none' };
  const members = needs.parties.map((party) => addWitness(policy, party));
  const others = needs.others.map((other) => addWitness(policy, other));
  const atLeast = Math.min(needs.othersMin, others.length);
  if (atLeast > 0) {
    policy.groups.push({ name: 'others', atLeast, members: others });
    members.push('others');
  }
  if (members.length === 0) return policy;
  policy.groups.push({ name: 'enough', atLeast: members.length, members });
  return { ...policy, quorum: 'enough' };
}

/** `atLeast` of these witnesses, whichever. More than there are is never met. */
export function requireAnyOf(needs: { logKeys: string[]; witnesses: PolicyWitness[]; atLeast: number }): TlogPolicy {
  const policy: TlogPolicy = {
    logs: needs.logKeys.map((key) => ({ key })),
    witnesses: [],
    groups: [],
    quorum: 'none',
  };
  const members = needs.witnesses.map((witness) => addWitness(policy, witness));
  if (needs.atLeast === 0) return policy;
  policy.groups.push({ name: 'enough', atLeast: needs.atLeast, members });
  return { ...policy, quorum: 'enough' };
}

/** A witness with several keys is a group of which any one is enough. Returns the name to list as a member. */
function addWitness(policy: TlogPolicy, { name, keys }: PolicyWitness): string {
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    policy.witnesses.push({ name, key: only });
    return name;
  }
  const members = keys.map((key, at) => ({ name: `${name}/key-${at + 1}`, key }));
  policy.witnesses.push(...members);
  policy.groups.push({ name, atLeast: 1, members: members.map((one) => one.name) });
  return name;
}

/** Keys of one witness carry one name; a key that is listed twice, under whatever names, is one. */
export async function groupByWitness(keys: readonly string[]): Promise<PolicyWitness[] | undefined> {
  const witnesses = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const text of keys) {
    const key = await parseVerifierKey(text);
    if (!key || key.type === logKeyType) return undefined;
    const material = materialOf(key);
    if (seen.has(material)) continue;
    seen.add(material);
    witnesses.set(key.name, [...(witnesses.get(key.name) ?? []), text]);
  }
  return [...witnesses].map(([name, own]) => ({ name, keys: own }));
}

/** One mechanism for both forms. Undefined when the policy breaks a rule of C2SP tlog-policy or names an unreadable key. */
export async function readPolicy(policy: ProofPolicy): Promise<TlogPolicy | undefined> {
  if (typeof policy !== 'object' || policy === null) return undefined;
  if (!('logKey' in policy)) return (await findPolicyFault(policy)) === undefined ? policy : undefined;
  const { logKey, witnesses, quorum } = policy;
  if (!Number.isSafeInteger(quorum) || quorum < 0 || !Array.isArray(witnesses)) return undefined;
  if ((await parseVerifierKey(logKey))?.type !== logKeyType) return undefined;
  const grouped = await groupByWitness(witnesses);
  return grouped && requireAnyOf({ logKeys: [logKey], witnesses: grouped, atLeast: quorum });
}

/** The first rule of C2SP tlog-policy that a policy breaks, in a few words; undefined when it breaks none. */
export async function findPolicyFault(policy: TlogPolicy): Promise<string | undefined> {
  const { logs, witnesses, groups, quorum } = policy;
  if (![logs, witnesses, groups].every(Array.isArray) || typeof quorum !== 'string') return 'incomplete';
  if ([...logs, ...witnesses, ...groups].some((one) => typeof one !== 'object' || one === null)) return 'incomplete';
  if (logs.length > limits.logs || witnesses.length > limits.witnesses || groups.length > limits.groups)
    return 'too large';
  const materials = new Set<string>();
  const isFresh = (key: VerifierKey) => materials.size !== materials.add(materialOf(key)).size;
  for (const { key: text } of logs) {
    const key = await parseVerifierKey(text);
    if (key?.type !== logKeyType) return 'a log key that cannot be read';
    if (!isFresh(key)) return 'a log listed twice';
  }
  materials.clear();
  const names = new Set<string>();
  const define = (name: string) =>
    typeof name === 'string' && policyName.test(name) && name !== 'none' && !names.has(name);
  for (const { name, key: text } of witnesses) {
    if (!define(name)) return 'a name that is taken or not allowed';
    const key = await parseVerifierKey(text);
    if (!key || key.type === logKeyType) return `the key of ${name} cannot be read`;
    if (!isFresh(key)) return `the key of ${name} is listed twice`;
    names.add(name);
  }
  const used = new Set<string>();
  for (const { name, atLeast, members } of groups) {
    if (!define(name)) return 'a name that is taken or not allowed';
    if (!Array.isArray(members) || members.length === 0) return `${name} has no members`;
    if (!Number.isSafeInteger(atLeast) || atLeast < 1 || atLeast > members.length)
      return `${name} has a wrong threshold`;
    for (const member of members) {
      if (!names.has(member)) return `${name} has a member that is not defined before it`;
      if (used.has(member)) return `${member} is a member twice`;
      used.add(member);
    }
    names.add(name);
  }
  return quorum === 'none' || names.has(quorum) ? undefined : 'the quorum names nobody';
}

/** Two keys are the same when they wrap the same public key, whatever their names (C2SP tlog-policy). */
function materialOf(key: VerifierKey): string {
  return toHex(key.publicKey);
}

export function formatPolicy({ logs, witnesses, groups, quorum }: TlogPolicy): string {
  const url = (one: { url?: string }) => (one.url === undefined ? '' : ` ${one.url}`);
  const threshold = ({ atLeast, members }: TlogPolicy['groups'][number]) =>
    atLeast === members.length ? 'all' : atLeast === 1 ? 'any' : String(atLeast);
  return [
    ...logs.map((log) => `log ${log.key}${url(log)}`),
    ...witnesses.map((witness) => `witness ${witness.name} ${witness.key}${url(witness)}`),
    ...groups.map((group) => `group ${group.name} ${threshold(group)} ${group.members.join(' ')}`),
    `quorum ${quorum}`,
    '',
  ].join('\n');
}

export type PolicyReading = { ok: true; policy: TlogPolicy } | { ok: false; line?: number; reason: string };

/** Reads a policy file (C2SP tlog-policy). Says which line, or which rule, is wrong. */
export async function parsePolicy(text: string): Promise<PolicyReading> {
  const wrong = (at: number, reason: string): PolicyReading => ({ ok: false, line: at + 1, reason });
  if (text.length > limits.textLength) return { ok: false, reason: 'too large' };
  const lines = text.split('\n');
  if (lines.pop() !== '') return { ok: false, reason: 'the last line does not end' };
  if (lines.length > limits.lines) return { ok: false, reason: 'too large' };
  const policy: TlogPolicy = { logs: [], witnesses: [], groups: [], quorum: '' };
  const defined = new Set<string>();
  for (const [at, line] of lines.entries()) {
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) return wrong(at, 'a control character');
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    const [word, ...rest] = words;
    if (word === undefined || word.startsWith('#')) continue;
    if (word === 'log' && (rest.length === 1 || rest.length === 2)) {
      policy.logs.push({ key: rest[0]!, ...(rest[1] === undefined ? {} : { url: rest[1] }) });
    } else if (word === 'witness' && (rest.length === 2 || rest.length === 3)) {
      policy.witnesses.push({ name: rest[0]!, key: rest[1]!, ...(rest[2] === undefined ? {} : { url: rest[2] }) });
      defined.add(rest[0]!);
    } else if (word === 'group' && rest.length >= 3) {
      const [name, threshold, ...members] = rest as [string, string, ...string[]];
      const isDecimal = /^[1-9][0-9]{0,3}$/.test(threshold);
      if (threshold !== 'all' && threshold !== 'any' && !isDecimal) return wrong(at, 'a wrong threshold');
      const unknown = members.find((member) => !defined.has(member));
      if (unknown !== undefined) return wrong(at, `${unknown} is not defined before it`);
      const atLeast = threshold === 'all' ? members.length : threshold === 'any' ? 1 : Number(threshold);
      policy.groups.push({ name, atLeast, members });
      defined.add(name);
    } else if (word === 'quorum' && rest.length === 1) {
      if (policy.quorum !== '') return wrong(at, 'a second quorum');
      if (rest[0] !== 'none' && !defined.has(rest[0]!)) return wrong(at, `${rest[0]} is not defined before it`);
      policy.quorum = rest[0]!;
    } else return wrong(at, 'not a line of a policy');
  }
  if (policy.quorum === '') return { ok: false, reason: 'no quorum' };
  const fault = await findPolicyFault(policy);
  return fault === undefined ? { ok: true, policy } : { ok: false, reason: fault };
}
