import { useTable } from '../reader.tsx';
import { type KeysKey, keysTexts } from '../texts/keys.ts';

/** Which key does what. `does` is known to the script (islands/keys.ts); `href` is gone to. One list for the help and for the script. */
const groups: Array<{ title: KeysKey; keys: Array<{ key: string; words: KeysKey; does?: string; href?: string }> }> = [
  {
    title: 'inQueue',
    keys: [
      { key: 'j', words: 'next', does: 'next' },
      { key: 'k', words: 'previous', does: 'previous' },
      { key: 'o', words: 'open', does: 'open' },
      { key: 'x', words: 'tick', does: 'tick' },
      { key: 't', words: 'take', does: 'take' },
      { key: '/', words: 'search', does: 'search' },
      { key: 'f', words: 'filter', does: 'filter' },
    ],
  },
  {
    title: 'inCase',
    keys: [
      { key: 'c', words: 'check', does: 'check' },
      { key: 'd', words: 'decide', does: 'decide' },
      { key: 'n', words: 'note', does: 'note' },
      { key: 'm', words: 'message', does: 'message' },
      { key: 'u', words: 'back', does: 'back' },
    ],
  },
  {
    title: 'everywhere',
    keys: [
      { key: 'g q', words: 'goQueue', href: '/office' },
      { key: 'g m', words: 'goMine', href: '/office?show=mine' },
      { key: 'g u', words: 'goUnassigned', href: '/office?show=unassigned' },
      { key: 'g a', words: 'goAbsences', href: '/office/absences' },
      { key: '?', words: 'help', does: 'help' },
    ],
  },
];

/** The button and the window that list the keys of the console; both wait for the script, without which there are no such keys. */
export function KeysHelp() {
  const t = useTable(keysTexts);
  return (
    <aside className="wrap keys" hidden data-keys="" aria-label={t('title')}>
      <button type="button" className="btn quiet" data-keys-open="" aria-haspopup="dialog">
        {t('title')}
      </button>
      <dialog className="card" aria-labelledby="keys-title">
        <h2 id="keys-title" tabIndex={-1}>
          {t('title')}
        </h2>
        <p>{t('lead')}</p>
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl>
              {keys.map(({ key, words, does, href }) => (
                <div key={key} data-key={key} data-does={does} data-href={href}>
                  <dt>
                    <bdi dir="ltr">
                      {key.split(' ').map((one) => (
                        <kbd key={one}>{one}</kbd>
                      ))}
                    </bdi>
                  </dt>
                  <dd>{t(words)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <div className="acts">
          <button
            type="button"
            className="btn ghost"
            data-keys-switch=""
            data-text-on={t('switchOn')}
            data-text-off={t('switchOff')}
          >
            {t('switchOff')}
          </button>
          <button type="button" className="btn" data-keys-close="">
            {t('close')}
          </button>
        </div>
        <p role="status" data-keys-says="" data-text-on={t('areOn')} data-text-off={t('areOff')} />
      </dialog>
    </aside>
  );
}
