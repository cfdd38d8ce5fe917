import { Button, type Field, FieldOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { deskTexts, useDeskTexts } from '../texts/desk.ts';

export type Assignable = {
  caseId: string;
  /** To whom a supervisor can give the case now; nobody, for everybody else. */
  assignees: Array<{ personId: string; names: Text }>;
  assignProblem?: Text;
  assignment: { kind: string };
};

export const assignFieldsOf = ({ assignees, assignProblem }: Assignable): Field[] =>
  assignees.length === 0
    ? []
    : [
        {
          name: 'colleague',
          kind: 'choice',
          required: true,
          label: { ar: deskTexts.ar['assign.to'], en: deskTexts.en['assign.to'] },
          choices: assignees.map(({ personId, names }) => ({ value: personId, label: names })),
          error: assignProblem,
        },
      ];

/** A supervisor gives the case to a colleague. Posts `colleague`, and `takeOver` where somebody else has it, to /office/cases/:caseId/assign. */
export function AssignTo({ view }: { view: Assignable }) {
  const desk = useDeskTexts();
  const [field] = assignFieldsOf(view);
  if (!field) return null;
  const isHeld = view.assignment.kind !== 'free';
  return (
    <form method="post" action={`/office/cases/${view.caseId}/assign`} className="card stack-s" id="assign" noValidate>
      <FieldOf field={field} />
      {isHeld ? <input type="hidden" name="takeOver" value="yes" /> : null}
      <Button look="ghost">{desk('assign.give')}</Button>
      <p className="muted small">{desk(isHeld ? 'assign.heldWords' : 'assign.words')}</p>
    </form>
  );
}
