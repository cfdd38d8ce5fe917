import { Button, Notice } from '../components/blocks.tsx';
import { Icon } from '../components/marks.tsx';
import { DateOf } from '../components/values.tsx';
import { useTexts } from '../reader.tsx';

/** How long what was approved holds. `until` is its last day, ISO 8601. */
export type Validity = {
  until: string;
  hasEnded: boolean;
  mayRenew: boolean;
  /** The application that renews it. */
  renewalHref?: string;
};

/** Says when it ends and, when the time has come, offers to renew it. */
export function ValidityNotice({ caseId, validity }: { caseId: string; validity: Validity }) {
  const t = useTexts();
  const { until, hasEnded, mayRenew, renewalHref } = validity;
  const words = (
    <>
      {t(hasEnded ? 'validity.ended' : 'validity.until')} <DateOf on={until} hijri />
    </>
  );
  if (renewalHref !== undefined)
    return (
      <Notice tone="info" title={t('validity.begun')}>
        <p>{words}</p>
        <p>
          <a href={renewalHref}>{t('validity.goOn')}</a>
        </p>
      </Notice>
    );
  if (!mayRenew)
    return (
      <p className="filled">
        <Icon name="clock" />
        <span>{words}</span>
      </p>
    );
  return (
    <Notice tone={hasEnded ? 'bad' : 'sand'} title={t(hasEnded ? 'validity.titleEnded' : 'validity.titleDue')}>
      <p>{words}</p>
      <p>{t('validity.words')}</p>
      <form method="post" action={`/cases/${caseId}/renew`}>
        <Button>{t('validity.renew')}</Button>
      </form>
    </Notice>
  );
}
