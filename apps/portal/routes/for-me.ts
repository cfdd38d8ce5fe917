import type { Caller } from '#kernel/contract';
import { dateIn } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { Audience, ServiceSummary, Wanted } from '#modules/catalogue';
import type { PortalNeeds } from '../needs.ts';

type PersonCaller = Extract<Caller, { kind: 'person' }>;
/** Whom a list of services is for: of the caller, or of the child or company that they act for now. */
export type Own = Pick<Wanted, 'age'> & { audience?: Audience };

/**
 * What the state knows of whoever is signed in, for this one answer: it stands in no address, no log and no table. A visited state knows no birth
 * date; a register that is silent leaves the questions open, as they are for anybody.
 */
export async function findOwn(
  needs: Pick<PortalNeeds, 'exchange' | 'matching' | 'state' | 'log' | 'clock'>,
  caller: PersonCaller,
): Promise<Own> {
  const { actingFor } = caller;
  if (actingFor?.kind === 'signatory') return { audience: 'business' };
  // Who acts by somebody's word alone is shown nothing of that person.
  if (actingFor?.kind === 'agent') return {};
  const personId = actingFor?.personId ?? caller.personId;
  if (caller.homeState !== needs.state.code)
    return { audience: (await needs.matching.isLinked(personId)) ? 'resident' : 'visitor' };
  try {
    const { fields } = await needs.exchange.preview(personId, 'person-identity', ['birth_date', 'nationality']);
    const known = new Map(fields.map(({ name, value }) => [name, String(value)]));
    const nationality = known.get('nationality');
    const age = ageOn(dateIn(needs.clock.now(), needs.state.timeZone), known.get('birth_date') ?? '');
    return {
      ...(nationality === undefined
        ? {}
        : { audience: nationality === needs.state.code ? ('citizen' as const) : ('resident' as const) }),
      ...(age === undefined ? {} : { age }),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    needs.log.warn({ code: error.code }, 'no register to say whom a list is for');
    return {};
  }
}

/** Whole years on a day, both ISO 8601. */
export function ageOn(today: string, born: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}/.test(born)) return undefined;
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4));
  const age = today.slice(5) < born.slice(5, 10) ? years - 1 : years;
  return age >= 0 && age <= 150 ? age : undefined;
}

/** A visitor finds what is for visitors, and what several states give to the people of one another. */
export const isForVisitor = ({ audience, isShared }: ServiceSummary): boolean =>
  audience.includes('visitor') || isShared;
