import { Card, definePage, PageHead, SummaryList, TimeOf, useSay, write } from '#apps/portal';
import type { CaseMessage } from '#modules/notifications';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';

/** GET /office/cases/:caseId/told */
export type CaseMessagesView = { caseId: string; reference: string; messages: CaseMessage[] };

export const caseMessages = definePage<CaseMessagesView>({
  name: 'case-messages',
  area: 'office',
  nav: 'office',
  title: (_view, { reader }) => write(consoleTexts, reader, 'told.title'),
  crumbs: ({ caseId, reference }, { reader }) => [
    { href: '/office', words: write(consoleTexts, reader, 'queue.title') },
    { href: `/office/cases/${caseId}`, words: reference },
  ],
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    return (
      <div className="stack measure">
        <PageHead eyebrow={<bdi>{view.reference}</bdi>} title={t('told.title')} lead={t('told.lead')} />
        {view.messages.length === 0 ? <p className="muted">{t('told.none')}</p> : null}
        {view.messages.map((one) => (
          <Card key={one.messageId} title={say(one.subject)}>
            <SummaryList
              rows={[
                {
                  term: t('told.delivered'),
                  value: <TimeOf at={one.sentAt} />,
                  action: <InLog leaf={one.sentLeaf} of={`${t('told.delivered')}, ${say(one.subject)}`} />,
                },
                {
                  term: t('told.opened'),
                  value: one.openedAt ? <TimeOf at={one.openedAt} /> : t('told.notOpened'),
                  ...(one.openedLeaf
                    ? { action: <InLog leaf={one.openedLeaf} of={`${t('told.opened')}, ${say(one.subject)}`} /> }
                    : {}),
                },
              ]}
            />
          </Card>
        ))}
      </div>
    );
  },
});

function InLog({ leaf, of }: { leaf: string; of: string }) {
  const t = useConsoleTexts();
  return (
    <a href={`/ledger/proof/${leaf}`}>
      {t('told.inLog')}
      <span className="hide">{`: ${of}`}</span>
    </a>
  );
}
