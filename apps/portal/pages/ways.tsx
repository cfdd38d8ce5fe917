import type { Text } from '#kernel/languages';
import { Button, Card, Notice, Tag } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { PageHead } from '../components/head.tsx';
import { Icon } from '../components/marks.tsx';
import { PasskeyForm } from '../components/passkey.tsx';
import { TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useReader, useSay, useTable, write } from '../reader.tsx';
import { recoveryTexts } from '../texts/recovery.ts';
import { waysTexts } from '../texts/ways.ts';
import { type OpenRecovery, RecoveryWarning } from './recovery.tsx';

export type PasskeyRow = {
  credentialId: string;
  name: string;
  isSynced: boolean;
  isBlocked: boolean;
  createdAt: string;
  lastUsedAt?: string;
  /** Whether the device that keeps it approves sign-ins elsewhere. */
  approves?: boolean;
};

/** Posts to `/ways/...`: `confirm` takes `password` and `code`; `passkeys` and `confirm-passkey` take the device's `answer`. */
export type WaysView = {
  passkeys: PasskeyRow[];
  events: Array<{ words: Text; subject?: string; at: string }>;
  /** Begun by an officer, and not used yet. */
  recovery?: OpenRecovery;
  /** ISO 8601; until then changes go through. Without it the page asks to confirm first. */
  confirmedUntil?: string;
  errors: { page?: Text };
  notice?: Text;
};

export const ways = definePage<WaysView>({
  name: 'ways',
  scripts: ['passkey'],
  title: (_view, { reader }) => write(waysTexts, reader, 'title'),
  hasErrors: (view) => view.errors.page !== undefined,
  Body: ({ view }) => {
    const t = useTable(waysTexts);
    return (
      <div className="stack">
        <PageHead title={t('title')} lead={t('lead')} notice={view.notice} />
        <ErrorSummary fields={[]} others={view.errors.page ? [{ message: view.errors.page }] : []} />
        {view.recovery ? <RecoveryWarning recovery={view.recovery} action="/ways/recovery" /> : null}
        {view.confirmedUntil ? <Confirmed until={view.confirmedUntil} /> : <Confirm view={view} />}
        <section className="stack-s">
          <h2>{t('passkeys')}</h2>
          <p>{t('passkeysLead')}</p>
          {view.passkeys.length === 0 ? (
            <Card>
              <p>{t('noPasskeys')}</p>
            </Card>
          ) : (
            <ul className="card flush rows">
              {view.passkeys.map((passkey) => (
                <PasskeyItem key={passkey.credentialId} passkey={passkey} canChange={Boolean(view.confirmedUntil)} />
              ))}
            </ul>
          )}
          {view.confirmedUntil ? <AddPasskey /> : null}
          {view.confirmedUntil && view.passkeys.length > 0 ? <AddPhone /> : null}
        </section>
        {view.confirmedUntil ? <Renew /> : null}
        <Events events={view.events} />
      </div>
    );
  },
});

function Confirmed({ until }: { until: string }) {
  const t = useTable(waysTexts);
  const reader = useReader();
  const time = new Intl.DateTimeFormat(`${reader.language}-u-nu-${reader.digits}`, {
    hour: 'numeric',
    minute: '2-digit',
    timeZone: reader.timeZone,
  }).format(new Date(until));
  return (
    <Notice tone="good">
      <p>{t('confirmed', { time })}</p>
    </Notice>
  );
}

function Confirm({ view }: { view: WaysView }) {
  const t = useTable(waysTexts);
  const fields: Field[] = [
    {
      name: 'password',
      kind: 'password',
      label: { ar: 'كلمة المرور', en: 'Password' },
      required: true,
      lengthMax: 200,
    },
    {
      name: 'code',
      kind: 'code',
      label: { ar: 'الرمز المكوّن من ستة أرقام', en: 'Six-digit code' },
      hint: { ar: 'تجده في تطبيق الرموز على هاتفك.', en: 'It is in the authenticator app on your phone.' },
      required: true,
      autocomplete: 'one-time-code',
      lengthMax: 8,
    },
  ];
  return (
    <Card title={t('confirmTitle')}>
      <p>{t('confirmLead')}</p>
      {view.passkeys.length > 0 ? (
        <PasskeyForm
          kind="ask"
          options="/ways/confirm-passkey/options"
          action="/ways/confirm-passkey"
          button={t('confirmByPasskey')}
        />
      ) : null}
      <form method="post" action="/ways/confirm" className="stack" noValidate>
        {fields.map((field) => (
          <FieldOf key={field.name} field={field} />
        ))}
        <div className="acts">
          <Button look={view.passkeys.length > 0 ? 'ghost' : 'main'}>{t('confirm')}</Button>
        </div>
      </form>
    </Card>
  );
}

