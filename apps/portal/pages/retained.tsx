import { Notice } from '../components/blocks.tsx';
import { DateOf, TimeOf } from '../components/values.tsx';
import { useTexts } from '../reader.tsx';

/** Until when the office keeps what a case holds, ISO 8601. Whoever has a document there is told to save it in time. */
export function KeptUntil({ on, hasDocument }: { on: string; hasDocument: boolean }) {
  const t = useTexts();
  return (
    <p className="muted">
      {t('retained.until')} <DateOf on={on} hijri />. {t(hasDocument ? 'retained.saveDocument' : 'retained.thenErased')}
    </p>
  );
}

/** What a case held is erased: what that was, and what remains. */
export function ErasedNotice({ at }: { at: string }) {
  const t = useTexts();
  return (
    <Notice tone="info" title={t('retained.erasedTitle')}>
      <p>
        {t('retained.erasedWords')} <TimeOf at={at} hijri />
      </p>
      <p>{t('retained.remains')}</p>
    </Notice>
  );
}
