import type { Text } from '#kernel/languages';
import type { Speaker } from '../page.tsx';
import { Code, DateOf } from './values.tsx';

/** For what a consent is given, how often and until when, and how long what was given is kept. */
export type ConsentTerms = {
  /** Of which evidence, where not all of it is asked for on the same terms. */
  evidence?: Text;
  purpose: Text;
  ground: Text;
  /** How often it may be asked for; 0 is as often as needed. */
  times: number;
  /** Last day of the permission, YYYY-MM-DD. */
  endsOn: string;
  retention: Text;
};

/** Rows of a summary: one for each thing where the terms are the same for all, else one for each kind of evidence. */
export function rowsOfTerms(terms: ConsentTerms[], { say, t }: Pick<Speaker, 't' | 'say'>, caseReference?: string) {
  const why = ({ purpose }: ConsentTerms) => (
    <>
      {say(purpose)}
      {caseReference ? (
        <>
          {' '}
          <Code>{caseReference}</Code>
        </>
      ) : null}
    </>
  );
  const howLong = ({ times, endsOn }: ConsentTerms) => (
    <>
      {t('consent.howOften', { n: times })} <DateOf on={endsOn} hijri />
    </>
  );
  const [only, ...more] = terms;
  if (only && more.length === 0)
    return [
      { term: t('consent.why'), value: why(only) },
      { term: t('consent.ground'), value: say(only.ground) },
      { term: t('consent.howLong'), value: howLong(only) },
      { term: t('consent.kept'), value: say(only.retention) },
    ];
  return terms.map((one) => ({
    term: one.evidence ? say(one.evidence) : '',
    value: (
      <ul className="plain">
        <li>{why(one)}</li>
        <li>{say(one.ground)}</li>
        <li>{howLong(one)}</li>
        <li>{say(one.retention)}</li>
      </ul>
    ),
  }));
}
