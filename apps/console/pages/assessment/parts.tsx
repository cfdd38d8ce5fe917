import { Code, NumberOf, type Reader, Tag, useSay } from '#apps/portal';
import type { AnswerValue, AskedCode } from '#modules/insights';
import { answerNames, words } from './words.ts';

/** What a page says of a code. */
export type NamedCode = Pick<AskedCode, 'id' | 'printed' | 'part' | 'title' | 'nth' | 'of'>;

export function AnswerTag({ answer }: { answer?: AnswerValue | undefined }) {
  const say = useSay();
  if (!answer) return <Tag tone="plain">{say(words.open)}</Tag>;
  return <Tag tone={answer === 'yes' ? 'good' : answer === 'no' ? 'warn' : 'sand'}>{say(answerNames[answer])}</Tag>;
}

/** "41 of 183". */
export function CountOf({ value, of }: { value: number; of: number }) {
  const say = useSay();
  return (
    <>
      <NumberOf value={value} /> {say(words.of)} <NumberOf value={of} />
    </>
  );
}

/** The title of a question, and which of its codes it is. */
export function QuestionName({ code }: { code: NamedCode }) {
  const say = useSay();
  return (
    <>
      {say(code.title)}
      {code.of > 1 ? (
        <span className="muted">
          {' '}
          <bdi>
            (<NumberOf value={code.nth} />/<NumberOf value={code.of} />)
          </bdi>
        </span>
      ) : null}{' '}
      <Code>{code.printed}</Code>
    </>
  );
}

/** A page of the evidence, in a window of its own that learns nothing of this one. */
export function EvidenceLink({ href }: { href: string }) {
  return (
    <a href={href} rel="noopener noreferrer external" dir="ltr">
      {href}
    </a>
  );
}

export const roundHref = (roundId: string) => `/office/assessments/${roundId}`;
export const questionHref = (roundId: string, code: string) => `${roundHref(roundId)}/questions/${code}`;
export const fiveDecimals = { minimumFractionDigits: 5, maximumFractionDigits: 5 };
/** Which round it is, in the reader's words and digits. */
export function roundName({ language, digits }: Reader, year: number, number: number): string {
  const { format } = new Intl.NumberFormat(`${language}-u-nu-${digits}`, { useGrouping: false });
  return language === 'ar' ? `مسح ${format(year)}، الجولة ${format(number)}` : `Survey ${year}, round ${number}`;
}
