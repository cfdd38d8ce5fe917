import { Announcement, Button, Card, definePage, type Field, FieldOf, PageHead, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { serviceWords } from './service-words.ts';
import { words } from './words.ts';

/**
 * GET|POST /office/new-service?from=<service>: `start` chooses what it begins with, and asks again; the other fields are posted. `begunFrom`: the
 * service that it is a copy of.
 */
export type NewServiceView = {
  start: Field;
  begunFrom?: { serviceId: string; title: Text };
  office: Text;
  fields: Field[];
  problem?: Text;
};

export const newService = definePage<NewServiceView>({
  name: 'publishing-new-service',
  area: 'office',
  nav: 'publishing',
  title: (_view, { say }) => say(serviceWords.begin),
  crumbs: (_view, { say }) => [{ href: '/office/services', words: say(words.title) }],
  hasErrors: ({ problem }) => problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    return (
      <div className="stack measure">
        <PageHead title={say(serviceWords.begin)} lead={say(serviceWords.beginLead)} />
        <Announcement tone="bad" {...(view.problem ? { words: view.problem } : {})} />
        <Card title={say(serviceWords.start)}>
          <form method="get" action="/office/new-service" className="stack-s" noValidate>
            <FieldOf field={view.start} />
            <Button look="ghost">{say(serviceWords.choose)}</Button>
          </form>
        </Card>
        <form method="post" action="/office/new-service" className="stack" noValidate>
          <input type="hidden" name="from" value={view.begunFrom?.serviceId ?? ''} />
          <h2>
            {view.begunFrom ? `${say(serviceWords.copyOf)}: ${say(view.begunFrom.title)}` : say(serviceWords.blank)}
          </h2>
          <p>
            {say(serviceWords.office)}: <strong>{say(view.office)}</strong>
          </p>
          {view.fields.map((field) => (
            <FieldOf key={field.name} field={field} />
          ))}
          <p className="acts">
            <Button>{say(serviceWords.beginIt)}</Button>
          </p>
        </form>
      </div>
    );
  },
});
