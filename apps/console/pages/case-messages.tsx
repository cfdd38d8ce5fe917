import { Card, definePage, PageHead, SummaryList, TimeOf, useSay, write } from '#apps/portal';
import type { CaseMessage } from '#modules/notifications';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';

/** GET /office/cases/:caseId/messages */
export type CaseMessagesView = { caseId: string; reference: string; messages: CaseMessage[] };

export const caseMessages = definePage<CaseMessagesView>({
  name: 'case-messages',
  area: 'office',
  nav: 'office',
  title: (_view, { reader }) => write(consoleTexts, reader, 'messages.title'),
  crumbs: ({ caseId, reference }, { reader }) => [
    { href: '/office', words: write(consoleTexts, reader, 'queue.title') },
    { href: `/office/cases/${caseId}`, words: reference },
  ],
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    return (
      <div className="stack measure">
        <PageHead eyebrow={<bdi>{view.reference}</bdi>} title={t('messages.title')} lead={t('messages.lead')} />
        {view.messages.length === 0 ? <p className="muted">{t('messages.none')}</p> : null}
        {view.messages.map((one) => (
          <Card key={one.messageId} title={say(one.subject)}>
            <SummaryList
              rows={[
                {
                  term: t('messages.delivered'),
                  value: <TimeOf at={one.sentAt} />,
                  action: <InLog leaf={one.sentLeaf} of={`${t('messages.delivered')}, ${say(one.subject)}`} />,
                },
                {
                  term: t('messages.opened'),
                  value: one.openedAt ? <TimeOf at={one.openedAt} /> : t('messages.notOpened'),
                  ...(one.openedLeaf
                    ? { action: <InLog leaf={one.openedLeaf} of={`${t('messages.opened')}, ${say(one.subject)}`} /> }
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
      {t('messages.inLog')}
      <span className="hide">{`: ${of}`}</span>
    </a>
  );
}
