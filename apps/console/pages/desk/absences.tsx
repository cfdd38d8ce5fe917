import { Announcement, Button, Card, DateOf, definePage, FieldOf, PageHead, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { deskTexts, useDeskTexts } from '../../texts/desk.ts';
import { consoleTexts } from '../../texts/index.ts';

/** GET|POST /office/absences. Posts `who`, the days `from` and `until`, and `cover`, or `end`: the id of one that ends today. */
export type AbsencesView = {
  officeName: Text;
  ownId: string;
  /** Enters absences of others too. */
  isSupervisor: boolean;
  colleagues: Array<{ personId: string; names: Text }>;
  rows: Array<{ id: string; names: Text; fromOn: string; untilOn: string; cover?: Text; mayEnd: boolean }>;
  problem?: Text;
  values?: { who: string; from: DateParts; until: DateParts; cover: string };
};

type DateParts = { day: string; month: string; year: string };

const both = (key: 'absences.who' | 'absences.from' | 'absences.until' | 'absences.cover') => ({
  ar: deskTexts.ar[key],
  en: deskTexts.en[key],
});

export const absences = definePage<AbsencesView>({
  name: 'absences',
  area: 'office',
  nav: 'office',
  title: (_view, { reader }) => write(deskTexts, reader, 'absences.title'),
  hasErrors: (view) => view.problem !== undefined,
  crumbs: (_view, { reader }) => [{ href: '/office', words: write(consoleTexts, reader, 'queue.title') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useDeskTexts();
    const people = view.colleagues.map(({ personId, names }) => ({ value: personId, label: names }));
    return (
      <div className="stack measure">
        <PageHead eyebrow={say(view.officeName)} title={t('absences.title')} lead={t('absences.lead')} />
        <Announcement tone="bad" words={view.problem} />
        <Card title={view.rows.length === 0 ? t('absences.none') : t('absences.now')}>
          <ul className="plain">
            {view.rows.map((row) => (
              <li key={row.id}>
                <b>
                  <bdi>{say(row.names)}</bdi>
                </b>
                <p>
                  <DateOf on={row.fromOn} weekday /> – <DateOf on={row.untilOn} weekday />
                </p>
                <p className="muted">
                  {t('absences.cover')}: <bdi>{row.cover ? say(row.cover) : t('absences.toQueue')}</bdi>
                </p>
                {row.mayEnd ? (
                  <form method="post" action="/office/absences">
                    <button type="submit" className="btn quiet" name="end" value={row.id}>
                      {t('absences.end')} <span className="hide">{t('absences.ended', { name: say(row.names) })}</span>
                    </button>
                  </form>
                ) : null}
              </li>
            ))}
          </ul>
        </Card>
        <Card title={t('absences.new')}>
          <form method="post" action="/office/absences" className="stack" noValidate>
            {view.isSupervisor ? (
              <FieldOf
                field={{
                  name: 'who',
                  kind: 'choice',
                  label: both('absences.who'),
                  required: true,
                  choices: people,
                  value: view.values?.who,
                }}
              />
            ) : (
              <input type="hidden" name="who" value={view.ownId} />
            )}
            {(['from', 'until'] as const).map((name) => (
              <FieldOf
                key={name}
                field={{
                  name,
                  kind: 'date',
                  label: both(`absences.${name}`),
                  required: true,
                  value: view.values?.[name],
                }}
              />
            ))}
            <FieldOf
              field={{
                name: 'cover',
                kind: 'choice',
                label: both('absences.cover'),
                hint: { ar: 'اتركه فارغًا لتعود إلى القائمة.', en: 'Leave it empty to send them back to the queue.' },
                choices: people,
                value: view.values?.cover,
              }}
            />
            <Button>{t('absences.enter')}</Button>
          </form>
        </Card>
      </div>
    );
  },
});
