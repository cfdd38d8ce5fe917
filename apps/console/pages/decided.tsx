import { Code, definePage, Icon, LinkButton, Panel, TimeOf, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';

export type DecidedView = {
  reference: string;
  serviceTitle: Text;
  outcome: Text;
  decidedAt: string;
  /** It counts once a second officer has confirmed it. */
  isProposed: boolean;
  nextCaseId?: string;
};

export const decided = definePage<DecidedView>({
  name: 'decided',
  area: 'office',
  nav: 'office',
  title: (_view, { reader }) => write(consoleTexts, reader, 'decided.title'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    return (
      <div className="stack measure">
        <Panel title={t(view.isProposed ? 'decided.proposed' : 'decided.title')}>
          <p>
            <b>
              <Code>{view.reference}</Code>
            </b>{' '}
            · {say(view.serviceTitle)}
          </p>
          <p>
            <b>{say(view.outcome)}</b> · <TimeOf at={view.decidedAt} />
          </p>
        </Panel>
        {view.isProposed ? null : <p>{t('decided.words')}</p>}
        <div className="acts">
          {view.nextCaseId ? (
            <LinkButton href={`/office/cases/${view.nextCaseId}`}>
              {t('decided.next')}
              <Icon name="arrow" />
            </LinkButton>
          ) : null}
          <LinkButton look="ghost" href="/office">
            {t('decided.queue')}
          </LinkButton>
        </div>
      </div>
    );
  },
});
