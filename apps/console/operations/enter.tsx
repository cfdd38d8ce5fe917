import { Announcement, Button, Code, definePage, PageHead, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';

/** GET /enter, and POST when the secret was another. */
export type EnterView = { problem?: Text };

export const enter = definePage<EnterView>({
  name: 'operator-enter',
  area: 'operator',
  title: (_view, { reader }) => write(consoleTexts, reader, 'enter.title'),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const t = useConsoleTexts();
    return (
      <form method="post" action="/enter" className="stack">
        <PageHead title={t('enter.title')} lead={t('enter.lead')} />
        <Announcement tone="bad" title={t('enter.problem')} words={view.problem} />
        <div>
          <label htmlFor="secret">{t('enter.secret')}</label>
          <p className="hint" id="secret-hint">
            {t('enter.hint')} <Code>operator/secret</Code>
          </p>
          <input
            className="input"
            id="secret"
            name="secret"
            type="password"
            dir="ltr"
            autoComplete="current-password"
            aria-describedby="secret-hint"
            maxLength={200}
          />
        </div>
        <p>
          <Button big>{t('enter.submit')}</Button>
        </p>
      </form>
    );
  },
});
