import type { Text } from '#kernel/languages';
import type { PartnerTask, Service, SharingGround } from '#modules/catalogue';
import { findLaw } from '#protocol/laws';
import type { SharedDocument, SharedFact, SharedGround, SharedPicture } from '#protocol/shared-case';
import { whoseTurn } from '../chart.ts';
import { isDecision } from '../decisions/rules.ts';
import type { CaseRow, EventRow } from '../store.ts';
import { answersOf, type CaseFile, describeEvidence, timelineOf } from '../views.ts';
import { historyWords, timelineWords, wordsOfEvent, wordsOfValue } from '../words.ts';

/** What the person's own view in the home state is called among those who see a case. */
export const homeRole = 'home';
/** The office of a state that keeps who its people are takes what its people are shown. */
const homeHolder = 'person-identity';
const wordsMax = 2_000;

/** Somebody of the person's home state who sees a case, with all that they may see of it. */
export type Audience = {
  role: string;
  /** The office of the home state that holds this kind of evidence. */
  holderOf: string;
  ground: SharedGround;
  timeline: SharedPicture['timeline'];
  facts: SharedFact[];
  documents: SharedDocument[];
  task?: PartnerTask;
};

/** A case as other states may see it; `number` is that of its last event. */
export type CaseToShare = {
  number: number;
  personId: string;
  homeState: string;
  officeId: string;
  picture: Omit<SharedPicture, 'timeline' | 'pageUrl'>;
  audiences: Audience[];
  /** The person took the application back. */
  isWithdrawn: boolean;
};

type Grounded = { homeState: string; submittedAt?: Date | undefined };

/** The ground on which the home state may see it now; undefined when there is none. */
function groundOf(
  ground: SharingGround,
  row: Grounded,
  answers: Record<string, unknown>,
  state: string,
): SharedGround | undefined {
  if ('consent' in ground)
    return answers[ground.consent] === true && row.submittedAt
      ? { kind: 'consent', givenAt: row.submittedAt.toISOString() }
      : undefined;
  const law = findLaw(ground.law);
  const isInForce = [state, row.homeState].every((party) => law?.parties.includes(party));
  return isInForce ? { kind: 'law', law: ground.law } : undefined;
}

/** Who sees a case, by the service's data: nobody of the deciding state's own people's cases, and nobody without a ground. */
export function audiencesOf(
  { casework }: Pick<Service, 'casework'>,
  row: Grounded,
  answers: Record<string, unknown>,
  state: string,
): Array<{ role: string; holderOf: string; ground: SharedGround; sees: string[]; task?: PartnerTask }> {
  const { home, partners = {} } = casework.sharing ?? {};
  if (row.homeState === state) return [];
  const wanted = [
    ...(home ? [{ role: homeRole, holderOf: homeHolder, ground: home.ground, sees: [] }] : []),
    ...Object.entries(partners).map(([role, { names: _, ...partner }]) => ({ role, ...partner })),
  ];
  return wanted.flatMap((one) => {
    const ground = groundOf(one.ground, row, answers, state);
    return ground ? [{ ...one, ground }] : [];
  });
}

/** Nothing of the person is shown to anybody once there is nothing left to do for it. */
const isOver = ({ state }: Pick<CaseRow, 'state'>) => whoseTurn(state) === 'nobody';

export function describeToShare(file: CaseFile, state: string): CaseToShare {
  const { row, service } = file;
  const clock = row.workingDaysLeft === undefined ? row.dueOn && { dueOn: row.dueOn } : stopped(row.workingDaysLeft);
  return {
    number: file.events.at(-1)?.sequence ?? 0,
    personId: row.personId,
    homeState: row.homeState,
    officeId: row.officeId,
    isWithdrawn: row.state === 'withdrawn',
    picture: {
      caseId: row.id,
      reference: row.reference,
      serviceId: row.serviceId,
      serviceVersion: row.serviceVersion,
      serviceTitle: service.definition.title,
      // Who of the office has to look at it is the office's business.
      state: (row.state === 'to-confirm' ? 'in-review' : row.state) as SharedPicture['state'],
      ...(row.state === 'approved' && row.decidedAs === 'approved-in-part' ? { isInPart: true as const } : {}),
      whoseTurn: whoseTurn(row.state),
      submittedAt: row.submittedAt!.toISOString(),
      ...(isOver(row) ? {} : clock),
    },
    audiences: (row.erasedAt ? [] : audiencesOf(service, row, file.answers, state)).map(({ sees, ...audience }) => ({
      ...audience,
      timeline: timelineFor(file, audience.role),
      ...(isOver(row)
        ? { facts: [], documents: [] }
        : { facts: factsOf(file, sees), documents: documentsOf(file, sees) }),
    })),
  };
}

const stopped = (stoppedWorkingDaysLeft: number) => ({ stoppedWorkingDaysLeft });

/** The person reads it as told to the person; an office reads of the applicant, and of what is between the two. */
function timelineFor(file: CaseFile, role: string): SharedPicture['timeline'] {
  if (role === homeRole) return timelineOf(file).map(({ at, text }) => ({ at, text }));
  return file.events.flatMap((event) =>
    timelineWords[event.kind] && !event.kind.startsWith('message-')
      ? [{ at: event.happenedAt.toISOString(), text: wordsOfEvent(historyWords, event)! }]
      : [],
  );
}

const cut = ({ ar, en }: Text): Text => ({ ar: ar.slice(0, wordsMax) || '—', en: en.slice(0, wordsMax) || '—' });

function factsOf(file: CaseFile, sees: readonly string[]): SharedFact[] {
  const answers = answersOf(file)
    .filter(({ file: attached }) => !attached)
    .map(({ questionId, label, value }) => ({ id: `answers.${questionId}`, label: cut(label), value: cut(value) }));
  const evidence = file.evidence.map(describeEvidence).flatMap(({ evidenceType, fields }) =>
    fields.map(({ name, names, value }) => ({
      id: `evidence.${evidenceType}.${name}`,
      label: cut(names),
      value: cut(wordsOfValue(evidenceType, name, value)),
    })),
  );
  const all = [...answers, ...evidence];
  return sees.flatMap((path) => all.filter(({ id }) => id === path));
}

function documentsOf(file: CaseFile, sees: readonly string[]): SharedDocument[] {
  return answersOf(file).flatMap(({ questionId, label, file: attached }) => {
    const id = `answers.${questionId}`;
    if (!attached || !sees.includes(id) || attached.scan === 'infected') return [];
    const { id: documentId, name, mediaType, size, sha256 } = attached;
    return [{ documentId, id, label: cut(label), name, mediaType, size, sha256 }];
  });
}

/** The roles that were asked and whose answer the office still has to wait for. */
export function awaitedRoles({ casework }: Pick<Service, 'casework'>, events: readonly EventRow[]): string[] {
  const rolesOf = (...kinds: string[]) =>
    new Set(events.filter(({ kind }) => kinds.includes(kind)).map(({ body }) => (body as { role?: string }).role));
  const answered = rolesOf('partner-answered');
  const given = rolesOf('partner-silent', 'sharing-ended');
  return Object.entries(casework.sharing?.partners ?? {}).flatMap(([role, { task }]) =>
    task && rolesOf('partner-asked').has(role) && !answered.has(role) && !(task.silence === 'go-on' && given.has(role))
      ? [role]
      : [],
  );
}

/** Whether it was decided before: a second decision waits for nobody of another state again. */
export const wasDecided = (events: readonly EventRow[]): boolean => events.some(isDecision);
