import type { Text } from '#kernel/languages';
import type { AssuranceLevel } from '#protocol/assurance';
import { Button, Card, Notice, OfficeLine } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { PasskeyForm } from '../components/passkey.tsx';
import { Code, type OfficeName } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, useTexts } from '../reader.tsx';
import { waysTexts } from '../texts/ways.ts';

/** A made-up person one can sign in as; shown only in a sample federation. */
export type SamplePerson = { name: Text; nationalId: string; password?: string };

/**
 * Posts `nationalId` and `password` to `action`; `cancel` (a button) posts `cancel=yes`. A passkey's answer goes to
 * `{action}/passkey`; `phoneNationalId` to `{action}/phone` makes the person's phone ask.
 */
export type EidLoginView = {
  action: string;
  requester: OfficeName;
  /** Set when the person is signed in, but more weakly than is needed now. */
  stepUpTo?: AssuranceLevel;
  /** What the number is called here, such as the Bahraini personal number (CPR). */
  nationalIdLabel: Text;
  nationalIdHint?: Text;
  nationalId?: string;
  errors: { nationalId?: Text; password?: Text; page?: Text };
  samplePeople: SamplePerson[];
  /** What is offered; with `onlyFor`, the level because of which something is missing. */
  ways: { password: boolean; passkey: boolean; phone: boolean; onlyFor?: AssuranceLevel };
  /** eIDs of the state; each posts to `{action}/upstream/{id}`, with `upstreamNationalId` where its app has to find the person. */
  upstreams: Array<{ id: string; names: Text; asksNumber: boolean }>;
};

export const eidLogin = definePage<EidLoginView>({
  name: 'eid-login',
  area: 'eid',
  scripts: ['passkey'],
  title: (_view, { t }) => t('eid.title'),
  hasErrors: (view) => Object.values(view.errors).some(Boolean),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const ofWays = useTable(waysTexts);
    const fields: Field[] = [
      {
        name: 'nationalId',
        kind: 'code',
        label: view.nationalIdLabel,
        hint: view.nationalIdHint,
        required: true,
        value: view.nationalId,
        error: view.errors.nationalId,
        autocomplete: 'username',
        lengthMax: 20,
      },
      {
        name: 'password',
        kind: 'password',
        label: { ar: 'كلمة المرور', en: 'Password' },
        required: true,
        error: view.errors.password,
        lengthMax: 200,
      },
    ];
    const { ways, upstreams } = view;
    const cancel = (
      <Button look="quiet" name="cancel" value="yes">
        {t('eid.cancel')}
      </Button>
    );
    // One way there always is: a level that nobody reaches is refused before anybody is asked.
    const hasOthers = ways.passkey || ways.phone || upstreams.length > 0;
    return (
      <div className="eid stack">
        <ErrorSummary
          fields={ways.password ? fields : []}
          others={view.errors.page ? [{ message: view.errors.page }] : []}
        />
        <div className="card">
          <h1>{t('eid.title')}</h1>
          <div className="stack-s">
            <p className="muted">{t('eid.for')}</p>
            <OfficeLine office={view.requester} small />
          </div>
          {view.stepUpTo && !ways.onlyFor ? (
            <Notice tone="info" title={t('signIn.stronger')}>
              <p>{t('signIn.strongerWords', { level: t(`level.${view.stepUpTo}`) })}</p>
            </Notice>
          ) : null}
          {ways.onlyFor ? (
            <Notice tone="info" title={ofWays('onlyThese')}>
              <p>{ofWays('onlyTheseWords', { level: t(`level.${ways.onlyFor}`) })}</p>
            </Notice>
          ) : null}
          {ways.password ? (
            <form method="post" action={view.action} className="stack" noValidate>
              {fields.map((field) => (
                <FieldOf key={field.name} field={field} />
              ))}
              <div className="acts">
                <Button>{t('eid.continue')}</Button>
                {cancel}
              </div>
            </form>
          ) : null}
        </div>
        {hasOthers ? (
          <Card title={ofWays(ways.password ? 'or' : 'sufficing')}>
            {ways.passkey ? (
              <PasskeyForm
                kind="ask"
                options={`${view.action}/passkey/options`}
                action={`${view.action}/passkey`}
                button={ofWays('signInByPasskey')}
                look="ghost"
              />
            ) : null}
            {ways.phone ? (
              <form method="post" action={`${view.action}/phone`} className="stack-s" noValidate>
                <FieldOf field={phoneField(view)} />
                <div className="acts">
                  <Button look="ghost">{ofWays('byPhone')}</Button>
                </div>
              </form>
            ) : null}
            {upstreams.map(({ id, names, asksNumber }) => (
              <form key={id} method="post" action={`${view.action}/upstream/${id}`} className="stack-s" noValidate>
                {asksNumber ? <FieldOf field={upstreamField(view)} /> : null}
                <div className="acts">
                  <Button look="ghost">{ofWays('byUpstream', { name: say(names) })}</Button>
                </div>
              </form>
            ))}
            {ways.password ? null : (
              <form method="post" action={view.action} className="acts">
                {cancel}
              </form>
            )}
            <p>
              <a href="/recovery">{ofWays('lost')}</a>
            </p>
          </Card>
        ) : null}
        {view.samplePeople.length > 0 ? (
          <details className="card">
            <summary>{t('eid.samples')}</summary>
            <ul className="plain">
              {view.samplePeople.map((person) => (
                <li key={person.nationalId}>
                  <bdi>{say(person.name)}</bdi> · <Code>{person.nationalId}</Code>
                  {person.password ? (
                    <>
                      {' · '}
                      <Code>{person.password}</Code>
                    </>
                  ) : null}
                </li>
              ))}
            </ul>
          </details>
        ) : null}
        <Notice tone="info">
          <p>{t('eid.stays', { state: say(view.requester.state.names) })}</p>
        </Notice>
      </div>
    );
  },
});

