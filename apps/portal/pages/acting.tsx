import type { Text } from '#kernel/languages';
import { Button, Card, LinkButton, Notice, SummaryList, Tag } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { Code, DateOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, useTexts } from '../reader.tsx';
import { toldTexts } from '../texts/told.ts';

/** A mandate as one of its sides reads it. */
export type MandateCard = {
  mandateId: string;
  kind: Text;
  /** The other side; absent while nobody has taken it up. */
  other?: Text;
  state: 'offered' | 'in-force' | 'expired' | 'ended';
  /** What it is for, and which evidence; empty when it is for everything. */
  purposes: Text[];
  evidence: Text[];
  /** Last day, YYYY-MM-DD. */
  endsOn?: string;
  isOfRegister: boolean;
};

export type ActingView = {
  /** Set while the person acts for somebody. */
  actingFor?: Text;
  /** Mandates are kept by the home state: a visitor's are elsewhere. */
  elsewhere?: { state: Text; href: string };
  held: MandateCard[];
  given: MandateCard[];
  /** Empty for a visitor, and while acting for somebody. */
  form: Field[];
  codeField?: Field;
  /** Told once, right after a mandate was given. */
  offered?: { code: string };
  notice?: Text;
  problem?: Text;
};

const tones = { offered: 'sand', 'in-force': 'good', expired: 'plain', ended: 'bad' } as const;

export const acting = definePage<ActingView>({
  name: 'acting',
  title: (_view, { t }) => t('acting.title'),
  hasErrors: (view) => view.problem !== undefined || view.form.some((field) => field.error !== undefined),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const told = useTable(toldTexts);
    return (
      <div className="stack">
        <ErrorSummary fields={view.form} />
        <PageHead title={t('acting.title')} lead={t('acting.lead')} notice={view.notice} />
        <Announcement tone="bad" words={view.problem} />
        {view.offered ? (
          <Notice tone="good" title={t('acting.offered')}>
            <p>{t('acting.offeredWords')}</p>
            <p>
              <b>
                <Code>{view.offered.code}</Code>
              </b>
            </p>
          </Notice>
        ) : null}
        <section className="card stack-s">
          <h2>{view.actingFor ? t('frame.actingFor', { who: say(view.actingFor) }) : t('acting.switch')}</h2>
          <p className="muted">{t('acting.switchWords')}</p>
          <p>{told('acting')}</p>
          <div className="acts">
            <form method="post" action="/acting/begin">
              <Button>{t(view.actingFor ? 'acting.switchOther' : 'acting.begin')}</Button>
            </form>
            {view.actingFor ? (
              <form method="post" action="/acting/end">
                <Button look="ghost">{t('acting.stop')}</Button>
              </form>
            ) : null}
          </div>
        </section>
        {view.elsewhere ? (
          <Notice>
            <p>{t('acting.elsewhere', { state: say(view.elsewhere.state) })}</p>
            <p>
              <a href={view.elsewhere.href}>{t('acting.elsewhereLink')}</a>
            </p>
          </Notice>
        ) : view.actingFor ? null : (
          <div className="two">
            <div className="stack">
              <Mandates title={t('acting.held')} none={t('acting.heldNone')} mandates={view.held} />
              <Mandates title={t('acting.given')} none={t('acting.givenNone')} mandates={view.given} />
            </div>
            <aside className="stack">
              <section className="card">
                <h2>{t('acting.accept')}</h2>
                <form method="post" action="/acting/accept" className="stack-s" noValidate>
                  {view.codeField ? <FieldOf field={view.codeField} /> : null}
                  <Button look="ghost">{t('acting.acceptIt')}</Button>
                </form>
              </section>
              <section className="card">
                <h2>{t('acting.give')}</h2>
                <form method="post" action="/acting/give" className="stack" noValidate>
                  {view.form.map((field) => (
                    <FieldOf key={field.name} field={field} />
                  ))}
                  <Button>{t('acting.giveIt')}</Button>
                </form>
              </section>
            </aside>
          </div>
        )}
      </div>
    );
  },
});

