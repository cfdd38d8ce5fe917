import type { ReactNode } from 'react';
import { Announcement, Code, FindingList, Notice, PageHead, Tag, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Finding } from '#modules/catalogue';
import { type Difference, type DraftState, fileNames } from '#modules/publishing';
import { differenceNames, stateNames, words } from './words.ts';

/** What every page of a draft carries. `changed`: what others did since the page was looked at; what was typed stands in its fields. */
export type DraftHead = {
  draftId: string;
  serviceId: string;
  title: Text;
  state: DraftState;
  revision: number;
  mayEdit: boolean;
  /** What there is to know about the page. */
  lead?: Text;
  notice?: Text;
  problem?: Text;
  changed?: Difference[];
};

export const draftHref = (draftId: string) => `/office/drafts/${draftId}`;
export const serviceHref = (serviceId: string) => `/office/services/${serviceId}`;

export const draftCrumbs = ({ draftId, serviceId, title }: DraftHead, { say }: { say: (text: Text) => string }) => [
  { href: '/office/services', words: say(words.title) },
  { href: serviceHref(serviceId), words: say(title) },
  { href: draftHref(draftId), words: say(words.draft) },
];

export function StateTag({ state }: { state: DraftState }) {
  const say = useSay();
  const tone = state === 'submitted' ? 'warn' : state === 'published' ? 'good' : state === 'open' ? 'info' : 'plain';
  return <Tag tone={tone}>{say(stateNames[state])}</Tag>;
}

/** The head of a page of a draft, with what happened, and what others have changed. */
export function DraftTop({ view, title }: { view: DraftHead; title: string }) {
  const say = useSay();
  return (
    <>
      <PageHead
        eyebrow={
          <>
            <span>{say(view.title)}</span>
            <StateTag state={view.state} />
          </>
        }
        title={title}
        lead={view.lead ? say(view.lead) : view.mayEdit ? undefined : say(words.readOnly)}
        {...(view.notice ? { notice: view.notice } : {})}
      />
      <Announcement tone="bad" {...(view.problem ? { words: view.problem } : {})} />
      {view.changed ? (
        <Notice tone="warn" title={say(words.changedMeanwhile)}>
          <DifferenceTable differences={view.changed} />
        </Notice>
      ) : null}
    </>
  );
}

/** Problems that belong to no field of the page. */
export function Problems({ findings }: { findings: Finding[] }) {
  const say = useSay();
  if (findings.length === 0) return null;
  return (
    <Notice tone="warn" title={say(words.problems)}>
      <FindingList findings={findings} />
    </Notice>
  );
}

/** A way through a file, for people. */
export const placeShown = (path: string) => path.replaceAll('.', ' › ');

function Side({ of }: { of: Text | string | undefined }): ReactNode {
  if (of === undefined) return <span className="muted">–</span>;
  if (typeof of === 'string') return of.includes('\n') ? <pre>{of}</pre> : <Code>{of}</Code>;
  return (
    <>
      <p lang="ar" dir="rtl">
        {of.ar}
      </p>
      <p lang="en" dir="ltr">
        {of.en}
      </p>
    </>
  );
}

/** What stood there and what stands there, text by text in both languages, row by row of a table. */
export function DifferenceTable({ differences }: { differences: Difference[] }) {
  const say = useSay();
  if (differences.length === 0) return <p>{say(words.noDifferences)}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
    <section className="scroll" tabIndex={0} aria-label={say(words.differences)}>
      <table>
        <caption className="hide">{say(words.differences)}</caption>
        <thead>
          <tr>
            <th scope="col">{say(words.differences)}</th>
            <th scope="col">{say(words.before)}</th>
            <th scope="col">{say(words.after)}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map((one) => (
            <tr key={`${one.what} ${one.file} ${one.place}`}>
              <th scope="row">
                {say(differenceNames[one.what])}: {say(one.words)}
                <br />
                <span className="muted small">
                  {fileNames[one.file] ? say(fileNames[one.file]!) : <Code>{one.file}</Code>}{' '}
                  <Code>{placeShown(one.place)}</Code>
                </span>
              </th>
              <td>
                <Side of={one.before} />
              </td>
              <td>
                <Side of={one.after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
