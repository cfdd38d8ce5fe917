import { type Field, type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { Actor, Assessments, HistoryEntry, LeftRound, Role, Round } from '#modules/insights';
import { roleNames, words } from './pages/assessment/words.ts';

const replaceableRoles = ['first-assessor', 'second-assessor', 'reviewer'] as const;

type Names = Record<string, Text>;

/** What the senior reviewer may do where somebody cannot go on, as fields; `form` holds what was refused, to be put right. */
export async function replacingFields(
  assessments: Assessments,
  namesOf: (personIds: readonly string[]) => Promise<Names>,
  { form, actor, round }: { form: PageContext['form']; actor: Actor; round: Round },
): Promise<{ replacing?: Field[]; leaving?: Field }> {
  const given = (name: string) => textOf(form[name]);
  const successors = await assessments.listSuccessors(actor, round.roundId);
  const names = await namesOf(successors.flatMap(({ role, personIds }) => [round.people[role]!, ...personIds]));
  const replaceable = successors
    .filter(({ personIds }) => personIds.length > 0)
    .map(({ role, personIds }) => ({
      role,
      holder: names[round.people[role]!]!,
      successors: personIds.map((personId) => ({ personId, names: names[personId]! })),
    }));
  const values = { role: given('replace-role'), successor: given('replace-by'), why: given('replace-why') };
  return {
    ...(round.acts.includes('replace')
      ? { replacing: replaceable.length > 0 ? replaceFields(replaceable, values) : [] }
      : {}),
    ...(round.acts.includes('let-reviewer-settle') ? { leaving: leaveField(given('leave-why')) } : {}),
  };
}

/** Rounds that the officer can take over, each with a field for the reason. */
export async function leftRounds(
  assessments: Assessments,
  actor: Actor,
  form: PageContext['form'],
): Promise<Array<LeftRound & { whyField: Field }>> {
  const left = await assessments.listLeft(actor);
  return left.map((one) => ({
    ...one,
    whyField: takeOverField(one.roundId, textOf(form[`take-over-why-${one.roundId}`])),
  }));
}

/** Everybody whom steps of a round name: who took them, and who was replaced by whom. */
export function personsIn(entries: readonly HistoryEntry[]): string[] {
  return entries.flatMap(({ by, before, after }) => [
    by,
    ...[before, after].flatMap((kept) => (kept as { personId?: string } | undefined)?.personId ?? []),
  ]);
}

type Take = (context: PageContext, actor: Actor, roundId: string) => Promise<unknown>;

export function replacingSteps(assessments: Assessments): Array<{ name: string; take: Take; notice: Text }> {
  return [
    {
      name: 'replace',
      take: async ({ form }, actor, roundId) => {
        const role = replaceableRoles.find((one) => one === textOf(form['replace-role']));
        if (!role) throw new Problem('role-missing', { status: 422, ...words.chooseWhom });
        const [successor, why] = [textOf(form['replace-by']), textOf(form['replace-why'])];
        await assessments.replace(actor, roundId, { role, successor, why });
      },
      notice: words.replaced,
    },
    {
      name: 'leave-to-reviewer',
      take: ({ form }, actor, roundId) => assessments.letReviewerSettle(actor, roundId, textOf(form['leave-why'])),
      notice: words.left,
    },
  ];
}

/** Who is replaced by whom, and why. */
export function replaceFields(
  replaceable: ReadonlyArray<{
    role: Role;
    holder: Text;
    successors: ReadonlyArray<{ personId: string; names: Text }>;
  }>,
  values: { role: string; successor: string; why: string },
): Field[] {
  const both = (one: Text, other: Text): Text => ({ ar: `${one.ar}: ${other.ar}`, en: `${one.en}: ${other.en}` });
  const successors = new Map(
    replaceable.flatMap((one) => one.successors.map(({ personId, names }) => [personId, names] as const)),
  );
  return [
    {
      name: 'replace-role',
      kind: 'choice',
      label: words.replaceWhom,
      required: true,
      value: values.role,
      choices: replaceable.map(({ role, holder }) => ({ value: role, label: both(roleNames[role], holder) })),
    },
    {
      name: 'replace-by',
      kind: 'choice',
      label: words.successor,
      required: true,
      value: values.successor,
      choices: [...successors].map(([value, label]) => ({ value, label })),
    },
    {
      name: 'replace-why',
      kind: 'textarea',
      label: words.replaceWhy,
      hint: words.replaceWhyHint,
      required: true,
      value: values.why,
      lengthMax: 1000,
    },
  ];
}

/** The reason for taking over a round; one field for each round on the page, and what was refused is still there. */
export function takeOverField(roundId: string, value: string): Field {
  return {
    name: `take-over-why-${roundId}`,
    kind: 'textarea',
    label: words.takeOverWhy,
    hint: words.replaceWhyHint,
    required: true,
    value,
    lengthMax: 1000,
  };
}

export function leaveField(value: string): Field {
  return { name: 'leave-why', kind: 'textarea', label: words.leaveWhy, required: true, value, lengthMax: 1000 };
}
