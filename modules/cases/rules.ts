import { type Answers, type CaseForm, judge, listPages, type Service, validateAnswers } from '#modules/catalogue';
import { type AssuranceLevel, isAtLeast, levelsFrom, usualLevel } from '#protocol/assurance';
import type { MandateKind, SigningPower } from '#protocol/representation';
import { type CaseState, problem, type ReceivedEvidence, type RuleFinding, type Task } from './contract.ts';
import { valuesByType } from './evidence/conditions.ts';
import type { CaseRole } from './roles/contract.ts';
import { mayDo, type Work } from './roles/rules.ts';
import type { Through } from './systems/rules.ts';
import { taskWords } from './words.ts';

/**
 * Whoever acts for a person or a company, as the home state vouches; `purposes` of the catalogue limit for what, all when absent. `power` of
 * a signatory: whether they sign for the company alone.
 */
export type Representative = {
  personId: string;
  kind: MandateKind;
  power?: SigningPower;
  purposes?: string[];
  /** What the home state calls the mandate towards this state. */
  mandate?: string;
};
/** Whose case it is; ids are this node's own. */
export type Person = {
  personId: string;
  homeState: string;
  /** How strongly whoever is here is signed in; who has none is signed in too weakly for anything. */
  level?: string;
  /** Acts for the person. */
  representative?: Representative;
};
/**
 * Whoever acts for an office, with the roles held now; without any they do nothing. The name is what colleagues see, and never leaves the office.
 * `through`: by an information system of the office, and then no more than both may; a system alone stands here by its own id.
 */
export type Officer = {
  personId: string;
  officeId: string;
  name?: string;
  roles?: readonly string[];
  through?: Through;
};

type Owned = {
  personId: string;
  officeId: string;
  submittedAt?: Date | undefined;
  representative?: { personId: string } | undefined;
};

/**
 * A person reads their own cases, and no other. A guardian and a signatory stand for the person; whoever acts by the person's
 * word reads what they began themselves.
 */
export function mayReadAsPerson(owned: Owned, person: Pick<Person, 'personId' | 'representative'>): boolean {
  if (owned.personId !== person.personId) return false;
  const { representative } = person;
  return representative?.kind !== 'agent' || owned.representative?.personId === representative.personId;
}

const levelOfService = ({ definition }: Service): AssuranceLevel => definition.assurance ?? usualLevel;

/** A session that is too weak begins nothing and sends nothing, whichever door it comes by. */
export function requireLevel(service: Service, { level }: Person): AssuranceLevel {
  const needed = levelOfService(service);
  if (!isAtLeast(level, needed)) throw problem('stronger-sign-in-needed', { acr_values: levelsFrom(needed).join(' ') });
  return needed;
}

/** Whether a case is about somebody, or was begun by them for somebody else. */
export function isPartyOf(
  { personId, representative }: Pick<Owned, 'personId' | 'representative'>,
  id: string,
): boolean {
  return personId === id || representative?.personId === id;
}

/** Refuses a service that the mandate does not name. */
export function checkRepresents(representative: Representative | undefined, purpose: string): void {
  if (representative?.purposes && !representative.purposes.includes(purpose)) throw problem('mandate-too-narrow');
}

/** Refuses whoever does not sign for a company, where the service is for companies. */
export function checkCompany({ definition }: Service, { representative }: Person): void {
  if (definition.applicants === 'companies' && representative?.kind !== 'signatory')
    throw problem('service-for-companies');
}

/** What roles can be limited by, of a case. */
export const workOf = ({ serviceId, homeState }: { serviceId: string; homeState: string }): Work => ({
  serviceId,
  state: homeState,
});

/** An officer reads the cases sent to the own office that a role of theirs reaches; a draft is nobody's business but the person's. */
export function mayReadAsOfficer(
  known: readonly CaseRole[],
  owned: Owned & { serviceId: string; homeState: string },
  officer: Pick<Officer, 'officeId' | 'roles' | 'through'>,
): boolean {
  return (
    owned.submittedAt !== undefined &&
    owned.officeId === officer.officeId &&
    mayDo(known, officer, 'read', workOf(owned))
  );
}

/** Essential fields that no received evidence holds, as `type.field`. */
export function missingEvidence(service: Service, evidence: ReceivedEvidence[]): string[] {
  return service.definition.requirements.flatMap((requirement) => {
    const { type, fields } = requirement.evidence;
    const values = evidence.find((received) => received.evidenceType === type)?.values ?? {};
    return fields
      .filter((field) => field.essential && (values[field.name] === undefined || values[field.name] === null))
      .map((field) => `${type}.${field.name}`);
  });
}

/** Only what the service asks for is kept, whatever the other side sent along. */
export function keepAskedFields(service: Service, evidence: ReceivedEvidence): ReceivedEvidence {
  const asked = service.definition.requirements.find(
    (requirement) => requirement.evidence.type === evidence.evidenceType,
  )?.evidence;
  if (!asked) throw problem('evidence-not-asked', { evidenceType: evidence.evidenceType });
  const values = asked.fields.flatMap(({ name }) =>
    evidence.values[name] === undefined ? [] : [[name, evidence.values[name]]],
  );
  return { ...evidence, values: Object.fromEntries(values) };
}

export type RulesResult = { outcome: 'approve' | 'review' | 'refuse'; reasons: string[]; findings: RuleFinding[] };

/** Runs the service's published rules on what a case holds. */
export function applyRules(
  service: Service,
  evidence: ReceivedEvidence[],
  answers: Answers,
  today: { date: string; year: number },
): RulesResult {
  return judge(service, { evidence: valuesByType(evidence), answers, today });
}

/** What is left to do before a case can be sent, in order; the first undone task is `next`. */
export function listTasks(
  form: CaseForm,
  facts: { state: CaseState; missing: string[]; answers: Answers; savedPages: string[] },
): Task[] {
  const isDraft = facts.state === 'draft';
  const faulty = new Set(validateAnswers(form, facts.answers).map((error) => error.pageId));
  const steps = [
    { id: 'sign-in', title: taskWords.signIn, isDone: true },
    { id: 'evidence', title: taskWords.evidence, isDone: facts.missing.length === 0 },
    ...listPages(form, facts.answers).map((page) => ({
      id: `page-${page.id}`,
      title: page.title,
      pageId: page.id,
      isDone: facts.savedPages.includes(page.id) && !faulty.has(page.id),
    })),
    { id: 'check', title: taskWords.check, isDone: !isDraft },
  ];
  const next = steps.find((step) => !step.isDone);
  return steps.map(({ isDone, ...step }) => ({
    ...step,
    status: isDone ? 'done' : step.id === next?.id ? 'next' : 'later',
  }));
}

/** Who stands for the person from here on: whoever acts now, where the one before may not any more or it is they, by a newer mandate. */
export function standingFor(
  before: { personId: string; kind: MandateKind; mandate?: string } | undefined,
  { representative }: Person,
  hasEnded: boolean,
): { personId: string; kind: MandateKind; mandate?: string } | undefined {
  if (!representative || (before && representative.mandate === before.mandate)) return before;
  if (before && !hasEnded && representative.personId !== before.personId) return before;
  const { personId, kind, mandate } = representative;
  return { personId, kind, ...(mandate ? { mandate } : {}) };
}

/** Who acted, as an event keeps it: the person, or whoever acts for them. */
export function actorOf(person: Person) {
  return { kind: 'person' as const, id: person.representative?.personId ?? person.personId };
}

/** What an event says of somebody who acts for the person. */
export function actBody({ representative }: Person): Record<string, string> {
  return representative ? { representedBy: representative.kind } : {};
}
