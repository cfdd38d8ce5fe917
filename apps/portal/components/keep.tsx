import { useTable } from '../reader.tsx';
import { keptTexts } from '../texts/kept.ts';

/** What a form says to `islands/keep.ts`, which sends what is typed to `keepAt`; nothing of a form that is not kept. `isSent`: its button sends. */
export function useKeep(keepAt: string | undefined, isSent = false): Record<string, string> {
  const t = useTable(keptTexts);
  if (!keepAt) return {};
  const [kept, failed] = isSent ? [t('unsentKept'), t('unsentFailed')] : [t('kept'), t('failed')];
  return { 'data-keep': keepAt, 'data-text-kept': kept, 'data-text-failed': failed };
}

/** Where it tells what became of it, within the form. */
export function KeepSays({ keepAt }: { keepAt: string | undefined }) {
  return keepAt ? <p role="status" className="muted" data-keep-says="" /> : null;
}
