import { LabelledList, Notice, TimeOf, useSay } from '#apps/portal';
import type { DecisionForm } from '../decision-form.ts';
import { useDeskTexts } from '../texts/desk.ts';
import type { UnsentView } from '../unsent.ts';

/**
 * What the script shows when somebody else has changed the case meanwhile. The button posts what was typed to be drawn again with the case
 * as it is now; nothing is kept in the browser.
 */
export function LiveNews({ caseId, isDeciding }: { caseId: string; isDeciding: boolean }) {
  const desk = useDeskTexts();
  return (
    <div role="alert" data-live-news="">
      <div hidden>
        <Notice tone="warn" title={desk('live.changed')}>
          <ul data-live-list="" />
          {isDeciding ? (
            <>
              <p>{desk('live.kept')}</p>
              <button
                type="submit"
                className="btn ghost"
                form="decide"
                formAction={`/office/cases/${caseId}/read-again`}
              >
                {desk('live.read')}
              </button>
            </>
          ) : (
            <a href={`/office/cases/${caseId}`}>{desk('live.reload')}</a>
          )}
        </Notice>
      </div>
    </div>
  );
}

/** Whose words stand in the form, when somebody began to write the decision before. */
export function DraftedBy({ drafted }: { drafted: DecisionForm['values']['drafted'] }) {
  const say = useSay();
  const desk = useDeskTexts();
  if (!drafted) return null;
  return (
    <div id="drafted">
      <Notice tone="info">
        <p>
          {drafted.by === undefined ? desk('review.draftedByYou') : desk('review.draftedBy', { who: say(drafted.by) })}{' '}
          <TimeOf at={drafted.at} />
        </p>
      </Notice>
    </div>
  );
}

/** What somebody wrote and could not send: nothing of it is lost, and nothing of it is anybody else's. */
export function Unsent({ unsent }: { unsent: UnsentView | undefined }) {
  const say = useSay();
  const desk = useDeskTexts();
  if (!unsent) return null;
  return (
    <div role="alert">
      <Notice tone="bad" title={desk('unsent.title')}>
        <p>
          {say(unsent.why)} {desk('unsent.words')}
        </p>
        <LabelledList items={unsent.written} />
      </Notice>
    </div>
  );
}
