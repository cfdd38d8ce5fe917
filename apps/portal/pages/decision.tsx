import { Button, LinkButton, Notice, Tag } from '../components/blocks.tsx';
import { Icon } from '../components/marks.tsx';
import { Code, DateOf, OfficeOf, TimeOf } from '../components/values.tsx';
import { useSay, useTexts } from '../reader.tsx';
import type { CaseView } from './case.tsx';
import { FeeOf } from './fee.tsx';
import { DecidedItems } from './items.tsx';

/** The decision that counts, with what hangs on it, what the person can keep of it and what they can do about it. */
export function Decision({ view }: { view: CaseView }) {
  const say = useSay();
  const t = useTexts();
  const decision = view.decision!;
  const isBad = !decision.isGranted || decision.isEnded;
  return (
    <section className="card">
      <div className="head">
        <h2>{t('case.decision')}</h2>
        <Tag
          tone={isBad ? 'bad' : decision.isInPart ? 'sand' : 'good'}
          {...(isBad ? { icon: 'cross' as const } : decision.isInPart ? {} : { icon: 'check' as const })}
        >
          {t(
            decision.isEnded
              ? 'state.cancelled'
              : decision.isInPart
                ? 'state.granted-in-part'
                : decision.isGranted
                  ? 'state.granted'
                  : 'state.refused',
          )}
        </Tag>
      </div>
      <p className="lead">{say(decision.words)}</p>
      <DecidedItems items={decision.items ?? []} />
      {decision.reasons.length > 0 ? (
        <div className="stack-s">
          <h3>{t('case.reasons')}</h3>
          <ul>
            {decision.reasons.map((reason) => (
              <li key={reason.en}>{say(reason)}</li>
            ))}
          </ul>
        </div>
      ) : null}
      {view.fee ? (
        <p>
          <FeeOf fee={view.fee} />
        </p>
      ) : null}
      {decision.ownWords ? (
        <Notice tone="info" title={t('case.ownWords')}>
          <p>{say(decision.ownWords)}</p>
        </Notice>
      ) : null}
      {decision.conditions.length > 0 ? (
        <div className="stack-s">
          <h3>{t('case.conditions')}</h3>
          <ul>
            {decision.conditions.map((condition) => (
              <li key={condition.en}>{say(condition)}</li>
            ))}
          </ul>
        </div>
      ) : null}
      {decision.article ? (
        <Notice tone="info" title={t('case.bySilence')}>
          <p>{say(decision.article)}</p>
        </Notice>
      ) : null}
      <p className="muted">
        <OfficeOf office={view.office} /> · <TimeOf at={decision.decidedAt} hijri /> ·{' '}
        {t(decision.article ? 'case.byLaw' : decision.isAutomatic ? 'case.byRule' : 'case.byOfficer')}
      </p>
      {view.documentHref || view.wallet !== 'none' ? (
        <div className="acts">
          {view.documentHref ? (
            <LinkButton href={view.documentHref} download>
              <Icon name="download" />
              {t('case.download')}
            </LinkButton>
          ) : null}
          {view.wallet === 'offered' ? (
            <form method="post" action={`/cases/${view.caseId}/wallet`}>
              <Button look="ghost">
                <Icon name="wallet" />
                {t('case.toWallet')}
              </Button>
            </form>
          ) : null}
          {view.wallet === 'held' ? (
            <Tag tone="good" icon="check">
              {t('case.inWallet')}
            </Tag>
          ) : null}
        </div>
      ) : null}
      {decision.appealUntil ? (
        <p className="muted">
          {t('case.appeal')} <DateOf on={decision.appealUntil} hijri />
        </p>
      ) : null}
      {decision.mayAppeal ? (
        <div className="acts">
          <LinkButton look="ghost" href={`/cases/${view.caseId}/appeal`}>
            {t('appeal.begin')}
          </LinkButton>
        </div>
      ) : null}
      {view.earlier.map((earlier) => (
        <p className="muted" key={earlier.number}>
          {t('case.earlier')} <Code>{earlier.number}</Code> · {say(earlier.words)} · <TimeOf at={earlier.decidedAt} />
        </p>
      ))}
    </section>
  );
}
