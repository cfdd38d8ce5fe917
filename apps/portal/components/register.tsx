import { useSay, useTable } from '../reader.tsx';
import { registerTexts } from '../texts/registers.ts';
import { Button, LinkButton } from './blocks.tsx';
import { Hints } from './field-hints.tsx';
import type { Field } from './fields.tsx';
import { Announcement } from './head.tsx';

/**
 * What a question shows of the register that it is looked up in. `words`: what was looked for; `unlisted`: the control and its value for
 * what is not in the register, where the question takes that.
 */
export type RegisterShown = {
  isAvailable: boolean;
  isWhole: boolean;
  words: string;
  total: number;
  isMore: boolean;
  page: number;
  pages: number;
  unlisted?: { name: string; choice: string; value: string; chosen: boolean };
  /** Where the other pages of the form are. */
  tasksHref: string;
};

const useWords = () => useTable(registerTexts);

/** Whoever has not looked yet is not told to say that it is not there. */
function offersUnlisted({ unlisted, isWhole, isAvailable, words }: RegisterShown): boolean {
  return unlisted !== undefined && (isWhole || !isAvailable || words !== '' || unlisted.chosen);
}

/** The control that an error of the question leads to. */
export function registerFocus({ name, choices = [], register }: Field): string {
  if (choices.length > 0 || (register && offersUnlisted(register))) return `${name}-1`;
  return `${name}-words`;
}

/** The heading of the question and the search, a form of its own: Enter in it searches, and sends no answer. */
export function RegisterSearch({ field, action, sought }: { field: Field; action: string; sought: boolean }) {
  const say = useSay();
  const t = useWords();
  const register = field.register!;
  return (
    <div className="stack-s">
      <h1 id={`${field.name}-label`}>{say(field.label)}</h1>
      {field.hint ? <p className="hint">{say(field.hint)}</p> : null}
      {register.isAvailable ? null : (
        <>
          <Announcement tone="warn" title={t('silentTitle')} words={{ ar: t('silent'), en: t('silent') }} />
          <div className="acts">
            <LinkButton look="ghost" href={register.tasksHref}>
              {t('toTasks')}
            </LinkButton>
          </div>
        </>
      )}
      {register.isWhole || !register.isAvailable ? null : (
        <search>
          <form method="post" action={`${action}/search#found`} className="field" noValidate>
            <label htmlFor={`${field.name}-words`}>{t('label')}</label>
            <p className="hint" id={`${field.name}-words-hint`}>
              {t('howTo')}
            </p>
            <div className="acts">
              <input
                className="input"
                id={`${field.name}-words`}
                name="words"
                type="search"
                dir="auto"
                placeholder=" "
                maxLength={200}
                autoComplete="off"
                enterKeyHint="search"
                defaultValue={register.words}
                aria-describedby={`${field.name}-words-hint`}
              />
              <Button look={sought ? 'ghost' : 'main'}>{t(sought ? 'again' : 'button')}</Button>
            </div>
          </form>
        </search>
      )}
    </div>
  );
}

/** Other pages of what fits. */
export function RegisterPages({ field, action }: { field: Field; action: string }) {
  const t = useWords();
  const { words, page, pages } = field.register!;
  if (pages < 2) return null;
  return (
    <form method="post" action={`${action}/search#found`} className="acts">
      <input type="hidden" name="words" value={words} />
      {page > 1 ? (
        <Button look="ghost" name="at" value={String(page - 1)}>
          {t('previous')}
        </Button>
      ) : null}
      <span className="muted">{t('page', { page, pages })}</span>
      {page < pages ? (
        <Button look="ghost" name="at" value={String(page + 1)}>
          {t('next')}
        </Button>
      ) : null}
    </form>
  );
}

/** What was found, to choose from. Posts the code as `<name>`, and beside it what was looked for. */
export function RegisterChoices({ field }: { field: Field }) {
  const say = useSay();
  const t = useWords();
  const register = field.register!;
  const { words, total, isMore, isWhole } = register;
  const unlisted = offersUnlisted(register) ? register.unlisted : undefined;
  const choices = field.choices ?? [];
  const legend = isWhole
    ? t('whole')
    : words === ''
      ? t('chosen')
      : isMore
        ? t('foundMore', { n: total - 1, words })
        : t('found', { n: total, words });
  const at = choices.length + 1;
  const isRadioGroup = choices.length > 0 || unlisted !== undefined;
  return (
    <fieldset
      className={field.error ? 'wrong' : undefined}
      aria-describedby={field.error ? `${field.name}-error` : undefined}
      {...(isRadioGroup
        ? {
            role: 'radiogroup',
            'aria-invalid': field.error ? (true as const) : undefined,
            'aria-required': field.required || undefined,
          }
        : {})}
    >
      <input type="hidden" name="words" value={words} />
      <input type="hidden" name="at" value={register.page} />
      <legend className={choices.length > 0 || words !== '' ? undefined : 'hide'}>
        <span id="found" tabIndex={-1}>
          {choices.length > 0 || words !== '' ? legend : say(field.label)}
        </span>
      </legend>
      <div className="stack">
        <div className="field">
          <Hints field={{ ...field, hint: undefined }} />
          {words !== '' && !isWhole && total === 0 ? <p>{t('nothing')}</p> : null}
          <div className="opts boxed">
            {choices.map(({ value, label, hint }, index) => {
              const id = `${field.name}-${index + 1}`;
              return (
                <div className="opt" key={value}>
                  <input
                    id={id}
                    type="radio"
                    name={field.name}
                    value={value}
                    defaultChecked={field.value === value}
                    aria-describedby={hint ? `${id}-hint` : undefined}
                  />
                  <label htmlFor={id}>
                    <bdi>{say(label)}</bdi>
                  </label>
                  {hint ? (
                    <p className="hint" id={`${id}-hint`}>
                      <bdi>{say(hint)}</bdi>
                    </p>
                  ) : null}
                </div>
              );
            })}
            {unlisted ? (
              <div className="opt">
                <input
                  id={`${field.name}-${at}`}
                  type="radio"
                  name={field.name}
                  value={unlisted.choice}
                  defaultChecked={unlisted.chosen}
                />
                <label htmlFor={`${field.name}-${at}`}>{t('unlisted')}</label>
              </div>
            ) : null}
          </div>
        </div>
        {unlisted ? (
          <div className="field">
            <label htmlFor={unlisted.name}>{t('unlistedLabel')}</label>
            <p className="hint" id={`${unlisted.name}-hint`}>
              {t('unlistedHint')}
            </p>
            <input
              className="input"
              id={unlisted.name}
              name={unlisted.name}
              type="text"
              dir="auto"
              placeholder=" "
              maxLength={200}
              autoComplete="off"
              defaultValue={unlisted.value}
              aria-describedby={`${unlisted.name}-hint`}
            />
          </div>
        ) : null}
      </div>
    </fieldset>
  );
}
