import { Card, definePage, NumberOf, PageHead, TimeOf, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { deskTexts, useDeskTexts } from '../../texts/desk.ts';
import { consoleTexts } from '../../texts/index.ts';

/** GET /office/workload */
export type WorkloadView = {
  officeName: Text;
  daysBack: number;
  officers: Array<{
    names: Text;
    isYou: boolean;
    inHand: number;
    waiting: number;
    late: number;
    decided: number;
    medianHours?: number;
  }>;
  services: Array<{
    serviceId: string;
    title: Text;
    open: number;
    unassigned: number;
    late: number;
    oldestAt?: string;
  }>;
};

export const workload = definePage<WorkloadView>({
  name: 'workload',
  area: 'office',
  nav: 'office',
  title: (_view, { reader }) => write(deskTexts, reader, 'workload.title'),
  crumbs: (_view, { reader }) => [{ href: '/office', words: write(consoleTexts, reader, 'queue.title') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useDeskTexts();
    return (
      <div className="stack">
        <PageHead
          eyebrow={say(view.officeName)}
          title={t('workload.title')}
          lead={t('workload.lead', { n: view.daysBack })}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
        <section className="card flush scroll" tabIndex={0} aria-label={t('workload.officers')}>
          <table>
            <caption>{t('workload.officers')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('workload.officer')}</th>
                <th scope="col">{t('workload.inHand')}</th>
                <th scope="col">{t('workload.waiting')}</th>
                <th scope="col">{t('workload.late')}</th>
                <th scope="col">{t('workload.decided')}</th>
                <th scope="col">{t('workload.median')}</th>
              </tr>
            </thead>
            <tbody>
              {view.officers.map((one) => (
                <tr key={one.names.ar}>
                  <th scope="row">
                    <bdi>{say(one.names)}</bdi>
                  </th>
                  <td>
                    <NumberOf value={one.inHand} />
                  </td>
                  <td>
                    <NumberOf value={one.waiting} />
                  </td>
                  <td className={one.late > 0 ? 'overdue' : undefined}>
                    <NumberOf value={one.late} />
                  </td>
                  <td>
                    <NumberOf value={one.decided} />
                  </td>
                  <td>
                    {one.medianHours === undefined ? (
                      <span className="muted">{t('workload.few')}</span>
                    ) : (
                      t('workload.hours', { n: Math.max(1, Math.round(one.medianHours)) })
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        {view.services.length === 0 ? null : (
          <Card title={t('workload.services')}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
            <section className="scroll" tabIndex={0} aria-label={t('workload.services')}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t('workload.service')}</th>
                    <th scope="col">{t('workload.open')}</th>
                    <th scope="col">{t('workload.unassigned')}</th>
                    <th scope="col">{t('workload.late')}</th>
                    <th scope="col">{t('workload.oldest')}</th>
                  </tr>
                </thead>
                <tbody>
                  {view.services.map((one) => (
                    <tr key={one.serviceId}>
                      <th scope="row">
                        <a href={`/office?${new URLSearchParams({ show: 'open', service: one.serviceId })}`}>
                          {say(one.title)}
                        </a>
                      </th>
                      <td>
                        <NumberOf value={one.open} />
                      </td>
                      <td>
                        <NumberOf value={one.unassigned} />
                      </td>
                      <td className={one.late > 0 ? 'overdue' : undefined}>
                        <NumberOf value={one.late} />
                      </td>
                      <td>{one.oldestAt ? <TimeOf at={one.oldestAt} dayOnly /> : null}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </Card>
        )}
      </div>
    );
  },
});
