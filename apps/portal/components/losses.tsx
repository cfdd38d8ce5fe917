import type { Text } from '#kernel/languages';
import { useSay, useTable } from '../reader.tsx';
import { lossTexts } from '../texts/losses.ts';
import { Button, Notice } from './blocks.tsx';
import { DateOf, TimeOf } from './values.tsx';

/** What came with a consent that was withdrawn; `until`: the last day to consent again, ISO 8601. */
export type Loss = { until: string; evidence: Array<{ names: Text; withdrawnAt: string }> };

/** For the person, with the way to consent again, or for the office. */
export function LossNotice({ loss, caseId }: { loss: Loss; caseId?: string }) {
  const say = useSay();
  const t = useTable(lossTexts);
  return (
    <Notice tone="warn" title={t('title')}>
      {caseId === undefined ? null : <p>{t('words')}</p>}
      <ul>
        {loss.evidence.map(({ names, withdrawnAt }) => (
          <li key={names.en}>
            {say(names)} ({t('since')} <TimeOf at={withdrawnAt} />)
          </li>
        ))}
      </ul>
      <p>
        {t(caseId === undefined ? 'forOffice' : 'still')} <DateOf on={loss.until} weekday hijri />
      </p>
      {caseId === undefined ? null : (
        <form method="post" action={`/cases/${caseId}/evidence`}>
          <Button>{t('again')}</Button>
        </form>
      )}
    </Notice>
  );
}

/** Of a case as its module describes it; nothing while it does not stand still. */
export const lossOf = (view: {
  consentBy?: string;
  withdrawnEvidence: Array<{ names: Text; withdrawnAt: string }>;
}): { loss?: Loss } =>
  view.consentBy === undefined ? {} : { loss: { until: view.consentBy, evidence: view.withdrawnEvidence } };
