import { Button, Card, Code, definePage, FieldOf, Notice, TestList, TimeOf, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { TestedCase } from '#modules/catalogue';
import { type Difference, fileNames, type Step } from '#modules/publishing';
import type { PlacedFinding } from '../../publishing-places.ts';
import { DifferenceTable, type DraftHead, DraftTop, draftCrumbs, draftHref } from './parts.tsx';
import { serviceWords } from './service-words.ts';
import { stepNames, words } from './words.ts';

/** GET /office/drafts/:draftId. Posts `revision` to …/submit, /discard, /return (with `why`) and /publish (with `against` and `moment`). */
export type DraftView = DraftHead & {
  findings: PlacedFinding[];
  tests: TestedCase[];
  /** Of a service with a check before one applies. */
  eligibilityTests?: TestedCase[];
  differences: Difference[];
  /** The version in force that the differences are from; empty where there is none, and they are from what was begun. */
  against: string;
  textFiles: string[];
  tables: string[];
  steps: Array<Step & { name: Text }>;
  may: { submit: boolean; publish: boolean; isPublisher: boolean };
  moment: string;
  why: string;
};

export const draft = definePage<DraftView>({
  name: 'publishing-draft',
  area: 'office',
  nav: 'publishing',
  title: ({ title }, { say }) => `${say(words.draft)}: ${say(title)}`,
  crumbs: (view, speaker) => draftCrumbs(view, speaker).slice(0, 2),
  hasErrors: ({ problem }) => problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const at = draftHref(view.draftId);
    return (
      <div className="stack">
        <DraftTop view={view} title={say(words.draft)} />
        {view.findings.length > 0 ? (
          <Notice tone="warn" title={say(words.problems)}>
            <ul>
              {view.findings.map(({ problem, part, href }) => (
                <li key={`${href} ${problem.en}`}>
                  <a href={href}>{say(part)}</a>: {say(problem)}
                </li>
              ))}
            </ul>
          </Notice>
        ) : (
          <Notice tone="good">
            <p>{say(words.noProblems)}</p>
          </Notice>
        )}
        <div className="two">
          <div className="stack">
            <Card title={say(words.edit)}>
              <h3>{say(serviceWords.whole)}</h3>
              <ul>
                <li>
                  <a href={`${at}/facts`}>{say(serviceWords.facts)}</a>
                </li>
                <li>
                  <a href={`${at}/evidence`}>{say(serviceWords.evidence)}</a>
                </li>
                <li>
                  <a href={`${at}/terms`}>{say(words.terms)}</a>
                </li>
              </ul>
              <h3>{say(words.texts)}</h3>
              <ul>
                {view.textFiles.map((file) => (
                  <li key={file}>
                    <a href={`${at}/texts/${file.replace('.json', '')}`}>{say(fileNames[file]!)}</a>
                  </li>
                ))}
              </ul>
              <h3>{say(words.rules)}</h3>
              <ul>
                {view.tables.map((table) => (
                  <li key={table}>
                    <a href={`${at}/rules/${encodeURIComponent(table)}`}>
                      <Code>{table}</Code>
                    </a>
                  </li>
                ))}
                <li>
                  <a href={`${at}/inputs`}>{say(serviceWords.inputs)}</a>
                </li>
                <li>
                  <a href={`${at}/reasons`}>{say(serviceWords.reasons)}</a>
                </li>
              </ul>
              <h3>{say(words.formAndDocument)}</h3>
              <ul>
                <li>
                  <a href={`${at}/form`}>{say(words.form)}</a>
                </li>
                {view.eligibilityTests ? (
                  <li>
                    <a href={`${at}/eligibility`}>{say(words.eligibility)}</a>
                  </li>
                ) : null}
                <li>
                  <a href={`${at}/shown`}>{say(serviceWords.shown)}</a>
                </li>
                <li>
                  <a href={`${at}/template`}>{say(words.template)}</a>
                </li>
                <li>
                  <a href={`${at}/tests`}>{say(words.tests)}</a>
                </li>
                <li>
                  <a href={`${at}/preview`}>{say(words.preview)}</a>
                </li>
              </ul>
            </Card>
            <Card title={say(view.against === '' ? serviceWords.sinceBegun : words.draftDifferences)}>
              <DifferenceTable differences={view.differences} />
            </Card>
            <TestList tests={view.tests} hrefOf={(id) => `${at}/tests/${id}`} />
            {view.eligibilityTests ? (
              <TestList
                tests={view.eligibilityTests}
                caption={say(words.eligibilityTests)}
                hrefOf={(id) => `${at}/eligibility-tests/${id}`}
              />
            ) : null}
          </div>
          <aside className="stack">
            <Steps view={view} />
          </aside>
        </div>
        <History steps={view.steps} />
      </div>
    );
  },
});

