import { Button, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { useDeskTexts } from '../texts/desk.ts';

type Assignable = {
  caseId: string;
  assignees: Array<{ personId: string; names: Text }>;
  assignProblem?: Text;
  assignment: { kind: string };
};

/** A supervisor gives the case to a colleague. Posts `colleague`, and `takeOver` where somebody else has it, to /office/cases/:caseId/assign. */
export function AssignTo({ view }: { view: Assignable }) {
  const say = useSay();
  const desk = useDeskTexts();
  if (view.assignees.length === 0) return null;
  const isHeld = view.assignment.kind !== 'free';
  return (
    <form method="post" action={`/office/cases/${view.caseId}/assign`} className="card stack-s" id="assign">
      <label htmlFor="colleague">{desk('assign.to')}</label>
      {view.assignProblem ? (
        <p className="error" id="assign-problem">
          {say(view.assignProblem)}
        </p>
      ) : null}
      <select
        id="colleague"
        name="colleague"
        aria-describedby={view.assignProblem ? 'assign-problem' : undefined}
        aria-invalid={view.assignProblem ? true : undefined}
      >
        {view.assignees.map(({ personId, names }) => (
          <option key={personId} value={personId}>
            {say(names)}
          </option>
        ))}
      </select>
      {isHeld ? <input type="hidden" name="takeOver" value="yes" /> : null}
      <Button look="ghost">{desk('assign.give')}</Button>
      <p className="muted small">{desk(isHeld ? 'assign.heldWords' : 'assign.words')}</p>
    </form>
  );
}
