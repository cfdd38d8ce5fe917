import { useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { useDeskTexts } from '../texts/desk.ts';
import { useConsoleTexts } from '../texts/index.ts';

/** `escalated`: those of which supervisors were told. */
export type QueueFilter =
  | 'open'
  | 'mine'
  | 'unassigned'
  | 'news'
  | 'to-confirm'
  | 'appeals'
  | 'waiting'
  | 'escalated'
  | 'stopped'
  | 'decided';

const filters: QueueFilter[] = [
  'open',
  'mine',
  'unassigned',
  'news',
  'to-confirm',
  'appeals',
  'waiting',
  'escalated',
  'decided',
  'stopped',
];

/** What is asked of the queue. */
type Asked = {
  filter: QueueFilter;
  service: string;
  services: Array<{ id: string; title: Text }>;
  search: string;
};

/** Filters, and one box for a reference or a name. It is posted, as a name belongs in no address and in no history of a browser. */
export function QueueFind({ view }: { view: Asked }) {
  const say = useSay();
  const t = useConsoleTexts();
  const desk = useDeskTexts();
  return (
    <form className="filters" method="post" action="/office/search">
      <div>
        <label htmlFor="show">{t('queue.filterState')}</label>
        <select id="show" name="show" defaultValue={view.filter}>
          {filters.map((filter) => (
            <option key={filter} value={filter}>
              {t(`queue.filter.${filter}`)}
            </option>
          ))}
        </select>
      </div>
      {view.services.length > 1 ? (
        <div>
          <label htmlFor="service">{desk('queue.service')}</label>
          <select id="service" name="service" defaultValue={view.service}>
            <option value="">{desk('queue.everyService')}</option>
            {view.services.map(({ id, title }) => (
              <option key={id} value={id}>
                {say(title)}
              </option>
            ))}
          </select>
        </div>
      ) : null}
      <div>
        <label htmlFor="q">{desk('queue.find')}</label>
        <input
          className="input"
          id="q"
          name="q"
          type="search"
          dir="auto"
          autoComplete="off"
          defaultValue={view.search}
          maxLength={80}
          aria-keyshortcuts="/"
        />
      </div>
      <button type="submit" className="btn ghost">
        {t('queue.apply')}
      </button>
    </form>
  );
}
