import type { Language, Text } from '#kernel/languages';
import type { EligibilityOutcome } from '#modules/catalogue';
import { Button, Notice, OfficeLine, type Tone } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { PageHead } from '../components/head.tsx';
import type { OfficeName } from '../components/values.tsx';
import { definePage, type Speaker } from '../page.tsx';
import { useSay, useTable, write } from '../reader.tsx';
import { eligibilityTexts } from '../texts/eligibility.ts';

/**
 * GET|POST /services/:serviceId/eligibility. Posts the answers by the names of the questions, and shows what they come to above them.
 */
export type EligibilityView = {
  /** Where the check and the start of an application are: `<at>/eligibility`, `<at>/start`. */
  at: string;
  serviceHref: string;
  service: Text;
  office: OfficeName;
  /** Native groups of radio buttons, with what was chosen. */
  questions: Field[];
  /** Why nothing can be said of what was posted. */
  problem?: { message: Text; href: string };
  result?: EligibilityResult;
  /** The language that the same answers can be shown in besides: posts `in` with it. The switch of the frame begins anew. */
  otherLanguage?: Language;
};
export type EligibilityResult = {
  outcome: EligibilityOutcome;
  reasons: Array<{ text: Text; whatHelps?: Text }>;
  /** Questions left unknown that could still settle it, with where they stand on the page. */
  couldSettle: Array<{ label: Text; href: string }>;
};

const tones: Record<EligibilityOutcome, Tone> = { may: 'good', maybe: 'sand', 'may-not': 'warn' };

export const eligibility = definePage<EligibilityView>({
  name: 'eligibility',
  title: ({ service, result }, { say, reader }: Speaker) => {
    const t = (key: keyof typeof eligibilityTexts.en, params?: Record<string, string>) =>
      write(eligibilityTexts, reader, key, params);
    return result
      ? t('resultOf', { result: t(`outcome.${result.outcome}`), service: say(service) })
      : t('of', { service: say(service) });
  },
  hasErrors: ({ problem }) => problem !== undefined,
  nav: 'services',
  crumbs: ({ serviceHref, service }, { t, say }) => [
    { href: '/', words: t('crumb.home') },
    { href: '/services', words: t('nav.services') },
    { href: serviceHref, words: say(service) },
  ],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTable(eligibilityTexts);
    return (
      <div className="stack measure">
        <ErrorSummary fields={[]} others={view.problem ? [view.problem] : []} />
        <PageHead
          eyebrow={<OfficeLine office={view.office} small />}
          title={t('title')}
          lead={
            <>
              {say(view.service)}. {t('lead')}
            </>
          }
        />
        {view.result ? <Result view={view} result={view.result} /> : null}
        <form
          method="post"
          action={`${view.at}/eligibility#result`}
          className="stack"
          aria-labelledby="questions-title"
          noValidate
        >
          <h2 id="questions-title">{t('questions')}</h2>
          <p className="muted">
            {t('nothingKept')} {view.result ? t('again') : null}
          </p>
          {view.questions.map((field) => (
            <FieldOf key={field.name} field={field} />
          ))}
          <p className="acts">
            <Button>{t('check')}</Button>
            {view.otherLanguage ? (
              <span lang={view.otherLanguage} dir={view.otherLanguage === 'ar' ? 'rtl' : 'ltr'}>
                <Button look="quiet" name="in" value={view.otherLanguage}>
                  {t('inOther')}
                </Button>
              </span>
            ) : null}
          </p>
        </form>
      </div>
    );
  },
});

function Result({ view, result }: { view: EligibilityView; result: EligibilityResult }) {
  const say = useSay();
  const t = useTable(eligibilityTexts);
  const { outcome, reasons, couldSettle } = result;
  const words =
    outcome === 'maybe' ? (couldSettle.length > 0 ? t('words.depends') : t('words.officer')) : t(`words.${outcome}`);
  return (
    <section className="card stack" id="result" aria-labelledby="result-title" tabIndex={-1}>
      <h2 id="result-title">{t('result')}</h2>
      <Notice tone={tones[outcome]} title={t(`outcome.${outcome}`)}>
        <p>{words}</p>
      </Notice>
      {reasons.length > 0 ? (
        <>
          <h3>{t('why')}</h3>
          <ul className="stack-s">
            {reasons.map(({ text, whatHelps }) => (
              <li key={text.en}>
                {say(text)}
                {whatHelps ? (
                  <p>
                    <b>{t(outcome === 'may-not' ? 'different' : 'whatHelps')}:</b> {say(whatHelps)}
                  </p>
                ) : null}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {couldSettle.length > 0 ? (
        <>
          <h3>{t('settles')}</h3>
          <p>{t('settlesWords')}</p>
          <ul>
            {couldSettle.map(({ label, href }) => (
              <li key={href}>
                <a href={href}>{say(label)}</a>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <p className="muted">{t('humble')}</p>
      <h3>{t('next')}</h3>
      {outcome === 'may-not' ? (
        <>
          <p>
            <a href={view.serviceHref}>{t('service')}</a>
          </p>
          <form method="post" action={`${view.at}/start`} className="stack-s">
            <p className="muted small">{t('anywayNote')}</p>
            <Button look="quiet">{t('anyway')}</Button>
          </form>
        </>
      ) : (
        <form method="post" action={`${view.at}/start`} className="stack-s">
          <p className="acts">
            <Button>{t('start')}</Button>
            <a href={`${view.serviceHref}#asked`}>{t('asked')}</a>
          </p>
          <p className="muted small">{t('startNote')}</p>
        </form>
      )}
    </section>
  );
}