function Mandates({ title, none, mandates }: { title: string; none: string; mandates: MandateCard[] }) {
  const say = useSay();
  const t = useTexts();
  return (
    <section className="stack-s">
      <h2>{title}</h2>
      {mandates.length === 0 ? <p className="muted">{none}</p> : null}
      {mandates.map((mandate) => (
        <section className="card stack-s" key={mandate.mandateId}>
          <div className="head">
            <h3>{mandate.other ? <bdi>{say(mandate.other)}</bdi> : t('acting.nobodyYet')}</h3>
            <Tag tone={tones[mandate.state]}>{t(`mandateState.${mandate.state}`)}</Tag>
          </div>
          <MandateFacts mandate={mandate} />
          {mandate.isOfRegister ? (
            <p className="muted small">{t('acting.ofRegister')}</p>
          ) : mandate.state === 'in-force' || mandate.state === 'offered' ? (
            <p>
              <a href={`/acting/${mandate.mandateId}/withdraw`}>
                {t('acting.withdraw')}
                {mandate.other ? <span className="hide">{`: ${say(mandate.other)}`}</span> : null}
              </a>
            </p>
          ) : null}
        </section>
      ))}
    </section>
  );
}

function MandateFacts({ mandate }: { mandate: MandateCard }) {
  const say = useSay();
  const t = useTexts();
  const listed = (texts: Text[]) =>
    texts.length === 0 ? t('acting.everything') : texts.map(say).join(t('value.comma'));
  return (
    <SummaryList
      rows={[
        { term: t('acting.kind'), value: say(mandate.kind) },
        { term: t('acting.purposes'), value: listed(mandate.purposes) },
        { term: t('acting.evidence'), value: listed(mandate.evidence) },
        ...(mandate.endsOn ? [{ term: t('acting.until'), value: <DateOf on={mandate.endsOn} hijri /> }] : []),
      ]}
    />
  );
}

export type WithdrawMandateView = { mandate: MandateCard };

export const withdrawMandate = definePage<WithdrawMandateView>({
  name: 'withdraw-mandate',
  title: (_view, { t }) => t('acting.withdrawTitle'),
  crumbs: (_view, { t }) => [{ href: '/acting', words: t('acting.title') }],
  Body: ({ view: { mandate } }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack measure">
        <h1>{t('acting.withdrawTitle')}</h1>
        <Card title={mandate.other ? say(mandate.other) : t('acting.nobodyYet')}>
          <MandateFacts mandate={mandate} />
        </Card>
        <Notice title={t('withdraw.then')}>
          <p>{t('acting.withdrawWords')}</p>
        </Notice>
        <form method="post" action={`/acting/${mandate.mandateId}/withdraw`} className="acts">
          <Button look="danger">{t('acting.withdrawYes')}</Button>
          <LinkButton look="quiet" href="/acting">
            {t('acting.withdrawNo')}
          </LinkButton>
        </form>
      </div>
    );
  },
});

/** Posts `mandate` = an id, or `self`; `cancel` = `yes`. */
export type EidRepresentView = {
  action: string;
  requester: Text;
  self: Text;
  held: Array<{ mandateId: string; names: Text; kind: Text; limits: Text[]; endsOn?: string }>;
  /** It was sent without a choice. */
  isUnchosen?: true;
  problem?: Text;
};

export const eidRepresent = definePage<EidRepresentView>({
  name: 'eid-represent',
  area: 'eid',
  title: (_view, { t }) => t('represent.title'),
  hasErrors: (view) => view.problem !== undefined || view.isUnchosen === true,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const field: Field = {
      name: 'mandate',
      kind: 'radios',
      label: { ar: 'عمّن تنوب الآن؟', en: 'For whom do you act now?' },
      required: true,
      ...(view.isUnchosen
        ? { error: { ar: 'اختر عمّن تنوب الآن، أو «عن نفسي».', en: 'Choose for whom you act now, or “For myself”.' } }
        : {}),
      choices: [
        { value: 'self', label: view.self, hint: { ar: 'عن نفسي', en: 'For myself' } },
        ...view.held.map(({ mandateId, names, kind, limits }) => ({
          value: mandateId,
          label: names,
          hint: {
            ar: [kind.ar, ...limits.map((limit) => limit.ar)].join('، '),
            en: [kind.en, ...limits.map((limit) => limit.en)].join(', '),
          },
        })),
      ],
    };
    return (
      <form method="post" action={view.action} className="stack measure" noValidate>
        <PageHead title={t('represent.title')} lead={t('represent.lead', { who: say(view.requester) })} />
        <ErrorSummary fields={[field]} />
        <Announcement tone="bad" words={view.problem} />
        {view.held.length === 0 ? (
          <Notice>
            <p>{t('represent.none')}</p>
          </Notice>
        ) : null}
        <Card>
          <FieldOf field={field} />
        </Card>
        <div className="acts">
          <Button big>{t('represent.go')}</Button>
          <Button big look="ghost" name="cancel" value="yes">
            {t('eid.cancel')}
          </Button>
        </div>
      </form>
    );
  },
});
