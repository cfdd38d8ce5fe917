import type { Act, AnswerValue, Replacement, Role, RoundState, SettledBy, Side } from './contract.ts';

/** What decides who may do what in a round. */
export type RoundFacts = {
  state: RoundState;
  settledBy?: SettledBy;
  people: Record<Role, string>;
  /** Sides that have handed in. */
  handedIn: readonly Side[];
};
export type Actor = { personId: string; roles: readonly string[] };

/** The role of an officer, in the state's folder, that each role in a round needs. */
export const officerRoles: Record<Role, string> = {
  'first-assessor': 'index-assessor',
  'second-assessor': 'index-assessor',
  reviewer: 'index-reviewer',
  'senior-reviewer': 'index-senior-reviewer',
};

/** What somebody is in a round; nothing, when the officer's role was taken away since. */
export function roleIn({ people }: Pick<RoundFacts, 'people'>, { personId, roles }: Actor): Role | undefined {
  const held = (Object.keys(officerRoles) as Role[]).filter((role) => people[role] === personId);
  return held.length === 1 && roles.includes(officerRoles[held[0]!]) ? held[0] : undefined;
}

export function sideOf(role: Role | undefined): Side | undefined {
  return role === 'first-assessor' ? 'first' : role === 'second-assessor' ? 'second' : undefined;
}

/** Whether a role may do an act now. What is not named here is not allowed. */
export function mayDo(act: Act, role: Role | undefined, round: RoundFacts): boolean {
  const side = sideOf(role);
  const { state, settledBy, handedIn } = round;
  switch (act) {
    case 'answer':
    case 'hand-in':
      return state === 'answering' && side !== undefined && !handedIn.includes(side);
    case 'see-everything':
      return state !== 'answering' && role !== undefined;
    case 'settle':
      return state === 'settling' && (settledBy === 'reviewer' ? role === 'reviewer' : side !== undefined);
    case 'pass-on':
      return state === 'settling' && role === 'reviewer';
    case 'send-back':
    case 'approve':
      return state === 'approving' && role === 'senior-reviewer';
    case 'replace':
      return state !== 'approved' && role === 'senior-reviewer';
    case 'let-reviewer-settle':
      return state === 'settling' && settledBy === 'assessors' && role === 'senior-reviewer';
    default:
      return false;
  }
}

/** Roles that somebody else can take now: an assessor's until the own sheet is handed in, the reviewer's until the end. */
export function listReplaceable({
  state,
  handedIn,
}: Pick<RoundFacts, 'state' | 'handedIn'>): Array<Replacement['role']> {
  if (state === 'approved') return [];
  const assessors = (['first-assessor', 'second-assessor'] as const).filter(
    (role) => state === 'answering' && !handedIn.includes(sideOf(role)!),
  );
  return [...assessors, 'reviewer'];
}

/** Four different people. */
export function areApart(people: Record<Role, string>): boolean {
  return new Set(Object.values(people)).size === 4;
}

export type Sheet = ReadonlyMap<string, AnswerValue>;

/** Codes of which one assessor says yes and the other does not: `no` and `not-found` both count as nothing. */
export function listDifferences(first: Sheet, second: Sheet, codes: readonly string[]): string[] {
  return codes.filter((code) => (first.get(code) === 'yes') !== (second.get(code) === 'yes'));
}

/** More than 5 % of all codes differ: then the reviewer settles them one by one. */
export function whoSettles(differences: number, codes: number): SettledBy {
  return differences * 20 > codes ? 'reviewer' : 'assessors';
}

/** The answer of the round: what was settled, or else what both say. Undefined while it is open. */
export function agreedAnswer(
  first: AnswerValue,
  second: AnswerValue,
  settlement?: { state: string; answer?: AnswerValue | null },
): AnswerValue | undefined {
  if (settlement) return settlement.state === 'settled' ? (settlement.answer ?? undefined) : undefined;
  if (first === second) return first;
  return first !== 'yes' && second !== 'yes' ? 'no' : undefined;
}

/** A full https address without credentials, or a page of this node itself. At most 500 characters. */
export function isEvidenceLink(link: string, publicUrl: string): boolean {
  if (link.length > 500 || /[\s\p{Cc}\p{Cf}<>"\\]/u.test(link)) return false;
  const url = URL.parse(link);
  if (!url || url.username || url.password) return false;
  return url.origin === new URL(publicUrl).origin || (url.protocol === 'https:' && url.hostname.includes('.'));
}

export const pictureBytesMax = 1024 * 1024;
const signatures = [
  { mediaType: 'image/png', bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { mediaType: 'image/jpeg', bytes: [0xff, 0xd8, 0xff] },
] as const;

/** What a picture is by its first bytes, whatever its name says. Undefined when it is neither PNG nor JPEG, or too large. */
export function pictureTypeOf(bytes: Uint8Array): 'image/png' | 'image/jpeg' | undefined {
  if (bytes.length > pictureBytesMax) return undefined;
  return signatures.find((one) => one.bytes.every((byte, at) => bytes[at] === byte))?.mediaType;
}
