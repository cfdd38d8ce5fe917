import type { Text } from '#kernel/languages';
import { Button, Card, LinkButton, Notice, OfficeLine, SummaryList } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { PageHead } from '../components/head.tsx';
import { PasskeyForm } from '../components/passkey.tsx';
import { type OfficeName, OfficeOf, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, write } from '../reader.tsx';
import { waysTexts } from '../texts/ways.ts';
import { type OpenRecovery, RecoveryWarning } from './recovery.tsx';

export type WaitingSignIn = {
  requestId: string;
  requester: OfficeName;
  purposes: Text[];
  address: string;
  agent: string;
  isKnownAddress: boolean;
  /** The service asks by itself, while the person is on the telephone or at the counter. */
  isByService: boolean;
  askedAt: string;
};

/** `waiting` is undefined on a device that does not approve. Each posts `number` or `refuse` to `/phone/requests/:requestId`. */
export type PhoneView = { waiting?: WaitingSignIn[]; errors: { page?: Text }; notice?: Text; recovery?: OpenRecovery };

export const phone = definePage<PhoneView>({
  name: 'phone',
  area: 'eid',
  title: (_view, { reader }) => write(waysTexts, reader, 'approvals'),
  hasErrors: (view) => view.errors.page !== undefined,
  Body: ({ view }) => {
    const t = useTable(waysTexts);
    return (
      <div className="eid stack">
        <PageHead title={t('approvals')} lead={t('approvalsLead')} notice={view.notice} />
        <ErrorSummary fields={[]} others={view.errors.page ? [{ message: view.errors.page }] : []} />
        {view.recovery ? <RecoveryWarning recovery={view.recovery} action="/phone/recovery" /> : null}
        {view.waiting === undefined ? (
          <Card>
            <p>{t('notSetUp')}</p>
            <LinkButton href="/ways">{t('toWays')}</LinkButton>
          </Card>
        ) : view.waiting.length === 0 ? (
          <Card>
            <p>{t('nothingWaits')}</p>
            <LinkButton href="/phone" look="ghost">
              {t('again')}
            </LinkButton>
          </Card>
        ) : (
          view.waiting.map((one, at) => <Waiting key={one.requestId} asked={one} at={at} />)
        )}
      </div>
    );
  },
});

