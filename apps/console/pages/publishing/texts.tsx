import { Button, Code, definePage, ErrorSummary, LinkButton, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { type Finding, findingWords } from '#modules/catalogue';
import { fileNames } from '#modules/publishing';
import { type DraftHead, DraftTop, draftCrumbs, draftHref, Problems, placeShown } from './parts.tsx';
import { words } from './words.ts';

/** One text in both languages; `path` with dots names its fields `ar.<path>` and `en.<path>`. */
export type TextField = { path: string; words: Text; value: Text; problems: string[] };

/** GET|POST /office/drafts/:draftId/texts/:file. Posts `revision` and the texts. */
export type DraftTextsView = DraftHead & { file: string; fields: TextField[]; others: Finding[] };

export const draftTexts = definePage<DraftTextsView>({
  name: 'publishing-texts',
  area: 'office',
  nav: 'publishing',
  title: ({ file }, { say }) => `${say(words.texts)}: ${say(fileNames[file]!)}`,
  crumbs: draftCrumbs,
  hasErrors: ({ problem, fields }) => problem !== undefined || fields.some(({ problems }) => problems.length > 0),
  Body: ({ view }) => {
    const say = useSay();
    const at = draftHref(view.draftId);
    return (
      <div className="stack">
        <ErrorSummary
          fields={[]}
          others={view.fields.flatMap(({ path, problems }) =>
            problems.map((problem) => ({ message: findingWords(problem), href: `#${idOf('ar', path)}` })),
          )}
        />
        <DraftTop view={view} title={`${say(words.texts)}: ${say(fileNames[view.file]!)}`} />
        <Problems findings={view.others} />
        <form
          method="post"
          action={`${at}/texts/${view.file.replace('.json', '')}`}
          encType="multipart/form-data"
          className="stack"
          noValidate
        >
          <input type="hidden" name="revision" value={view.revision} />
          {view.fields.map((field) => (
            <Pair key={field.path} field={field} mayEdit={view.mayEdit} />
          ))}
          <p className="acts">
            {view.mayEdit ? <Button>{say(words.save)}</Button> : null}
            <LinkButton look="quiet" href={at}>
              {say(words.back)}
            </LinkButton>
          </p>
        </form>
      </div>
    );
  },
});

/** Of a control: an address within the page takes no dots. */
const idOf = (language: 'ar' | 'en', path: string) => `${language}-${path.replaceAll('.', '-')}`;

function Pair({ field, mayEdit }: { field: TextField; mayEdit: boolean }) {
  const say = useSay();
  const { path, problems, value } = field;
  return (
    <fieldset className={problems.length > 0 ? 'card field pair wrong' : 'card field pair'}>
      <legend>
        {say(field.words)} <Code>{placeShown(path)}</Code>
      </legend>
      {problems.map((problem, at) => (
        <p className="err" id={`error-${at}.${path}`} key={problem}>
          {say(findingWords(problem))}
        </p>
      ))}
      <div className="beside">
        {(['ar', 'en'] as const).map((language) => {
          const name = `${language}.${path}`;
          return (
            <div className="field" key={language}>
              <label htmlFor={idOf(language, path)}>{say(language === 'ar' ? words.arabic : words.english)}</label>
              <textarea
                className="input"
                id={idOf(language, path)}
                name={name}
                lang={language}
                dir={language === 'ar' ? 'rtl' : 'ltr'}
                rows={value[language].length > 70 ? 4 : 2}
                defaultValue={value[language]}
                maxLength={4000}
                readOnly={!mayEdit}
                aria-invalid={problems.length > 0 ? true : undefined}
                aria-describedby={problems.map((_, at) => `error-${at}.${path}`).join(' ') || undefined}
              />
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
