import {
  Card,
  Code,
  definePage,
  type Labelled,
  Medal,
  PageHead,
  type StateName,
  Tag,
  useReader,
  useSay,
  ValueOf,
  write,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { deskTexts, useDeskTexts } from '../../texts/desk.ts';
import { consoleTexts } from '../../texts/index.ts';

export type ComparedCase = {
  caseId: string;
  reference: string;
  applicant: Text;
  homeState: StateName;
  /** Its decision, or where it stands. */
  stands: Text;
  reasons: Text[];
  /** What the evidence and the applicant say, each under whose word it is. */
  items: Array<{ of: Text; item: Labelled }>;
  findings: Text[];
};

/** GET /office/cases/:caseId/compare?with= */
export type CompareView = {
  serviceTitle: Text;
  own: ComparedCase;
  other?: ComparedCase;
  comparables: Array<{ caseId: string; reference: string; isOfSamePerson: boolean; decidedAt?: string }>;
};

type Line = { key: string; of: Text; label: Text; own?: Labelled | undefined; other?: Labelled | undefined };

/** The lines of both, those of the first one first, in its order. */
function linesOf(own: ComparedCase, other: ComparedCase): Line[] {
  const lines = new Map<string, Line>();
  for (const [side, { items }] of [
    ['own', own],
    ['other', other],
  ] as const)
    for (const { of, item } of items) {
      const key = `${of.en} ${item.label.en}`;
      lines.set(key, { ...(lines.get(key) ?? { key, of, label: item.label }), [side]: item });
    }
  return [...lines.values()];
}
const isSame = (one?: Labelled, two?: Labelled) => JSON.stringify(one?.value) === JSON.stringify(two?.value);

export const compare = definePage<CompareView>({
  name: 'compare',
  area: 'office',
  nav: 'office',
  title: (_view, { reader }) => write(deskTexts, reader, 'compare.title'),
  crumbs: (view, { reader }) => [
    { href: '/office', words: write(consoleTexts, reader, 'queue.title') },
    { href: `/office/cases/${view.own.caseId}`, words: view.own.reference },
  ],
  Body: ({ view }) => {
    const say = useSay();
    const t = useDeskTexts();
    const { own, other } = view;
    return (
      <div className="stack">
        <PageHead eyebrow={say(view.serviceTitle)} title={t('compare.title')} lead={t('compare.lead')} />
        {view.comparables.length === 0 ? (
          <Card title={t('compare.none')}>
            <p>{t('compare.noneWords')}</p>
          </Card>
        ) : (
          <form className="filters" method="get" action={`/office/cases/${own.caseId}/compare`}>
            <div>
              <label htmlFor="with">{t('compare.with')}</label>
              <select id="with" name="with" defaultValue={other?.caseId}>
                {view.comparables.map((one) => (
                  <option key={one.caseId} value={one.caseId}>
                    {one.reference}
                    {one.isOfSamePerson ? ` · ${t('compare.same')}` : null}
                  </option>
                ))}
              </select>
            </div>
            <button type="submit" className="btn ghost">
              {t('compare.show')}
            </button>
          </form>
        )}
        {other ? <Comparison own={own} other={other} /> : null}
      </div>
    );
  },
});

function Comparison({ own, other }: { own: ComparedCase; other: ComparedCase }) {
  const say = useSay();
  const t = useDeskTexts();
  const { language } = useReader();
  const texts = (list: Text[]) => list.map((text) => <p key={text.en}>{text[language]}</p>);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <section className="card flush scroll" tabIndex={0} aria-label={t('compare.table')}>
      <table>
        <caption>{t('compare.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('compare.field')}</th>
            {[own, other].map((one) => (
              <th scope="col" key={one.caseId}>
                <div>
                  <a href={`/office/cases/${one.caseId}`}>
                    <Code>{one.reference}</Code>
                  </a>
                </div>
                <p className="from">
                  <Medal state={one.homeState} small />
                  <bdi>{say(one.applicant)}</bdi>
                </p>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t('compare.decided')}</th>
            {[own, other].map((one) => (
              <td key={one.caseId}>
                <b>{say(one.stands)}</b>
                {texts(one.reasons)}
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">{t('compare.rules')}</th>
            {[own, other].map((one) => (
              <td key={one.caseId}>{texts(one.findings)}</td>
            ))}
          </tr>
          {linesOf(own, other).map((line) => (
            <tr key={line.key}>
              <th scope="row">
                {say(line.label)} {isSame(line.own, line.other) ? null : <Tag tone="warn">{t('compare.differs')}</Tag>}
                <div className="muted small">{say(line.of)}</div>
              </th>
              {([line.own, line.other] as const).map((item, at) => (
                <td key={at === 0 ? own.caseId : other.caseId}>
                  {item ? <ValueOf of={item.value} /> : <span className="muted">{t('compare.nothing')}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
