import {
  Button,
  Card,
  Code,
  definePage,
  FieldOf,
  LinkButton,
  Notice,
  PageHead,
  Tag,
  TimeOf,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Difference, DraftSummary, EditableService, PauseOfService, PublishedVersion } from '#modules/publishing';
import { DifferenceTable, draftHref, StateTag, serviceHref } from './parts.tsx';
import { serviceWords } from './service-words.ts';
import { words } from './words.ts';

/** GET /office/services */
export type EditableServicesView = { services: EditableService[]; mayBegin: boolean };

export const editableServices = definePage<EditableServicesView>({
  name: 'publishing',
  area: 'office',
  nav: 'publishing',
  title: (_view, { say }) => say(words.title),
  Body: ({ view }) => {
    const say = useSay();
    return (
      <div className="stack">
        <PageHead title={say(words.title)} lead={say(words.lead)} />
        {view.mayBegin ? (
          <p>
            <LinkButton href="/office/new-service">{say(serviceWords.begin)}</LinkButton>
          </p>
        ) : null}
        <ul className="card flush rows">
          {view.services.map((one) => (
            <li key={one.serviceId}>
              <div className="grow">
                <h2 className="h3">
                  <a href={serviceHref(one.serviceId)}>{say(one.title)}</a>
                </h2>
                <p className="muted">
                  {say(words.version)} <Code>{one.label}</Code>{' '}
                  {one.version === undefined ? say(serviceWords.notYet) : <Code>{one.version}</Code>}
                </p>
              </div>
              {one.draft ? (
                <p className="acts">
                  <StateTag state={one.draft.state} />
                  <a href={draftHref(one.draft.draftId)}>{say(words.goToDraft)}</a>
                </p>
              ) : (
                <Tag tone="plain">{say(words.noDraft)}</Tag>
              )}
            </li>
          ))}
        </ul>
      </div>
    );
  },
});

export type PauseTyped = { ar: string; en: string; from: string; moment: string };

/** GET /office/services/:serviceId. Posts `from`, a version, to …/draft; asks …?before=&after= for differences. */
export type EditableServiceView = {
  serviceId: string;
  title: Text;
  versions: PublishedVersion[];
  drafts: DraftSummary[];
  mayEdit: boolean;
  /** Whether whoever reads may stop and reopen it for new applications; posts to …/pause and …/resume. */
  mayPause: boolean;
  /** Those that are on or to come, the earliest first. */
  pauses: PauseOfService[];
  /** A pause that was refused, as it was typed. */
  refused?: { problem: Text; typed: PauseTyped };
  compared?: { before: string; after: string; differences: Difference[] };
};