const phoneField = (view: EidLoginView): Field => ({
  name: 'phoneNationalId',
  kind: 'code',
  label: view.nationalIdLabel,
  hint: { ar: waysTexts.ar.byPhoneHint, en: waysTexts.en.byPhoneHint },
  required: true,
  lengthMax: 20,
});

const upstreamField = (view: EidLoginView): Field => ({
  name: 'upstreamNationalId',
  kind: 'code',
  label: view.nationalIdLabel,
  hint: { ar: waysTexts.ar.pushHint, en: waysTexts.en.pushHint },
  required: true,
  lengthMax: 20,
});

/** Posts `code` to `action`; `{action}/message` has it sent as a text message. `sampleCode` is shown only in a sample federation, where nobody has the person's phone. */
export type EidCodeView = {
  action: string;
  error?: Text;
  attemptsLeft?: number;
  sampleCode?: string;
  /** The number that a text message would go to ends so. */
  message?: { hint: string; isSent: boolean };
};

export const eidCode = definePage<EidCodeView>({
  name: 'eid-code',
  area: 'eid',
  title: (_view, { t }) => t('eid.codeTitle'),
  hasErrors: (view) => view.error !== undefined,
  Body: ({ view }) => {
    const ofWays = useTable(waysTexts);
    const t = useTexts();
    const field: Field = {
      name: 'code',
      kind: 'code',
      label: { ar: 'الرمز المكوّن من ستة أرقام', en: 'Six-digit code' },
      hint: view.message?.isSent
        ? {
            ar: 'من الرسالة النصية، خلال خمس دقائق، أو من تطبيق الرموز على هاتفك.',
            en: 'From the text message, within five minutes, or from the authenticator app on your phone.',
          }
        : {
            ar: 'تجده في تطبيق الرموز على هاتفك، ويتغير كل ٣٠ ثانية.',
            en: 'It is in the authenticator app on your phone and changes every 30 seconds.',
          },
      required: true,
      error: view.error,
      autocomplete: 'one-time-code',
      lengthMax: 8,
    };
    return (
      <div className="eid stack">
        <ErrorSummary fields={[field]} />
        <div className="card">
          <h1>{t('eid.codeTitle')}</h1>
          <form method="post" action={view.action} className="stack" noValidate>
            <FieldOf field={field} />
            {view.attemptsLeft !== undefined ? (
              <p className="muted">{t('eid.attempts', { n: view.attemptsLeft })}</p>
            ) : null}
            <div className="acts">
              <Button>{t('eid.confirm')}</Button>
              <Button look="quiet" name="cancel" value="yes">
                {t('eid.cancel')}
              </Button>
            </div>
          </form>
          {view.message ? (
            <form method="post" action={`${view.action}/message`} className="stack-s">
              {view.message.isSent ? (
                <p role="status">
                  {ofWays('messageSent')} <bdi dir="ltr">•• {view.message.hint}</bdi>
                </p>
              ) : null}
              <div className="acts">
                <Button look="ghost">
                  {ofWays(view.message.isSent ? 'messageAgain' : 'messageSend')}{' '}
                  <bdi dir="ltr">•• {view.message.hint}</bdi>
                </Button>
              </div>
            </form>
          ) : null}
          {view.sampleCode ? (
            <Notice>
              <p>
                {t('eid.sampleCode')} <Code>{view.sampleCode}</Code>
              </p>
            </Notice>
          ) : null}
        </div>
      </div>
    );
  },
});