function Waiting({ asked, at }: { asked: WaitingSignIn; at: number }) {
  const t = useTable(waysTexts);
  const field: Field = {
    name: `number-${at + 1}`,
    kind: 'code',
    label: { ar: waysTexts.ar.typeNumber, en: waysTexts.en.typeNumber },
    hint: { ar: waysTexts.ar.typeNumberHint, en: waysTexts.en.typeNumberHint },
    required: true,
    autocomplete: 'off',
    lengthMax: 4,
  };
  return (
    <Card>
      <Asked asked={asked} />
      <form method="post" action={`/phone/requests/${asked.requestId}`} className="stack-s" noValidate>
        <input type="hidden" name="field" value={field.name} />
        <FieldOf field={field} />
        <div className="acts">
          <Button>{t('checkNumber')}</Button>
          <Button look="danger" name="refuse" value="yes">
            {t('refuse')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Asked({ asked }: { asked: WaitingSignIn }) {
  const say = useSay();
  const t = useTable(waysTexts);
  return (
    <SummaryList
      rows={[
        { term: t('who'), value: <OfficeOf office={asked.requester} /> },
        {
          term: t('what'),
          value: asked.purposes.length === 0 ? t('signInOnly') : asked.purposes.map((one) => say(one)).join(' · '),
        },
        {
          term: t('where'),
          value: (
            <>
              <bdi lang="en">{[asked.agent, asked.address].filter(Boolean).join(' · ')}</bdi>
              <br />
              <span className="muted">
                {t(asked.isByService ? 'byService' : asked.isKnownAddress ? 'knownAddress' : 'newAddress')}
              </span>
            </>
          ),
        },
        { term: t('when'), value: <TimeOf at={asked.askedAt} /> },
      ]}
    />
  );
}

/** The number was right: the device's key approves. Posts `answer` to `/phone/requests/:requestId/approve`. */
export const phoneRequest = definePage<{ asked: WaitingSignIn; problem?: Text }>({
  name: 'phone-request',
  area: 'eid',
  scripts: ['passkey'],
  title: (_view, { reader }) => write(waysTexts, reader, 'keyTitle'),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const t = useTable(waysTexts);
    const place = `/phone/requests/${view.asked.requestId}`;
    return (
      <div className="eid stack">
        <PageHead title={t('keyTitle')} />
        <ErrorSummary fields={[]} others={view.problem ? [{ message: view.problem }] : []} />
        <Card>
          <Asked asked={view.asked} />
          <PasskeyForm kind="ask" options={`${place}/options`} action={`${place}/approve`} button={t('approve')} />
          <form method="post" action={place} className="acts">
            <Button look="danger" name="refuse" value="yes">
              {t('refuse')}
            </Button>
          </form>
        </Card>
      </div>
    );
  },
});

/** On the asking screen. Posts to `{action}/phone/finish`, with `stop` for another way and `cancel` for none. */
export type EidPhoneView = {
  action: string;
  requester: OfficeName;
  number: string;
  /** Where the phone's page is, without the scheme, to be typed. */
  phoneAddress: string;
  notYet: boolean;
};

export const eidPhone = definePage<EidPhoneView>({
  name: 'eid-phone',
  area: 'eid',
  scripts: ['wait'],
  title: (_view, { reader }) => write(waysTexts, reader, 'showTitle'),
  Body: ({ view }) => {
    const t = useTable(waysTexts);
    return (
      <WaitForPhone
        {...view}
        title={t('showTitle')}
        lead={t('showLead', { address: view.phoneAddress })}
        wait={t('showWait')}
        action={`${view.action}/phone`}
      />
    );
  },
});

/** While the app of an eID asks. Posts to `{action}/pushed/finish`, with `stop` for another way. */
export type EidPushView = {
  action: string;
  requester: OfficeName;
  /** The eID. */
  names: Text;
  /** To be picked in the app; absent where the app shows none. */
  number?: string;
  notYet: boolean;
};

export const eidPush = definePage<EidPushView>({
  name: 'eid-push',
  area: 'eid',
  scripts: ['wait'],
  title: (view, { reader }) => write(waysTexts, reader, 'pushTitle', { name: view.names[reader.language] }),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTable(waysTexts);
    const name = say(view.names);
    return (
      <WaitForPhone
        {...view}
        title={t('pushTitle', { name })}
        lead={t(view.number === undefined ? 'pushLead' : 'pushNumberLead', { name })}
        wait={t('pushWait')}
        action={`${view.action}/pushed`}
      />
    );
  },
});

/** Something is asked on a phone; this screen goes on when it was answered. */
function WaitForPhone(view: {
  title: string;
  lead: string;
  wait: string;
  requester: OfficeName;
  number?: string;
  notYet: boolean;
  action: string;
}) {
  const t = useTable(waysTexts);
  return (
    <div className="eid stack">
      <div className="card">
        <h1>{view.title}</h1>
        <OfficeLine office={view.requester} small />
        <p>{view.lead}</p>
        {view.number === undefined ? null : (
          <p className="shown-number">
            <bdi>{view.number}</bdi>
          </p>
        )}
        <p className="muted">{view.wait}</p>
        {view.notYet ? (
          <div role="status">
            <Notice>
              <p>{t('notYet')}</p>
            </Notice>
          </div>
        ) : null}
        <form method="post" action={`${view.action}/finish`} className="acts" data-wait={`${view.action}/state`}>
          <Button>{t('answered')}</Button>
          <Button look="quiet" name="stop" value="yes">
            {t('otherWay')}
          </Button>
        </form>
      </div>
    </div>
  );
}
