import type { Text } from '#kernel/languages';
import { Button, Card, LabelledList, OfficeLine, Panel, SummaryList } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { PageHead } from '../components/head.tsx';
import { Icon } from '../components/marks.tsx';
import { Code, type Labelled, type OfficeName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

export type Verdict = {
  /** The last three are of proofs of exchanges. */
  kind:
    | 'genuine'
    | 'changed'
    | 'revoked'
    | 'superseded'
    | 'expired'
    | 'untrusted'
    | 'unreadable'
    | 'proved'
    | 'unfinished'
    | 'unproved';
  /** Why, in words; says what to do next when the answer is no. */
  reason: Text;
  carrier: 'pdf' | 'credential' | 'proof';
  issuer?: OfficeName;
  issuedAt?: string;
  checkedAt: string;
  /** `isUnsaid`: the file says nothing of it, or not yet. */
  checks: Array<{ label: Text; isGood: boolean; isUnsaid?: boolean; detail?: Text }>;
  /** From the signer up to the federation's anchor. */
  chain: Array<{ name: Text; role: Text; entityId: string }>;
  claims: Labelled[];
};

/**
 * A multipart POST with `document` (a PDF or a proof) or `text` (a pasted credential or proof). `trust` is what the page's script
 * checks proofs with (JSON).
 */
export type VerifyView = {
  verdict?: Verdict;
  pasted?: string;
  trust: string;
  errors: { document?: Text; text?: Text };
};

const verdictTones = {
  genuine: 'good',
  changed: 'bad',
  revoked: 'bad',
  superseded: 'bad',
  expired: 'warn',
  untrusted: 'bad',
  unreadable: 'warn',
  proved: 'good',
  unfinished: 'warn',
  unproved: 'bad',
} as const;

export const verify = definePage<VerifyView>({
  name: 'verify',
  scripts: ['proof', 'drop'],
  title: (view, { t }) => (view.verdict ? t(`verdict.${view.verdict.kind}`) : t('verify.title')),
  hasErrors: (view) => Boolean(view.errors.document || view.errors.text),
  crumbs: (_view, { t }) => [{ href: '/', words: t('crumb.home') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const { verdict } = view;
    const text: Field = {
      name: 'text',
      kind: 'textarea',
      label: { ar: 'أو الصق وثيقة رقمية أو إثباتًا', en: 'Or paste a digital credential or a proof' },
      hint: { ar: 'نص يبدأ عادة بـ eyJ أو بقوس {', en: 'A text that usually begins with eyJ or with {' },
      value: view.pasted,
      error: view.errors.text,
    };
    const form = (
      <form
        method="post"
        action="/verify"
        encType="multipart/form-data"
        className="stack"
        noValidate
        data-proof-trust={view.trust}
        data-proof-here={t('verify.here')}
      >
        <div className={view.errors.document ? 'drop field wrong' : 'drop'} data-drop="">
          <span className="ico">
            <Icon name="document" />
          </span>
          <label htmlFor="document">
            <b>{t('verify.file')}</b>
          </label>
          <p className="hint" id="document-hint" data-drop-name="">
            {t('verify.fileHint', { mb: 5 })}
          </p>
          {view.errors.document ? (
            <p className="err" id="document-error">
              <Icon name="warn" />
              <span>{say(view.errors.document)}</span>
            </p>
          ) : null}
          <input
            id="document"
            name="document"
            type="file"
            accept="application/pdf,.pdf,application/json,.json,.tlog-proof,text/plain,.txt"
            aria-describedby={view.errors.document ? 'document-hint document-error' : 'document-hint'}
            aria-invalid={view.errors.document ? true : undefined}
          />
        </div>
        <FieldOf field={text} />
        <div className="acts">
          <Button big>{t('verify.check')}</Button>
        </div>
        <p className="muted">{t('verify.private')}</p>
        <div className="stack-s" data-proof-answer="" aria-live="polite" />
      </form>
    );
    if (!verdict) {
      return (
        <div className="stack measure">
          <ErrorSummary fields={[{ ...text, name: 'document', error: view.errors.document }, text]} />
          <PageHead title={t('verify.title')} lead={t('verify.lead')} />
          {form}
        </div>
      );
    }
    return (
      <div className="stack measure">
        <Panel
          title={t(`verdict.${verdict.kind}`)}
          tone={verdictTones[verdict.kind]}
          icon={
            verdictTones[verdict.kind] === 'good'
              ? 'check'
              : verdict.kind === 'changed' || verdict.kind === 'untrusted' || verdict.kind === 'unproved'
                ? 'cross'
                : 'warn'
          }
        >
          <p>{say(verdict.reason)}</p>
        </Panel>
        {verdict.issuer || verdict.issuedAt ? (
          <Card>
            <SummaryList
              rows={[
                ...(verdict.issuer
                  ? [
                      {
                        term: t(verdict.carrier === 'proof' ? 'verify.answeredBy' : 'verify.issuer'),
                        value: <OfficeLine office={verdict.issuer} small />,
                      },
                    ]
                  : []),
                ...(verdict.issuedAt
                  ? [
                      {
                        term: t(verdict.carrier === 'proof' ? 'verify.answeredAt' : 'verify.issuedAt'),
                        value: <TimeOf at={verdict.issuedAt} hijri />,
                      },
                    ]
                  : []),
                { term: t('verify.checkedAt'), value: <TimeOf at={verdict.checkedAt} /> },
              ]}
            />
          </Card>
        ) : null}
        {verdict.claims.length > 0 ? (
          <Card title={t('verify.says')}>
            <LabelledList items={verdict.claims} />
          </Card>
        ) : null}
        {verdict.checks.length > 0 ? (
          <Card title={t('verify.checks')}>
            <ul className="chain">
              {verdict.checks.map((check) => (
                <li key={check.label.en} className={check.isGood || check.isUnsaid ? undefined : 'no'}>
                  <Icon name={check.isUnsaid ? 'clock' : check.isGood ? 'check' : 'cross'} />
                  <span>
                    <b>
                      {check.isUnsaid ? null : (
                        <span className="hide">{t(check.isGood ? 'verify.passed' : 'verify.failed')}: </span>
                      )}
                      {say(check.label)}
                    </b>
                    {check.detail ? <span className="muted"> · {say(check.detail)}</span> : null}
                  </span>
                </li>
              ))}
            </ul>
          </Card>
        ) : null}
        {verdict.chain.length > 0 ? (
          <Card title={t('verify.chain')}>
            <p className="muted">{t('verify.chainWords')}</p>
            <ol className="chain">
              {verdict.chain.map((link) => (
                <li key={link.entityId}>
                  <Icon name="shield" />
                  <span>
                    <b>{say(link.name)}</b>
                    <span className="muted"> · {say(link.role)}</span>
                    <br />
                    <Code>{link.entityId}</Code>
                  </span>
                </li>
              ))}
            </ol>
          </Card>
        ) : null}
        <section className="stack-s">
          <h2>{t('verify.another')}</h2>
          {form}
        </section>
      </div>
    );
  },
});
