import { Button, Card, Code, definePage, FieldOf, LinkButton, Notice, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Finding } from '#modules/catalogue';
import { looks } from '#modules/publishing';
import { type DraftHead, DraftTop, draftCrumbs, draftHref, Problems } from './parts.tsx';
import { serviceWords } from './service-words.ts';
import { words } from './words.ts';

/**
 * GET|POST /office/drafts/:draftId/template?case=. Posts `revision`, `source` (Typst), `case` and `do`: `try` draws what was typed and saves nothing,
 * `save` saves what can be set; `look:<name>` saves a ready-made one in its place. `fault`: the line that was refused, as it was typed.
 */
export type DraftTemplateView = DraftHead & {
  source: string;
  isTyped: boolean;
  fault?: { line: number; text: string };
  cases: Array<{ value: string; label: Text }>;
  testId: string;
  /** Addresses of pictures, by the language that the document begins with. */
  pictures: Array<{ first: 'ar' | 'en'; src: string }>;
  others: Finding[];
};

export const draftTemplate = definePage<DraftTemplateView>({
  name: 'publishing-template',
  area: 'office',
  nav: 'publishing',
  title: (_view, { say }) => say(words.template),
  crumbs: draftCrumbs,
  hasErrors: ({ problem }) => problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const at = draftHref(view.draftId);
    const pdf = `${at}/template/document.pdf${view.testId ? `?case=${encodeURIComponent(view.testId)}` : ''}`;
    return (
      <div className="stack">
        <DraftTop view={view} title={say(words.template)} />
        {view.fault ? (
          <Notice tone="bad" title={`${say(words.line)} ${view.fault.line}`}>
            <p>
              <Code>{view.fault.text}</Code>
            </p>
          </Notice>
        ) : (
          <Problems findings={view.problem ? [] : view.others} />
        )}
        <p className="muted">{say(words.templateLead)}</p>
        <form method="post" action={`${at}/template`} encType="multipart/form-data" className="stack" noValidate>
          <input type="hidden" name="revision" value={view.revision} />
          <FieldOf
            field={{ name: 'case', kind: 'choice', label: words.sampleCase, value: view.testId, choices: view.cases }}
          />
          <div className={view.problem ? 'field wrong' : 'field'}>
            <label htmlFor="source">{say(words.source)}</label>
            <textarea
              className="input source"
              id="source"
              name="source"
              dir="ltr"
              lang="en"
              rows={24}
              spellCheck={false}
              defaultValue={view.source}
              maxLength={65_536}
              readOnly={!view.mayEdit}
              aria-invalid={view.problem ? true : undefined}
            />
          </div>
          <p className="acts">
            <Button look="ghost" name="do" value="try">
              {say(words.tryIt)}
            </Button>
            {view.mayEdit ? (
              <Button name="do" value="save">
                {say(words.save)}
              </Button>
            ) : null}
            <LinkButton look="quiet" href={at}>
              {say(words.back)}
            </LinkButton>
          </p>
          {view.mayEdit ? (
            <fieldset className="stack-s">
              <legend>{say(serviceWords.readyMade)}</legend>
              <p className="hint">{say(serviceWords.lookHint)}</p>
              <p className="acts">
                {looks.map(({ id, names }) => (
                  <Button key={id} look="ghost" name="do" value={`look:${id}`}>
                    {say(names)}
                  </Button>
                ))}
              </p>
            </fieldset>
          ) : null}
        </form>
        {view.pictures.length > 0 ? (
          <Card title={say(view.isTyped ? words.drawnTyped : words.drawnSaved)}>
            <div className="beside">
              {view.pictures.map(({ first, src }) => {
                const name = say(first === 'ar' ? words.arabicFirst : words.englishFirst);
                return (
                  <figure key={first} className="sheet">
                    <figcaption>{name}</figcaption>
                    <img src={src} alt={`${say(words.template)}: ${name}`} />
                  </figure>
                );
              })}
            </div>
            <p>
              <a href={pdf}>{say(words.savedPdf)}</a>
            </p>
          </Card>
        ) : null}
        <details>
          <summary>{say(words.numbered)}</summary>
          <pre>{numbered(view.source)}</pre>
        </details>
      </div>
    );
  },
});

const numbered = (source: string) =>
  source
    .split('\n')
    .map((text, at) => `${String(at + 1).padStart(3)}  ${text}`)
    .join('\n');
