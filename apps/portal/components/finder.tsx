import type { Text } from '#kernel/languages';
import type { FinderModel } from '#modules/catalogue';
import { useSay, useTable } from '../reader.tsx';
import { finderTexts } from '../texts/registers.ts';
import { Button } from './blocks.tsx';
import type { Field } from './fields.tsx';
import { Announcement } from './head.tsx';

/** The register of addresses beside a question of that kind. `codeName`: the control that carries the code of what was filled in. */
export type FinderShown = Omit<FinderModel, 'names' | 'hint' | 'entries'> & {
  codeName: string;
  names: Text;
  hint: Text;
  entries: Array<{ code: string; label: Text }>;
};

const useWords = () => useTable(finderTexts);

/**
 * Looks an address up: a form of its own above the parts, so that Enter in it sends no answer. Each address that fits is a button that fills
 * the parts in; without any the person writes them, as always.
 */
export function AddressFinder({ field, action }: { field: Field; action: string }) {
  const say = useSay();
  const t = useWords();
  const { isAvailable, names, hint, words, total, isMore, entries, isFilled } = field.finder!;
  const id = `${field.name}-words`;
  if (!isAvailable)
    return <Announcement tone="warn" title={t('silentTitle')} words={{ ar: t('silent'), en: t('silent') }} />;
  const more = isMore || total > entries.length;
  const said = isFilled
    ? t('filled')
    : total === 0
      ? t('nothing', { words })
      : t(more ? 'foundMore' : 'found', { n: total, words });
  return (
    <search className="stack-s" aria-label={t('label')}>
      <form method="post" action={`${action}/search#found`} className="field" noValidate>
        <label htmlFor={id}>{t('label')}</label>
        <p className="hint" id={`${id}-hint`}>
          {`${say(hint)} ${t('from', { names: say(names) })}`}
        </p>
        <div className="acts">
          <input
            className="input"
            id={id}
            name="words"
            type="search"
            dir="auto"
            placeholder=" "
            maxLength={200}
            autoComplete="off"
            enterKeyHint="search"
            defaultValue={words}
            aria-describedby={`${id}-hint`}
          />
          <Button look="ghost">{t('button')}</Button>
        </div>
      </form>
      {words === '' ? null : (
        <p id="found" tabIndex={-1} role="status">
          {said}
        </p>
      )}
      {words === '' || entries.length === 0 ? null : (
        <form method="post" action={`${action}/search#found`} className="stack-s">
          <input type="hidden" name="words" value={words} />
          {entries.map((entry) => (
            <Button key={entry.code} look="ghost" name="chosen" value={entry.code}>
              <bdi>{say(entry.label)}</bdi>
            </Button>
          ))}
        </form>
      )}
    </search>
  );
}
