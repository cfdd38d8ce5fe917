import type { Text } from '#kernel/languages';
import { LabelledList, OfficeLine, SummaryList } from '../components/blocks.tsx';
import { Code, type Labelled, type OfficeName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';
import { type CaseHead, caseCrumbs, type ReceivedEvidence } from './apply.tsx';

/** Everything that was handed in, for paper: files by name and hash, evidence with the number of its exchange. */
export type CopyView = CaseHead & {
  office: OfficeName;
  submittedAt: string;
  applicant?: Text;
  representedBy?: Text;
  evidence: ReceivedEvidence[];
  parts: Array<{ title: Text; items: Labelled[] }>;
  decision?: { words: Text; number: string; decidedAt: string };
};

/** Drawn for the person and for the office alike. */
export function Copy({ view }: { view: CopyView }) {
  const say = useSay();
  const t = useTexts();
  const { applicant, representedBy, decision } = view;
  return (
    <div className="stack paper">
      <header className="stack-s">
        <p className="eyebrow">
          <Code>{view.reference}</Code>
          <OfficeLine office={view.office} small />
        </p>
        <h1>{say(view.serviceTitle)}</h1>
        <p className="hint no-print">{t('copy.howTo')}</p>
      </header>
      <section className="card">
        <h2>{t('copy.about')}</h2>
        <SummaryList
          rows={[
            { term: t('case.number'), value: <Code>{view.reference}</Code> },
            ...(applicant ? [{ term: t('copy.applicant'), value: <bdi>{say(applicant)}</bdi> }] : []),
            ...(representedBy ? [{ term: t('copy.representedBy'), value: say(representedBy) }] : []),
            { term: t('copy.sentAt'), value: <TimeOf at={view.submittedAt} hijri /> },
            { term: t('service.decides'), value: <OfficeLine office={view.office} small /> },
            ...(decision
              ? [
                  { term: t('case.decision'), value: say(decision.words) },
                  { term: t('copy.decisionNumber'), value: <Code>{decision.number}</Code> },
                  { term: t('copy.decidedAt'), value: <TimeOf at={decision.decidedAt} hijri /> },
                ]
              : []),
          ]}
        />
      </section>
      {view.parts.map((part) => (
        <section className="card" key={part.title.en}>
          <h2>{say(part.title)}</h2>
          <LabelledList items={part.items} />
        </section>
      ))}
      {view.evidence.map((one) => (
        <section className="card" key={`${one.exchangeId}${one.evidence.en}`}>
          <div className="head">
            <h2>{say(one.evidence)}</h2>
            <OfficeLine office={one.from} small />
          </div>
          <LabelledList items={one.items} />
          <p className="muted">
            {t('evidence.at')}: <TimeOf at={one.receivedAt} />
            {one.exchangeId ? (
              <>
                {' · '}
                {t('evidence.exchange')}: <Code>{one.exchangeId}</Code>
              </>
            ) : null}
          </p>
        </section>
      ))}
      <p className="muted">{t('copy.note')}</p>
    </div>
  );
}

export const copy = definePage<CopyView>({
  name: 'copy',
  nav: 'cases',
  title: (view, { t }) => `${t('copy.title')} ${view.reference}`,
  crumbs: caseCrumbs,
  Body: ({ view }) => <Copy view={view} />,
});
