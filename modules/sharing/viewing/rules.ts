import { dateIn, type Text } from '#kernel/languages';
import { countWorkingDays } from '#modules/cases';
import type { SharedDocument, SharedPicture, StateCalendar } from '#protocol/shared-case';
import type { Clock, SeenAnswer, SeenNote, SharedSummary, Step } from '../contract.ts';
import { homeRole } from '../rules.ts';
import type { NoteRow, ShareRow } from '../store.ts';

/** Working days that a state has left until a day, by its own calendar; negative when it has passed. */
export function clockOf(state: string, until: string, calendar: StateCalendar, now: Date): Clock {
  return {
    state,
    workingDaysLeft: countWorkingDays(dateIn(now, calendar.timeZone), until, calendar),
    weekend: calendar.weekend,
  };
}

/** The legal due day by both calendars: that of the deciding state first, which is the one that counts. */
export function clocksOf(row: ShareRow, here: { state: string; calendar: StateCalendar }, now: Date): Clock[] {
  const dueOn = row.status?.case.dueOn;
  if (row.state === 'ended' || !dueOn || !row.peer_calendar) return [];
  return [clockOf(row.peer_state, dueOn, row.peer_calendar, now), clockOf(here.state, dueOn, here.calendar, now)];
}

/** Whether the office of this node still has to answer. */
export function isAnswerDue(row: ShareRow): boolean {
  return (
    row.side === 'viewer' &&
    row.state === 'active' &&
    row.status?.task !== undefined &&
    row.answer === null &&
    row.status.case.whoseTurn !== 'nobody'
  );
}

export function describeSummary(
  row: ShareRow,
  here: { state: string; calendar: StateCalendar },
  now: Date,
): SharedSummary {
  const picture = row.status!.case;
  const isDue = isAnswerDue(row);
  return {
    shareId: row.share_id,
    caseId: row.case_id,
    reference: picture.reference,
    serviceId: picture.serviceId,
    serviceTitle: picture.serviceTitle,
    decidingOffice: row.peer!,
    decidingState: row.peer_state,
    state: picture.state,
    isInPart: picture.isInPart === true,
    whoseTurn: picture.whoseTurn,
    submittedAt: picture.submittedAt,
    changedAt: row.changed_at.toISOString(),
    ...(picture.dueOn && row.state === 'active' ? { dueOn: picture.dueOn } : {}),
    ...(picture.stoppedWorkingDaysLeft === undefined ? {} : { stoppedWorkingDaysLeft: picture.stoppedWorkingDaysLeft }),
    clocks: clocksOf(row, here, now),
    isEnded: row.state === 'ended',
    ...(row.ended_because ? { endedBecause: row.ended_because as NonNullable<SharedSummary['endedBecause']> } : {}),
    isAnswerDue: isDue,
    ...(isDue && row.answer_by
      ? {
          answerBy: row.answer_by,
          answerWorkingDaysLeft: clockOf(here.state, row.answer_by, here.calendar, now).workingDaysLeft,
        }
      : {}),
    hasNews: row.role !== homeRole && row.number > row.opened_number,
  };
}

const named = (at: Date | string, text: Text, state: string): Step => ({
  at: typeof at === 'string' ? at : at.toISOString(),
  text,
  state,
});

/** What happened in both states, the oldest first: as the deciding office tells it, and what offices of this one did. */
export function timelineOf(
  picture: SharedPicture,
  decidingState: string,
  here: string,
  offices: readonly ShareRow[],
): Step[] {
  const steps = picture.timeline.map(({ at, text }) => named(at, text, decidingState));
  for (const { began_at: beganAt, opened_at: openedAt, answer } of offices) {
    steps.push(
      named(
        beganAt,
        { ar: 'وصل الطلب إلى الجهة المختصة في بلدك', en: 'The case reached the office in your state' },
        here,
      ),
    );
    if (openedAt)
      steps.push(
        named(openedAt, { ar: 'اطّلعت الجهة في بلدك على الطلب', en: 'The office in your state opened the case' }, here),
      );
    if (answer)
      steps.push(
        named(answer.at, { ar: 'أرسلت الجهة في بلدك ردها', en: 'The office in your state sent its answer' }, here),
      );
  }
  return steps.sort((one, other) => one.at.localeCompare(other.at));
}

export function describeNotes(notes: readonly NoteRow[]): SeenNote[] {
  return notes.map(({ is_ours: isOurs, writer_name: name, text, written_at: at }) => ({
    isOurs,
    ...(isOurs && name ? { name } : {}),
    text,
    writtenAt: at.toISOString(),
  }));
}

export function describeAnswer(row: ShareRow): { answer: SeenAnswer } | Record<string, never> {
  if (!row.answer) return {};
  const { outcome, ownWords, at } = row.answer;
  return { answer: { outcome, at, ...(ownWords ? { ownWords } : {}) } };
}

export const describeDocument = ({ documentId, label, name, mediaType, size, sha256 }: SharedDocument) => ({
  documentId,
  label,
  name,
  mediaType,
  size,
  sha256,
});
