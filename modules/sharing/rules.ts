import { Compile } from 'typebox/compile';
import { canonicalJson } from '#kernel/ids';
import { findOffering, type Service, type SharingGround } from '#modules/catalogue';
import { findLaw } from '#protocol/laws';
import {
  type SharedCaseLetter as Letter,
  letterTriedDays,
  SharedCaseLetter,
  type StatusLetter,
} from '#protocol/shared-case';
import { EntityId, Uuid } from '#protocol/text';
import { problem } from './problems.ts';

export const homeRole = 'home';
/** The office that keeps who the people of a state are takes what they are shown of their cases elsewhere. */
const homeHolder = 'person-identity';
const letterShape = Compile(SharedCaseLetter);
const uuidShape = Compile(Uuid);
const entityIdShape = Compile(EntityId);
const memberPattern = /^[A-Z]{2,3}\/[A-Za-z0-9._-]{1,64}\/[A-Za-z0-9._-]{1,64}$/;
const dayMs = 86_400_000;

export type MessageHeaders = { messageId: string; sender: string; xRoadClient: string };

/** The headers that name a message; throws `message-malformed`. */
export function readHeaders(headers: Record<string, string>): MessageHeaders {
  const { 'x-road-id': messageId, 'jisr-requester': sender, 'x-road-client': xRoadClient } = headers;
  if (!uuidShape.Check(messageId)) throw problem('message-malformed', { where: 'X-Road-Id' });
  if (!entityIdShape.Check(sender)) throw problem('message-malformed', { where: 'Jisr-Requester' });
  if (!xRoadClient || !memberPattern.test(xRoadClient)) throw problem('message-malformed', { where: 'X-Road-Client' });
  return { messageId, sender, xRoadClient };
}

/** A letter as it came; throws `message-malformed`. */
export function readLetter(body: Buffer): Letter {
  let letter: unknown;
  try {
    letter = JSON.parse(body.toString('utf8'));
  } catch {
    throw problem('message-malformed', { where: 'JSON' });
  }
  if (!letterShape.Check(letter)) throw problem('message-malformed', { where: 'letter' });
  if (letter.kind === 'status') {
    const { timeZone } = letter.calendar;
    try {
      new Intl.DateTimeFormat('en', { timeZone });
    } catch {
      throw problem('message-malformed', { where: 'letter/calendar/timeZone' });
    }
  }
  return letter;
}

/** `https://bh.example/shared-cases` and `BH/GOV/interior` make the address below which that office takes letters. */
export function officeUrl(endpoint: string, xRoadClient: string): string {
  return `${endpoint.replace(/\/$/, '')}/${xRoadClient.split('/').map(encodeURIComponent).join('/')}`;
}

const memberOf = (xRoadClient: string) => xRoadClient.split('/')[2];

/**
 * What of a letter this state's own copy of the service does not let this office see, in a word; undefined when all is agreed: the
 * sender decides on the service, this office has that part in it, the ground is the agreed one, and nothing goes beyond what is
 * listed. What is not agreed here is refused, whatever the other side's copy says.
 */
export function findDisagreement(
  service: Service | undefined,
  letter: StatusLetter,
  by: {
    sender: { state: string; xRoadClient: string };
    office: { provides: readonly string[] };
    state: string;
  },
): string | undefined {
  if (!service) return 'service';
  const offering = findOffering(service, by.sender.state);
  if (!offering || offering.office !== memberOf(by.sender.xRoadClient) || by.sender.state === by.state) return 'sender';
  const rule = ruleOf(service, letter.role);
  if (!rule || !by.office.provides.includes(rule.holderOf)) return 'role';
  const { ground } = letter;
  if ('consent' in rule.ground) {
    if (ground.kind !== 'consent') return 'ground';
  } else {
    const law = ground.kind === 'law' && ground.law === rule.ground.law ? findLaw(ground.law) : undefined;
    if (!law || ![by.state, by.sender.state].every((party) => law.parties.includes(party))) return 'ground';
  }
  const beyond = [...letter.facts, ...letter.documents].find(({ id }) => !rule.sees.includes(id));
  if (beyond) return beyond.id;
  return letter.task && !rule.task ? 'task' : undefined;
}

type Rule = { ground: SharingGround; holderOf: string; sees: string[]; task?: unknown };

function ruleOf({ casework }: Service, role: string): Rule | undefined {
  const { home, partners = {} } = casework.sharing ?? {};
  if (role === homeRole) return home && { ground: home.ground, holderOf: homeHolder, sees: [] };
  return Object.hasOwn(partners, role) ? partners[role] : undefined;
}

/** Refusals after which sending the same letter again can change nothing. */
const permanent = new Set([
  'message-malformed',
  'message-too-large',
  'message-replayed',
  'office-unknown',
  'sharing-not-agreed',
  'subject-unknown',
  'share-unknown',
  'share-ended',
]);

/** What becomes of a letter that was refused: given up, or tried again at a moment that spreads (`chance` from 0 to 1). */
export function decideRetry(of: { code: string; attempts: number; writtenAt: Date; now: Date; chance: number }) {
  const isOld = of.now.getTime() - of.writtenAt.getTime() > letterTriedDays * dayMs;
  if (permanent.has(of.code) || isOld) return { isGivenUp: true as const };
  return {
    isGivenUp: false as const,
    dueAt: new Date(of.now.getTime() + backoffMs(of.attempts, 3_600_000, of.chance)),
  };
}

/** Doubles from one second to `maxMs`, less up to half by chance, so that many do not come back at one moment. */
export function backoffMs(failures: number, maxMs: number, chance: number): number {
  return Math.round(Math.min(1_000 * 2 ** Math.min(failures - 1, 20), maxMs) * (1 - chance / 2));
}

/** Whether two statuses say the same. JSON from a database has its members in another order. */
export const isSameStatus = (one: object, other: object): boolean => canonicalJson(one) === canonicalJson(other);