function PasskeyItem({ passkey, canChange }: { passkey: PasskeyRow; canChange: boolean }) {
  const t = useTable(waysTexts);
  return (
    <li>
      <div className="grow">
        <h3>
          <bdi>{passkey.name}</bdi>
        </h3>
        <p className="small muted">
          {t('added')} <TimeOf at={passkey.createdAt} dayOnly />
          {' · '}
          {passkey.lastUsedAt ? (
            <>
              {t('used')} <TimeOf at={passkey.lastUsedAt} />
            </>
          ) : (
            t('unused')
          )}
        </p>
        <p className="acts">
          {passkey.isBlocked ? (
            <Tag tone="bad" icon="warn">
              {t('blocked')}
            </Tag>
          ) : (
            <Tag tone="plain">{t(passkey.isSynced ? 'synced' : 'onDevice')}</Tag>
          )}
          {passkey.approves ? (
            <Tag tone="good" icon="check">
              {t('approves')}
            </Tag>
          ) : null}
        </p>
      </div>
      {canChange && passkey.approves ? (
        <form method="post" action={`/ways/phones/${passkey.credentialId}/remove`}>
          <button type="submit" className="btn quiet" aria-label={t('stopApprovingNamed', { name: passkey.name })}>
            {t('stopApproving')}
          </button>
        </form>
      ) : null}
      {canChange ? (
        <form method="post" action={`/ways/passkeys/${passkey.credentialId}/remove`}>
          <button type="submit" className="btn quiet" aria-label={t('removeNamed', { name: passkey.name })}>
            {t('remove')}
          </button>
        </form>
      ) : null}
    </li>
  );
}

function AddPasskey() {
  const t = useTable(waysTexts);
  const field: Field = {
    name: 'name',
    kind: 'text',
    label: { ar: 'اسم مفتاح المرور', en: 'Name of the passkey' },
    hint: {
      ar: 'ليسهل عليك تمييزه، مثل «هاتفي». يبقى هنا.',
      en: 'So that you can tell it from others, such as “my phone”. It stays here.',
    },
    lengthMax: 40,
  };
  return (
    <Card title={t('addTitle')}>
      <PasskeyForm kind="add" options="/ways/passkeys/options" action="/ways/passkeys" button={t('addPasskey')}>
        <FieldOf field={field} />
      </PasskeyForm>
    </Card>
  );
}

function AddPhone() {
  const t = useTable(waysTexts);
  return (
    <Card title={t('phoneTitle')}>
      <p>{t('phoneLead')}</p>
      <PasskeyForm
        kind="ask"
        options="/ways/phones/options"
        action="/ways/phones"
        button={t('addPhone')}
        look="ghost"
      />
    </Card>
  );
}

function Renew() {
  const t = useTable(recoveryTexts);
  return (
    <Card title={t('renewTitle')}>
      <form method="post" action="/ways/password">
        <Button look="ghost">{t('renew')}</Button>
      </form>
    </Card>
  );
}

function Events({ events }: { events: WaysView['events'] }) {
  const say = useSay();
  const t = useTable(waysTexts);
  return (
    <section className="stack-s">
      <h2>{t('events')}</h2>
      {events.length === 0 ? (
        <p>{t('noEvents')}</p>
      ) : (
        <ul className="card flush rows">
          {events.map((event, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: what happened has no name and never moves.
            <li key={at}>
              <Icon name="clock" />
              <div className="grow">
                <p>
                  {say(event.words)}
                  {event.subject ? (
                    <>
                      {' · '}
                      <bdi>{event.subject}</bdi>
                    </>
                  ) : null}
                </p>
                <p className="small muted">
                  <TimeOf at={event.at} />
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
