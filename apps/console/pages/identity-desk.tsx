import {
  Announcement,
  Button,
  Card,
  definePage,
  ErrorSummary,
  type Field,
  FieldOf,
  Notice,
  PageHead,
  useSay,
  write,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';

/** GET|POST /office/identities. The identity form posts `nationalId`, `action`, `reason`; the other `reference`. */
export type IdentityDeskView = {
  officeName: Text;
  /** Empty where the office issues no identities. */
  identity: Field[];
  credential: Field[];
  notice?: Text;
  problem?: Text;
};

export const identityDesk = definePage<IdentityDeskView>({
  name: 'identity-desk',
  area: 'office',
  nav: 'identities',
  title: (_view, { reader }) => write(consoleTexts, reader, 'identityDesk.title'),
  hasErrors: (view) =>
    view.problem !== undefined || [...view.identity, ...view.credential].some((field) => field.error),
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    return (
      <div className="stack">
        <ErrorSummary fields={[...view.identity, ...view.credential]} />
        <PageHead
          eyebrow={say(view.officeName)}
          title={t('identityDesk.title')}
          lead={t('identityDesk.lead')}
          notice={view.notice}
        />
        <Announcement tone="bad" words={view.problem} />
        <div className="two">
          {view.identity.length === 0 ? null : (
            <section className="card">
              <h2>{t('identityDesk.identity')}</h2>
              <form method="post" action="/office/identities" className="stack" noValidate>
                {view.identity.map((field) => (
                  <FieldOf key={field.name} field={field} />
                ))}
                <Notice tone="warn">
                  <p>{t('identityDesk.effect')}</p>
                </Notice>
                <Button look="danger">{t('identityDesk.do')}</Button>
              </form>
            </section>
          )}
          <Card title={t('identityDesk.credential')}>
            <form method="post" action="/office/identities/credential" className="stack" noValidate>
              {view.credential.map((field) => (
                <FieldOf key={field.name} field={field} />
              ))}
              <Button look="danger">{t('identityDesk.revoke')}</Button>
            </form>
          </Card>
        </div>
      </div>
    );
  },
});