export const editableService = definePage<EditableServiceView>({
  name: 'publishing-service',
  area: 'office',
  nav: 'publishing',
  title: ({ title }, { say }) => say(title),
  crumbs: (_view, { say }) => [{ href: '/office/services', words: say(words.title) }],
  Body: ({ view }) => {
    const say = useSay();
    const atWork = view.drafts.find(({ state }) => state === 'open' || state === 'submitted');
    const choices = view.versions.map(({ version, label }) => ({
      value: version,
      label: { ar: `${label} (${version})`, en: `${label} (${version})` },
    }));
    return (
      <div className="stack">
        <PageHead title={say(view.title)} eyebrow={<Code>{view.serviceId}</Code>} />
        {atWork ? (
          <p className="acts">
            <LinkButton href={draftHref(atWork.draftId)}>{say(words.goToDraft)}</LinkButton>
            <StateTag state={atWork.state} />
          </p>
        ) : view.mayEdit && view.versions.length > 0 ? (
          <form method="post" action={`${serviceHref(view.serviceId)}/draft`}>
            <Button>{say(words.openDraft)}</Button>
          </form>
        ) : null}
        <Pausing view={view} />
        <section className="card flush scroll">
          <table>
            <caption>{say(words.versions)}</caption>
            <thead>
              <tr>
                <th scope="col">{say(words.version)}</th>
                <th scope="col">{say(words.state)}</th>
                <th scope="col">{say(words.published)}</th>
                <th scope="col">{say(words.from)}</th>
              </tr>
            </thead>
            <tbody>
              {view.versions.map((one) => (
                <tr key={one.version}>
                  <th scope="row">
                    <Code>{one.label}</Code> <Code>{one.version}</Code>
                  </th>
                  <td>
                    <Tag tone={one.state === 'in-force' ? 'good' : one.state === 'scheduled' ? 'info' : 'plain'}>
                      {say(one.state === 'in-force' ? words.inForce : words[one.state])}
                    </Tag>
                    {view.mayEdit && !atWork && one.state !== 'in-force' ? (
                      <form method="post" action={`${serviceHref(view.serviceId)}/draft`}>
                        <input type="hidden" name="from" value={one.version} />
                        <Button look="quiet">{say(words.openFrom)}</Button>
                      </form>
                    ) : null}
                  </td>
                  <td>
                    <TimeOf at={one.publishedAt} />
                  </td>
                  <td>{one.inForceFrom ? <TimeOf at={one.inForceFrom} /> : say(words.fromFolder)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <Card title={say(words.compare)}>
          <form method="get" action={serviceHref(view.serviceId)} className="stack-s" noValidate>
            {(['before', 'after'] as const).map((name) => (
              <FieldOf
                key={name}
                field={{
                  name,
                  kind: 'choice',
                  label: words[name],
                  required: true,
                  value: view.compared?.[name] ?? '',
                  choices,
                }}
              />
            ))}
            <Button look="ghost">{say(words.show)}</Button>
          </form>
        </Card>
        {view.compared ? (
          <Card title={say(words.differences)}>
            <DifferenceTable differences={view.compared.differences} />
          </Card>
        ) : null}
      </div>
    );
  },
});

/** Stopping a service for new applications, now or from a moment on, and reopening it. Everybody of the office reads its pauses. */
function Pausing({ view: { serviceId, mayPause, pauses, refused } }: { view: EditableServiceView }) {
  const say = useSay();
  if (pauses.length === 0 && !mayPause) return null;
  const typed = refused?.typed ?? { ar: '', en: '', from: '', moment: '' };
  const reasons = [
    { name: 'reasonAr', label: words.pauseReasonAr, value: typed.ar },
    { name: 'reasonEn', label: words.pauseReasonEn, value: typed.en },
  ];
  const times = [
    { name: 'from', label: words.pauseFrom, hint: words.pauseFromHint, value: typed.from },
    { name: 'moment', label: words.pauseUntil, hint: words.momentHint, value: typed.moment },
  ];
  return (
    <Card title={say(words.pauseTitle)}>
      {refused ? (
        <Notice tone="bad" title={say(words.notPausedNow)}>
          <p>{say(refused.problem)}</p>
        </Notice>
      ) : null}
      {pauses.map((pause) => (
        <Notice
          key={pause.startsAt}
          tone={pause.isOn ? 'warn' : 'info'}
          title={say(pause.isOn ? words.paused : words.pauseToCome)}
        >
          <p>{say(pause.reason)}</p>
          {pause.isOn ? null : (
            <p>
              {say(words.pauseStarts)} <TimeOf at={pause.startsAt} />
            </p>
          )}
          {pause.endsAt ? (
            <p>
              {say(words.pauseEnds)} <TimeOf at={pause.endsAt} />
            </p>
          ) : null}
          {mayPause ? (
            <form method="post" action={`${serviceHref(serviceId)}/resume`}>
              <input type="hidden" name="pause" value={pause.startsAt} />
              <Button look="ghost">{say(pause.isOn ? words.resume : words.pauseTakeBack)}</Button>
            </form>
          ) : null}
        </Notice>
      ))}
      {mayPause ? (
        <form method="post" action={`${serviceHref(serviceId)}/pause`} className="stack-s" noValidate>
          <p>{say(words.pauseLead)}</p>
          {reasons.map((reason) => (
            <FieldOf key={reason.name} field={{ ...reason, kind: 'textarea', required: true, lengthMax: 500 }} />
          ))}
          {times.map((time) => (
            <FieldOf key={time.name} field={{ ...time, kind: 'latin' }} />
          ))}
          <Button look="ghost">{say(words.pause)}</Button>
        </form>
      ) : null}
    </Card>
  );
}
