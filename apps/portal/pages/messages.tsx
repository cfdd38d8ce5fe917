import type { Text } from '#kernel/languages';
import type { Message } from '#modules/notifications';
import { Button, Card, LinkButton, Notice, SummaryList, Tag } from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, write } from '../reader.tsx';
import { messageTexts } from '../texts/messages.ts';

/** GET /messages?before= */
export type MessagesView = {
  messages: Message[];
  /** Where older ones are. */
  olderHref?: string;
  notice?: Text;
};

export const messages = definePage<MessagesView>({
  name: 'messages',
  nav: 'messages',
  title: (_view, { reader }) => write(messageTexts, reader, 'title'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTable(messageTexts);
    return (
      <div className="stack measure">
        <PageHead title={t('title')} lead={t('lead')} notice={view.notice} />
        <p>
          <a href="/messages/settings">{t('settings')}</a>
        </p>
        {view.messages.length === 0 ? (
          <Card title={t('none')}>
            <p className="muted">{t('noneWords')}</p>
          </Card>
        ) : (
          <ul className="tasks">
            {view.messages.map((message) => (
              <li key={message.messageId}>
                <div className="grow">
                  <a href={`/messages/${message.messageId}`}>
                    {message.openedAt ? say(message.subject) : <b>{say(message.subject)}</b>}
                  </a>
                  <p className="muted">
                    {t(`topic.${message.topic}`)}
                    {' · '}
                    <TimeOf at={message.sentAt} />
                  </p>
                </div>
                {message.openedAt ? null : <Tag tone="warn">{t('unread')}</Tag>}
              </li>
            ))}
          </ul>
        )}
        {view.olderHref ? (
          <p>
            <a href={view.olderHref}>{t('older')}</a>
          </p>
        ) : null}
      </div>
    );
  },
});

/** GET /messages/:messageId, which opens it. Posts to `…/delete`. */
export type MessageView = { message: Message };

export const message = definePage<MessageView>({
  name: 'message',
  nav: 'messages',
  title: ({ message: one }, { say }) => say(one.subject),
  crumbs: (_view, { reader }) => [{ href: '/messages', words: write(messageTexts, reader, 'title') }],
  Body: ({ view: { message: one } }) => {
    const say = useSay();
    const t = useTable(messageTexts);
    return (
      <div className="stack measure">
        <PageHead eyebrow={t(`topic.${one.topic}`)} title={say(one.subject)} />
        <p className="lead">{say(one.text)}</p>
        {one.link ? (
          <p>
            <LinkButton href={one.link}>{t('goTo')}</LinkButton>
          </p>
        ) : null}
        <Card title={t('proof')}>
          <SummaryList
            rows={[
              {
                term: t('sent'),
                value: <TimeOf at={one.sentAt} />,
                action: <InLog leaf={one.sentLeaf} of={t('sent')} />,
              },
              {
                term: t('opened'),
                value: one.openedAt ? <TimeOf at={one.openedAt} /> : t('notOpened'),
                ...(one.openedLeaf ? { action: <InLog leaf={one.openedLeaf} of={t('opened')} /> } : {}),
              },
              { term: t('keptUntil'), value: <TimeOf at={one.keptUntil} dayOnly /> },
            ]}
          />
          <p className="muted">{t('proofWords')}</p>
        </Card>
        <form method="post" action={`/messages/${one.messageId}/delete`} className="acts">
          <Button look="ghost">{t('remove')}</Button>
        </form>
      </div>
    );
  },
});

function InLog({ leaf, of }: { leaf: string; of: string }) {
  const t = useTable(messageTexts);
  return (
    <a href={`/ledger/proof/${leaf}`}>
      {t('inLog')}
      <span className="hide">{`: ${of}`}</span>
    </a>
  );
}

/** GET /messages/unsubscribe/:messageId/:token, and after its form. */
/** `isOfCase`: what goes to the address that one application names, and not what a person chose for a topic. */
export type StopMailView = { action: string; topic: Message['topic']; isOfCase: boolean; isDone: boolean };

export const stopMail = definePage<StopMailView>({
  name: 'stop-mail',
  title: (_view, { reader }) => write(messageTexts, reader, 'stop.title'),
  Body: ({ view }) => {
    const t = useTable(messageTexts);
    const topic = t(view.isOfCase ? 'stop.ofCase' : `topic.${view.topic}`);
    return (
      <div className="stack measure">
        <PageHead title={t('stop.title')} />
        {view.isDone ? (
          <div role="status">
            <Notice tone="good">
              <p>{t('stop.done', { topic })}</p>
            </Notice>
          </div>
        ) : (
          <>
            <p>{t('stop.words', { topic })}</p>
            <form method="post" action={view.action} className="acts">
              <Button>{t('stop.do')}</Button>
            </form>
          </>
        )}
        <p>
          <a href="/messages/settings">{t('stop.back')}</a>
        </p>
      </div>
    );
  },
});
