import { DateOf, Notice, TimeOf } from '#apps/portal';
import { useDeskTexts } from '../texts/desk.ts';

/** How long the office keeps what an ended case holds, what keeps it longer, and when it was erased. */
export type RetainedView = {
  keptUntil?: string;
  hold?: { untilOn: string; reason: string; setBy: string };
  erasedAt?: string;
};

export function Retained({ retained: { keptUntil, hold, erasedAt } }: { retained: RetainedView }) {
  const t = useDeskTexts();
  if (erasedAt !== undefined)
    return (
      <Notice tone="info" title={t('retained.erased')}>
        <p>
          <TimeOf at={erasedAt} hijri />
        </p>
        <p>{t('retained.remains')}</p>
      </Notice>
    );
  if (keptUntil === undefined) return null;
  return (
    <div className="card stack-s">
      <p>
        {t('retained.until')} <DateOf on={keptUntil} hijri />
      </p>
      {hold ? (
        <p>
          {t('retained.hold')} <DateOf on={hold.untilOn} /> · <bdi>{hold.setBy}</bdi>
          <br />
          <span dir="auto">{hold.reason}</span>
        </p>
      ) : null}
    </div>
  );
}