function Steps({ view }: { view: DraftView }) {
  const say = useSay();
  const at = draftHref(view.draftId);
  const revision = <input type="hidden" name="revision" value={view.revision} />;
  if (view.state === 'open' && view.mayEdit)
    return (
      <Card title={say(words.submit)}>
        {view.may.submit ? (
          <form method="post" action={`${at}/submit`} className="stack-s">
            {revision}
            <p>{say(words.submitLead)}</p>
            <Button>{say(words.submit)}</Button>
          </form>
        ) : (
          <p>{say(words.submitLater)}</p>
        )}
        <details>
          <summary>{say(words.discard)}</summary>
          <form method="post" action={`${at}/discard`} className="stack-s">
            {revision}
            <p>{say(words.discardLead)}</p>
            <Button look="danger">{say(words.discardAll)}</Button>
          </form>
        </details>
      </Card>
    );
  if (view.state !== 'submitted') return null;
  if (!view.may.isPublisher)
    return (
      <Card title={say(words.publish)}>
        <p>{say(words.waits)}</p>
      </Card>
    );
  return (
    <>
      <Card title={say(words.publish)}>
        {view.may.publish ? (
          <form method="post" action={`${at}/publish`} className="stack-s" noValidate>
            {revision}
            <input type="hidden" name="against" value={view.against} />
            <p>{say(words.publishLead)}</p>
            <FieldOf
              field={{ name: 'moment', kind: 'latin', label: words.moment, hint: words.momentHint, value: view.moment }}
            />
            <Button>{say(words.publish)}</Button>
          </form>
        ) : (
          <p>{say(words.ownDraft)}</p>
        )}
      </Card>
      <Card title={say(words.returnIt)}>
        <form method="post" action={`${at}/return`} className="stack-s" noValidate>
          {revision}
          <FieldOf
            field={{
              name: 'why',
              kind: 'textarea',
              label: words.why,
              required: true,
              value: view.why,
              lengthMax: 2000,
            }}
          />
          <Button look="ghost">{say(words.returnIt)}</Button>
        </form>
      </Card>
    </>
  );
}

function History({ steps }: { steps: DraftView['steps'] }) {
  const say = useSay();
  return (
    <section className="card flush scroll">
      <table>
        <caption>{say(words.history)}</caption>
        <tbody>
          {steps.map((step) => (
            <tr key={`${step.at} ${step.kind} ${step.revision}`}>
              <td>
                <TimeOf at={step.at} />
              </td>
              <th scope="row">
                <bdi>{say(step.name)}</bdi>: {say(stepNames[step.kind])}
                {step.body.file
                  ? ` (${fileNames[step.body.file] ? say(fileNames[step.body.file]!) : step.body.file})`
                  : ''}
              </th>
              <td>
                {step.body.words ? <bdi>{step.body.words}</bdi> : null}
                {step.body.inForceFrom ? (
                  <>
                    {say(words.from)} <TimeOf at={step.body.inForceFrom} />
                  </>
                ) : null}
                {step.body.leafHash ? (
                  <>
                    {' '}
                    {say(words.entry)} <Code>{step.body.leafHash.slice(0, 16)}</Code>
                  </>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
