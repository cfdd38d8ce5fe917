import { Code, definePage, PageHead, TimeOf, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { deskTexts, useDeskTexts } from '../../texts/desk.ts';
import { consoleTexts } from '../../texts/index.ts';
import { DoneBy } from '../done-by.tsx';

/** GET /office/audit?officer=&before= */
export type AuditView = {
  officeName: Text;
  /** Empty: everybody. */
  officerId: string;
  colleagues: Array<{ personId: string; names: Text }>;
  /** Without `who` and `through`: of somebody who is no officer any more. */
  steps: Array<{
    caseId: string;
    reference: string;
    at: string;
    who?: Text;
    kind: string;
    text: Text;
    about?: Text;
    through?: string;
  }>;
  next?: string;
};

export const audit = definePage<AuditView>({
  name: 'audit',
  area: 'office',
  nav: 'office',
  title: (_view, { reader }) => write(deskTexts, reader, 'audit.title'),
  crumbs: (_view, { reader }) => [{ href: '/office', words: write(consoleTexts, reader, 'queue.title') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useDeskTexts();
    return (
      <div className="stack">
        <PageHead eyebrow={say(view.officeName)} title={t('audit.title')} lead={t('audit.lead')} />
        <form className="filters" method="get" action="/office/audit">
          <div>
            <label htmlFor="officer">{t('audit.who')}</label>
            <select id="officer" name="officer" defaultValue={view.officerId}>
              <option value="">{t('audit.everybody')}</option>
              {view.colleagues.map(({ personId, names }) => (
                <option key={personId} value={personId}>
                  {say(names)}
                </option>
              ))}
            </select>
          </div>
          <button type="submit" className="btn ghost">
            {t('audit.show')}
          </button>
        </form>
        {view.steps.length === 0 ? (
          <p className="muted">{t('audit.none')}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
          <section className="card flush scroll" tabIndex={0} aria-label={t('audit.title')}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('audit.at')}</th>
                  <th scope="col">{t('audit.who')}</th>
                  <th scope="col">{t('audit.step')}</th>
                  <th scope="col">{t('audit.case')}</th>
                </tr>
              </thead>
              <tbody>
                {view.steps.map((step) => (
                  <tr key={`${step.at}${step.caseId}${step.kind}${step.about?.en ?? ''}`}>
                    <td>
                      <TimeOf at={step.at} />
                    </td>
                    <td>{step.who || step.through ? <DoneBy who={step.who} through={step.through} /> : '—'}</td>
                    <td>
                      {say(step.text)} {step.about ? <q>{say(step.about)}</q> : null}
                    </td>
                    <td>
                      <a href={`/office/cases/${step.caseId}`}>
                        <Code>{step.reference}</Code>
                      </a>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        {view.next ? (
          <nav className="pages" aria-label={t('audit.older')}>
            <a href={`/office/audit?${new URLSearchParams({ officer: view.officerId, before: view.next })}`} rel="next">
              {t('audit.older')}
            </a>
          </nav>
        ) : null}
      </div>
    );
  },
});
