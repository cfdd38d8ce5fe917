import type { Text } from '#kernel/languages';
import { Card, LinkButton, Notice, OfficeLine, SummaryList } from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { Icon } from '../components/marks.tsx';
import { Code, NumberOf, Raw, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useJoined, useSay, useTexts } from '../reader.tsx';

import type { WholeDataUse } from './my-data.tsx';

/**
 * The proof of one entry, checked by the server for whoever has no JavaScript. `pending` means: not sequenced or not yet
 * co-signed by enough states.
 */
export type ProofView = {
  use: WholeDataUse;
  logState: Text;
  verdict: { kind: 'witnessed'; cosignedBy: Text[] } | { kind: 'pending' } | { kind: 'failed'; reason: Text };
  leafIndex?: number;
  treeSize?: number;
  leafHash: string;
  opening: { salt: string; commitment: string; record: string };
  checkpoint?: string;
  downloadHref?: string;
  /** Proof files of the whole exchange; an event that was told has none. */
  fileHrefs?: { whole: string; shareable: string };
};

export const proof = definePage<ProofView>({
  name: 'proof',
  nav: 'my-data',
  title: (_view, { t }) => t('proof.title'),
  crumbs: (_view, { t }) => [{ href: '/my-data', words: t('nav.myData') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const joined = useJoined();
    const { verdict } = view;
    return (
      <div className="stack measure">
        <PageHead
          eyebrow={<OfficeLine office={view.use.asker} small />}
          title={t('proof.title')}
          lead={say(view.use.purpose)}
        />
        {verdict.kind === 'witnessed' ? (
          <Notice tone="good" title={t('proof.goodTitle')}>
            <p>
              {t('proof.good', {
                index: view.leafIndex ?? 0,
                log: say(view.logState),
                witnesses: joined(verdict.cosignedBy.map(say)),
              })}
            </p>
          </Notice>
        ) : verdict.kind === 'pending' ? (
          <Notice tone="warn" title={t('proof.pendingTitle')}>
            <p>{t('proof.pendingWords')}</p>
          </Notice>
        ) : (
          <Notice tone="bad" title={t('proof.badTitle')}>
            <p>{say(verdict.reason)}</p>
            <p>{t('proof.badNext')}</p>
          </Notice>
        )}
        <Card title={t('proof.entry')}>
          <SummaryList
            rows={[
              { term: t('proof.when'), value: <TimeOf at={view.use.askedAt} hijri /> },
              { term: t('consent.ground'), value: say(view.use.ground) },
              ...(view.leafIndex !== undefined
                ? [{ term: t('proof.index'), value: <NumberOf value={view.leafIndex} /> }]
                : []),
              ...(view.treeSize !== undefined
                ? [{ term: t('proof.size'), value: <NumberOf value={view.treeSize} /> }]
                : []),
              { term: t('proof.leaf'), value: <Code>{view.leafHash}</Code> },
            ]}
          />
        </Card>
        {view.fileHrefs ? (
          <Card title={t('proof.keep')}>
            <p>{t('proof.wholeWords')}</p>
            <p className="acts">
              <LinkButton href={view.fileHrefs.whole} download>
                <Icon name="download" />
                {t('proof.whole')}
              </LinkButton>
            </p>
            <p className="muted">{t('proof.shareableWords')}</p>
            <p className="acts">
              <LinkButton look="ghost" href={view.fileHrefs.shareable} download>
                <Icon name="download" />
                {t('proof.shareable')}
              </LinkButton>
            </p>
          </Card>
        ) : null}
        {view.downloadHref ? (
          <LinkButton look="ghost" href={view.downloadHref} download>
            <Icon name="download" />
            {t('proof.download')}
          </LinkButton>
        ) : null}
        <details>
          <summary>{t('proof.opening')}</summary>
          <div className="card proof">
            <p className="muted">{t('proof.openingWords')}</p>
            <SummaryList
              rows={[
                { term: t('proof.salt'), value: <Code>{view.opening.salt}</Code> },
                { term: t('proof.commitment'), value: <Code>{view.opening.commitment}</Code> },
              ]}
            />
            <Raw>{view.opening.record}</Raw>
          </div>
        </details>
        {view.checkpoint ? (
          <details>
            <summary>{t('log.checkpointText')}</summary>
            <Raw>{view.checkpoint}</Raw>
          </details>
        ) : null}
      </div>
    );
  },
});
