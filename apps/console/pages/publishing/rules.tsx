import { Button, Code, definePage, ErrorSummary, LinkButton, useSay } from '#apps/portal';
import { type Finding, findingWords, type TableRow } from '#modules/catalogue';
import { type DraftHead, DraftTop, draftCrumbs, draftHref, Problems } from './parts.tsx';
import { words } from './words.ts';

/**
 * GET|POST /office/drafts/:draftId/rules/:table. Posts `revision`, for each row `id.<row>`, `t.<row>.<column>` and `r.<row>.<column>`, and `do`: `save`,
 * `add`, or `remove`, `up`, `down` with a row behind a colon. Rows and columns count from 1.
 */
export type DraftRulesView = DraftHead & {
  table: string;
  hitPolicy: string;
  inputs: string[];
  outputs: string[];
  rows: Array<TableRow & { problems: string[] }>;
  others: Finding[];
};

export const draftRules = definePage<DraftRulesView>({
  name: 'publishing-rules',
  area: 'office',
  nav: 'publishing',
  title: ({ table }, { say }) => `${say(words.rules)}: ${table}`,
  crumbs: draftCrumbs,
  hasErrors: ({ problem, rows }) => problem !== undefined || rows.some(({ problems }) => problems.length > 0),
  Body: ({ view }) => {
    const say = useSay();
    const at = draftHref(view.draftId);
    return (
      <div className="stack">
        <ErrorSummary
          fields={[]}
          others={view.rows.flatMap(({ problems }, at) =>
            problems.map((problem) => ({ message: findingWords(problem), href: `#t-${at + 1}-1` })),
          )}
        />
        <DraftTop view={view} title={say(words.rules)} />
        <p>
          {say(words.table)} <Code>{view.table}</Code> · {say(words.hitPolicy)} <Code>{view.hitPolicy}</Code>
        </p>
        <p className="muted">{say(words.rulesLead)}</p>
        <Problems findings={view.others} />
        <form method="post" action={`${at}/rules/${encodeURIComponent(view.table)}`} className="stack" noValidate>
          <input type="hidden" name="revision" value={view.revision} />
          {/* Whoever presses Enter in a cell saves, and removes nothing. */}
          {view.mayEdit ? (
            <p className="acts">
              <Button name="do" value="save">
                {say(words.save)}
              </Button>
              <Button look="ghost" name="do" value="add">
                {say(words.addRow)}
              </Button>
              <LinkButton look="quiet" href={at}>
                {say(words.back)}
              </LinkButton>
            </p>
          ) : null}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1). */}
          <section className="card flush scroll" tabIndex={0} aria-label={view.table}>
            <table className="cells">
              <caption>
                <Code>{view.table}</Code>
              </caption>
              <thead>
                <tr>
                  <th scope="col">{say(words.row)}</th>
                  {view.inputs.map((input) => (
                    <th scope="col" key={input}>
                      <Code>{input}</Code>
                    </th>
                  ))}
                  {view.outputs.map((output) => (
                    <th scope="col" key={output}>
                      {say(words.gives)}: <Code>{output}</Code>
                    </th>
                  ))}
                  <th scope="col">
                    <span className="hide">{say(words.edit)}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {view.rows.map((row, index) => (
                  <Row key={row.id} view={view} row={row} number={index + 1} />
                ))}
              </tbody>
            </table>
          </section>
        </form>
      </div>
    );
  },
});

function Row({ view, row, number }: { view: DraftRulesView; row: DraftRulesView['rows'][number]; number: number }) {
  const say = useSay();
  const cell = (name: string, value: string, column: string) => (
    <td key={name}>
      <label className="hide" htmlFor={name.replaceAll('.', '-')}>
        {say(words.row)} {number}: <Code>{column}</Code>
      </label>
      <input
        className="input"
        id={name.replaceAll('.', '-')}
        name={name}
        defaultValue={value}
        dir="ltr"
        readOnly={!view.mayEdit}
        maxLength={500}
        aria-invalid={row.problems.length > 0 ? true : undefined}
      />
    </td>
  );
  return (
    <tr>
      <th scope="row">
        {number} <Code>{row.id}</Code>
        <input type="hidden" name={`id.${number}`} value={row.id} />
        {row.problems.map((problem) => (
          <p className="err" key={problem}>
            {say(findingWords(problem))}
          </p>
        ))}
      </th>
      {row.tests.map((text, at) => cell(`t.${number}.${at + 1}`, text, view.inputs[at]!))}
      {row.results.map((text, at) => cell(`r.${number}.${at + 1}`, text, view.outputs[at]!))}
      <td>
        {view.mayEdit
          ? (['up', 'down', 'remove'] as const).map((what) => (
              <Button key={what} look="quiet" name="do" value={`${what}:${number}`}>
                {say(words[what])}
                <span className="hide">{` ${say(words.row)} ${number}`}</span>
              </Button>
            ))
          : null}
      </td>
    </tr>
  );
}
