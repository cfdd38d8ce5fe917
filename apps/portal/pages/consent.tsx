import type { Text } from '#kernel/languages';
import { Button, Card, Notice, SummaryList, Tag } from '../components/blocks.tsx';
import { Bridge } from '../components/bridge.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { Icon } from '../components/marks.tsx';
import { type ConsentTerms, rowsOfTerms } from '../components/terms.tsx';
import { type OfficeName, type Value, ValueOf } from '../components/values.tsx';
import { definePage, type Speaker } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

export type ConsentField = {
  /** Name of the field in the evidence type. */
  name: string;
  label: Text;
  isRequired: boolean;
  /** What the registry holds; undefined when it does not allow a preview, null when it holds nothing. */
  value?: Value;
  note?: Text;
};

export type ConsentGroup = {
  evidenceType: string;
  evidence: Text;
  holder: OfficeName;
  /** Whether the holder has a record of the person at all, or does not say. */
  isOnRecord: boolean;
  fields: ConsentField[];
};

/**
 * Posts `decision` = `allow` | `refuse` and, for each optional field the person ticked, `field` =
 * `<evidenceType>/<field name>`. Required fields are not controls: allowing means sending them.
 */
export type ConsentView = {
  action: string;
  requester: OfficeName;
  /** Whoever decides does so for somebody else. */
  actingFor?: { names: Text; kind: Text };
  caseReference?: string;
  groups: ConsentGroup[];
  /** One for all that is asked for, or one for each kind of evidence. */
  terms: ConsentTerms[];
  /** What happens if the person refuses, in words. */
  ifRefused: Text;
  problem?: Text;
};

/** Without a name: what a browser keeps of the pages it saw is read by others too. */
function titleOf({ requester, actingFor }: ConsentView, { t, say }: Pick<Speaker, 't' | 'say'>): string {
  const asks = { office: say(requester.names), state: say(requester.state.names) };
  return t(actingFor ? 'consent.titleForAnother' : 'consent.title', asks);
}

export const consent = definePage<ConsentView>({
  name: 'consent',
  area: 'eid',
  title: titleOf,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const count = view.groups.reduce((sum, group) => sum + group.fields.length, 0);
    const hasOptional = view.groups.some((group) => group.fields.some((field) => !field.isRequired));
    return (
      <form method="post" action={view.action} className="stack">
        <PageHead title={titleOf(view, { t, say })} lead={t('consent.lead')} />
        <Announcement tone="bad" words={view.problem} />
        {view.actingFor ? (
          <Notice tone="warn">
            <p>
              <b>{t('consent.actingFor', { who: say(view.actingFor.names), kind: say(view.actingFor.kind) })}</b>
            </p>
          </Notice>
        ) : null}
        <Bridge
          from={view.groups.map((group) => group.holder)}
          to={view.requester}
          words={t('consent.crosses', { n: count })}
        />
        <div className="two">
          <div className="stack">
            {view.groups.map((group) => (
              <section className="card consent" key={group.evidenceType}>
                {group.isOnRecord ? null : (
                  <Notice tone="warn">
                    <p>
                      {t(group.fields.length > 0 ? 'consent.neededNotOnRecord' : 'consent.notOnRecord', {
                        office: say(group.holder.names),
                        evidence: say(group.evidence),
                      })}
                    </p>
                  </Notice>
                )}
                {group.fields.length === 0 ? null : (
                  <table>
                    <caption>
                      {say(group.evidence)}
                      <span className="small">{t('consent.heldBy', { office: say(group.holder.names) })}</span>
                    </caption>
                    <thead>
                      <tr>
                        <th scope="col">{t('consent.send')}</th>
                        <th scope="col">{t('consent.field')}</th>
                        <th scope="col">{t('consent.value')}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {group.fields.map((field) => (
                        <FieldRow key={field.name} group={group} field={field} />
                      ))}
                    </tbody>
                  </table>
                )}
              </section>
            ))}
          </div>
          <aside className="stack">
            <Card>
              <SummaryList
                rows={[
                  ...rowsOfTerms(view.terms, { say, t }, view.caseReference),
                  { term: t('consent.ifNot'), value: say(view.ifRefused) },
                ]}
              />
            </Card>
            <Notice tone="good">
              <p>{t('consent.proofNote')}</p>
            </Notice>
          </aside>
        </div>
        <div className="stack-s">
          {hasOptional ? <p className="muted">{t('consent.optionalNote')}</p> : null}
          <div className="acts">
            <Button big name="decision" value="allow">
              {t(hasOptional ? 'consent.allowSelected' : 'consent.allow')}
            </Button>
            <Button big look="ghost" name="decision" value="refuse">
              {t('consent.refuse')}
            </Button>
          </div>
        </div>
      </form>
    );
  },
});

function FieldRow({ group, field }: { group: ConsentGroup; field: ConsentField }) {
  const say = useSay();
  const t = useTexts();
  const id = `field-${group.evidenceType}-${field.name}`;
  const note = field.note ? (
    <span className="small muted" id={`${id}-note`}>
      {say(field.note)}
    </span>
  ) : null;
  return (
    <tr>
      <td>
        {field.isRequired ? (
          <span className="fixed">
            <Icon name="check" />
            <span className="hide">{t('consent.always')}</span>
          </span>
        ) : (
          <input
            type="checkbox"
            id={id}
            name="field"
            value={`${group.evidenceType}/${field.name}`}
            aria-describedby={field.note ? `${id}-note` : undefined}
          />
        )}
      </td>
      <th scope="row">
        {field.isRequired ? say(field.label) : <label htmlFor={id}>{say(field.label)}</label>}
        <div>
          {field.isRequired ? (
            <Tag tone="plain">{t('consent.required')}</Tag>
          ) : (
            <Tag tone="sand">{t('field.optional')}</Tag>
          )}
        </div>
      </th>
      <td>
        <span className="vals">
          {field.value === undefined ? (
            <span className="muted">{t('consent.noPreview')}</span>
          ) : (
            <ValueOf of={field.value} />
          )}
          {note}
        </span>
      </td>
    </tr>
  );
}
