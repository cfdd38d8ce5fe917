import type { Text } from '#kernel/languages';
import { Button, Card, LinkButton, Notice, SummaryList } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { PageHead } from '../components/head.tsx';
import { Code, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useTable, write } from '../reader.tsx';
import { type RecoveryKey, recoveryTexts } from '../texts/recovery.ts';

const label = (key: RecoveryKey): Text => ({ ar: recoveryTexts.ar[key], en: recoveryTexts.en[key] });

/**
 * Without `totpSecret` it asks for number, code and new password, and posts to `/recovery`; with it for the first code of the
 * app, and posts to `/recovery/finish`. `hidden` goes along.
 */
export type RecoveryView = {
  nationalIdLabel: Text;
  nationalId?: string;
  code?: string;
  /** True when number and code are known already, from the person's own page. */
  isVouchedFor?: boolean;
  totpSecret?: string;
  errors: { page?: Text };
};

export const recovery = definePage<RecoveryView>({
  name: 'recovery',
  area: 'eid',
  title: (_view, { reader }) => write(recoveryTexts, reader, 'title'),
  hasErrors: (view) => view.errors.page !== undefined,
  Body: ({ view }) => {
    const t = useTable(recoveryTexts);
    return (
      <div className="eid stack">
        <PageHead title={t(view.totpSecret ? 'appTitle' : 'title')} lead={t(view.totpSecret ? 'appLead' : 'lead')} />
        <ErrorSummary fields={[]} others={view.errors.page ? [{ message: view.errors.page }] : []} />
        <Card>{view.totpSecret ? <App view={view} secret={view.totpSecret} /> : <Begin view={view} />}</Card>
        {view.totpSecret || view.isVouchedFor ? null : (
          <Notice tone="info">
            <p>{t('none')}</p>
          </Notice>
        )}
      </div>
    );
  },
});

function Begin({ view }: { view: RecoveryView }) {
  const t = useTable(recoveryTexts);
  const named: Field[] = [
    {
      name: 'nationalId',
      kind: 'code',
      label: view.nationalIdLabel,
      required: true,
      value: view.nationalId,
      autocomplete: 'username',
      lengthMax: 20,
    },
    { name: 'code', kind: 'text', label: label('code'), hint: label('codeHint'), required: true, lengthMax: 40 },
  ];
  const password: Field = {
    name: 'password',
    kind: 'password',
    label: label('password'),
    hint: label('passwordHint'),
    required: true,
    autocomplete: 'new-password',
    lengthMax: 128,
  };
  return (
    <form method="post" action="/recovery" className="stack" noValidate>
      {view.isVouchedFor ? <Known view={view} /> : named.map((field) => <FieldOf key={field.name} field={field} />)}
      <FieldOf field={password} />
      <div className="acts">
        <Button>{t('next')}</Button>
      </div>
    </form>
  );
}

function Known({ view }: { view: RecoveryView }) {
  return (
    <>
      <input type="hidden" name="nationalId" value={view.nationalId} />
      <input type="hidden" name="code" value={view.code} />
    </>
  );
}

function App({ view, secret }: { view: RecoveryView; secret: string }) {
  const t = useTable(recoveryTexts);
  const field: Field = {
    name: 'totp',
    kind: 'code',
    label: label('appCode'),
    required: true,
    autocomplete: 'one-time-code',
    lengthMax: 8,
  };
  return (
    <form method="post" action="/recovery/finish" className="stack" noValidate>
      <Known view={view} />
      <input type="hidden" name="secret" value={secret} />
      <p>
        {t('secret')}
        <br />
        <Code>{secret}</Code>
      </p>
      <FieldOf field={field} />
      <div className="acts">
        <Button>{t('finish')}</Button>
      </div>
    </form>
  );
}

export const recovered = definePage<Record<string, never>>({
  name: 'recovered',
  area: 'eid',
  title: (_view, { reader }) => write(recoveryTexts, reader, 'doneTitle'),
  Body: () => {
    const t = useTable(recoveryTexts);
    return (
      <div className="eid stack">
        <PageHead title={t('doneTitle')} lead={t('doneLead')} />
        <p>
          <LinkButton href="/signin">{t('signIn')}</LinkButton>
        </p>
      </div>
    );
  },
});

/** Without `usableFrom` a second officer has not confirmed it yet. */
export type OpenRecovery = { openedAt: string; usableFrom?: string };

/** The warning that somebody began to restore access, wherever the person is. Posts to `action`. */
export function RecoveryWarning(props: { recovery: OpenRecovery; action: string; continueHref?: string }) {
  const { recovery: opened, action, continueHref } = props;
  const t = useTable(recoveryTexts);
  return (
    <Card title={continueHref ? undefined : t('openTitle')}>
      <p>{t('openLead')}</p>
      <SummaryList
        rows={[
          { term: t('openSince'), value: <TimeOf at={opened.openedAt} /> },
          { term: t('openFrom'), value: opened.usableFrom ? <TimeOf at={opened.usableFrom} /> : t('openUnconfirmed') },
        ]}
      />
      <form method="post" action={action} className="acts">
        <Button look="danger">{t('cancel')}</Button>
        {continueHref ? (
          <LinkButton href={continueHref} look="quiet">
            {t('goOn')}
          </LinkButton>
        ) : null}
      </form>
    </Card>
  );
}

/** Between a sign-in and the service, while a recovery from the counter waits. */
export const eidRecovery = definePage<{ recovery: OpenRecovery; action: string; continueHref: string }>({
  name: 'eid-recovery',
  area: 'eid',
  title: (_view, { reader }) => write(recoveryTexts, reader, 'openTitle'),
  Body: ({ view }) => {
    const t = useTable(recoveryTexts);
    return (
      <div className="eid stack">
        <PageHead title={t('openTitle')} />
        <RecoveryWarning {...view} />
      </div>
    );
  },
});
