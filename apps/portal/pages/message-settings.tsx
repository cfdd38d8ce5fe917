import type { Text } from '#kernel/languages';
import {
  type AddressWay,
  addressWays,
  type OwnAddress,
  type Settings,
  type Topic,
  topics,
} from '#modules/notifications';
import { Button, Card, Notice, SummaryList, Tag } from '../components/blocks.tsx';
import { ErrorSummary, type Field, FieldOf } from '../components/fields.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { DevicesCard } from '../components/push.tsx';
import { definePage } from '../page.tsx';
import { useTable, write } from '../reader.tsx';
import { messageTexts } from '../texts/messages.ts';

/**
 * GET /messages/settings, and after its forms. `address-<way>` is posted to `/messages/addresses/<way>`, `code-<way>` to `…/confirm`, nothing
 * to `…/remove`; devices: components/push.tsx; a choice for each topic and the fields of `when` to `/messages/settings`.
 */
export type MessageSettingsView = {
  settings: Settings;
  /** What was typed and refused, by field. */
  typed?: Record<string, string>;
  errors?: Record<string, Text>;
  notice?: Text;
  problem?: Text;
};

const tones = { confirmed: 'good', waiting: 'sand', broken: 'bad' } as const;
const both = (key: keyof typeof messageTexts.en): Text => ({ ar: messageTexts.ar[key], en: messageTexts.en[key] });

function addressField(view: MessageSettingsView, way: AddressWay): Field {
  const name = `address-${way}`;
  return {
    name,
    kind: way === 'email' ? 'email' : 'phone',
    label: both(`address.${way}`),
    required: true,
    lengthMax: 254,
    ...(view.typed?.[name] === undefined ? {} : { value: view.typed[name] }),
    ...(view.errors?.[name] ? { error: view.errors[name] } : {}),
  };
}

function codeField(view: MessageSettingsView, waiting: OwnAddress): Field {
  const name = `code-${waiting.way}`;
  const words = (language: 'ar' | 'en') =>
    messageTexts[language]['address.code'].replace('{address}', `\u2066${waiting.address}\u2069`);
  return {
    name,
    kind: 'code',
    label: { ar: words('ar'), en: words('en') },
    required: true,
    autocomplete: 'one-time-code',
    lengthMax: 20,
    ...(view.errors?.[name] ? { error: view.errors[name] } : {}),
  };
}

function whenFields(view: MessageSettingsView): Field[] {
  const { preferences } = view.settings;
  const hour = (part: 'from' | 'until'): Field => ({
    name: part,
    kind: 'code',
    label: both(`when.${part}`),
    ...(part === 'from' ? { hint: both('when.hint') } : {}),
    lengthMax: 5,
    value: view.typed?.[part] ?? preferences.quietHours?.[part] ?? '',
    ...(view.errors?.[part] ? { error: view.errors[part] } : {}),
  });
  return [
    hour('from'),
    hour('until'),
    {
      name: 'language',
      kind: 'radios',
      label: both('when.language'),
      required: true,
      value: preferences.language,
      choices: [
        { value: 'ar', label: { ar: 'العربية', en: 'Arabic' } },
        { value: 'en', label: { ar: 'الإنجليزية', en: 'English' } },
      ],
    },
    {
      name: 'digest',
      kind: 'checkboxes',
      label: { ar: 'مرة في اليوم', en: 'Once a day' },
      choices: [{ value: 'yes', label: both('when.digest') }],
      value: preferences.isDigest ? ['yes'] : [],
    },
  ];
}

function topicField(view: MessageSettingsView, topic: Topic): Field {
  const choice = view.settings.preferences.topics[topic];
  return {
    name: `topic-${topic}`,
    kind: 'checkboxes',
    label: both(`topic.${topic}`),
    choices: [
      ...(topic === 'security' ? [] : [{ value: 'mailbox', label: both('topic.mailbox') }]),
      ...view.settings.offered.map((way) => ({ value: way, label: both(`way.${way}`) })),
    ],
    value: [...(choice.isWanted ? ['mailbox'] : []), ...choice.ways],
  };
}

export const messageSettings = definePage<MessageSettingsView>({
  name: 'message-settings',
  nav: 'messages',
  scripts: ['push'],
  title: (_view, { reader }) => write(messageTexts, reader, 'settings.title'),
  crumbs: (_view, { reader }) => [{ href: '/messages', words: write(messageTexts, reader, 'title') }],
  hasErrors: (view) => view.problem !== undefined || view.errors !== undefined,
  Body: ({ view }) => {
    const t = useTable(messageTexts);
    const { offered, addresses, push } = view.settings;
    const written = addressWays.filter((way) => offered.includes(way));
    const waiting = addresses.filter(({ state }) => state === 'waiting');
    const when = whenFields(view);
    const shown = [
      ...written.map((way) => addressField(view, way)),
      ...waiting.map((one) => codeField(view, one)),
      ...when,
    ];
    return (
      <div className="stack measure">
        <ErrorSummary fields={shown} />
        <PageHead title={t('settings.title')} lead={t('settings.lead')} notice={view.notice} />
        <Announcement tone="bad" words={view.problem} />
        {offered.length === 0 ? (
          <Notice tone="info">
            <p>{t('settings.mailboxOnly')}</p>
          </Notice>
        ) : (
          <section className="stack-s">
            <h2>{t('settings.addresses')}</h2>
            <p className="muted">{t('settings.outside')}</p>
            {written.map((way) => (
              <WayCard key={way} way={way} view={view} addresses={addresses.filter((one) => one.way === way)} />
            ))}
            {push ? <DevicesCard push={push} /> : null}
          </section>
        )}
        <form method="post" action="/messages/settings" className="stack" noValidate>
          <section className="stack-s">
            <h2>{t('topics.title')}</h2>
            <p className="muted">{t('topic.always')}</p>
            <p>
              <a href="/offers/wishes">{t('topic.offersMore')}</a>
            </p>
            {topics.map((topic) => {
              const field = topicField(view, topic);
              return field.choices!.length > 0 ? <FieldOf key={topic} field={field} /> : null;
            })}
          </section>
          {offered.length > 0 ? (
            <section className="stack-s">
              <h2>{t('when.title')}</h2>
              {when.map((field) => (
                <FieldOf key={field.name} field={field} />
              ))}
            </section>
          ) : null}
          <Button>{t('when.save')}</Button>
        </form>
      </div>
    );
  },
});

function WayCard({ way, view, addresses }: { way: AddressWay; view: MessageSettingsView; addresses: OwnAddress[] }) {
  const t = useTable(messageTexts);
  const path = `/messages/addresses/${way}`;
  const waiting = addresses.find(({ state }) => state === 'waiting');
  return (
    <Card title={t(`way.${way}`)} as="div">
      {addresses.length > 0 ? (
        <SummaryList
          rows={addresses.map((one) => ({
            term: <Tag tone={tones[one.state]}>{t(`address.${one.state}`)}</Tag>,
            value: <bdi dir="ltr">{one.address}</bdi>,
          }))}
        />
      ) : (
        <p className="muted">{t('address.none')}</p>
      )}
      {waiting ? (
        <form method="post" action={`${path}/confirm`} className="stack-s" noValidate>
          <FieldOf field={codeField(view, waiting)} />
          <Button>
            {t('address.confirm')}
            <span className="hide">{`: ${t(`way.${way}`)}`}</span>
          </Button>
        </form>
      ) : null}
      <form method="post" action={path} className="stack-s" noValidate>
        <FieldOf field={addressField(view, way)} />
        <Button look="ghost">
          {t('address.send')}
          <span className="hide">{`: ${t(`way.${way}`)}`}</span>
        </Button>
      </form>
      {addresses.length > 0 ? (
        <form method="post" action={`${path}/remove`} className="acts">
          <Button look="quiet">
            {t('address.remove')}
            <span className="hide">{`: ${t(`way.${way}`)}`}</span>
          </Button>
        </form>
      ) : null}
    </Card>
  );
}
