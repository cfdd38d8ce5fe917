import { Announcement, Button, Card, Code, definePage, PageHead, Tag, TimeOf, useSay, write } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { MemberStanding } from '#modules/federation';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';

/** GET /members of the operator's address: who stands under this state, who waits, and who is suspended. */
export type MembersView = { members: MemberStanding[]; problem?: Text };

type Outcome = 'admit' | 'refuse' | 'suspend' | 'resume';

export const members = definePage<MembersView>({
  name: 'operator-members',
  area: 'operator',
  title: (_view, { reader }) => write(consoleTexts, reader, 'members.title'),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const t = useConsoleTexts();
    const waiting = view.members.filter(({ decision }) => decision === 'waiting');
    const others = view.members.filter(({ decision }) => decision !== 'waiting');
    return (
      <div className="stack">
        <p>
          <a href="/">{t('members.back')}</a>
        </p>
        <PageHead title={t('members.title')} lead={t('members.lead')} />
        <Announcement tone="bad" title={t('members.problem')} words={view.problem} />
        <h2>{t('members.waiting')}</h2>
        {waiting.length === 0 ? <p className="muted">{t('operations.none')}</p> : null}
        {waiting.map((member) => (
          <Member key={member.entityId} member={member} outcomes={['admit', 'refuse']} />
        ))}
        <h2>{t('members.standing')}</h2>
        {others.map((member) => (
          <Member key={member.entityId} member={member} outcomes={[member.suspended ? 'resume' : 'suspend']} />
        ))}
      </div>
    );
  },
});

function Member({ member, outcomes }: { member: MemberStanding; outcomes: Outcome[] }) {
  const t = useConsoleTexts();
  const say = useSay();
  const { entityId, names, xRoadClient, appliedAt, suspended, reason, asked, granted, app, grantedApp } = member;
  return (
    <Card as="div" title={names ? <bdi>{say(names)}</bdi> : <Code>{new URL(entityId).pathname}</Code>}>
      <p>
        <Code>{entityId}</Code> <StandingTag member={member} />
      </p>
      {xRoadClient ? (
        <p>
          {t('members.code')} <Code>{xRoadClient}</Code>
        </p>
      ) : null}
      {appliedAt ? (
        <p className="muted">
          {t('members.asked')} <TimeOf at={appliedAt} />
        </p>
      ) : null}
      {reason ? (
        <p className="muted">
          {t('members.because')} <bdi>{reason}</bdi>
        </p>
      ) : null}
      {suspended ? (
        <p>
          {t('members.suspendedAt')} <TimeOf at={suspended.at} />: <bdi>{suspended.reason}</bdi>
        </p>
      ) : null}
      {member.decision === 'waiting' ? <Grants title={t('members.wants')} grants={asked} /> : null}
      {granted ? <Grants title={t('members.has')} grants={granted} /> : null}
      {member.decision === 'waiting' && app ? <AppWishes title={t('members.wantsApp')} app={app} /> : null}
      {grantedApp ? <AppWishes title={t('members.isApp')} app={grantedApp} /> : null}
      <Decision member={member} outcomes={outcomes} />
    </Card>
  );
}

function StandingTag({ member: { decision, suspended, granted } }: { member: MemberStanding }) {
  const t = useConsoleTexts();
  if (suspended) return <Tag tone="bad">{t('members.isSuspended')}</Tag>;
  if (decision === 'waiting') return <Tag tone="warn">{t('members.isWaiting')}</Tag>;
  if (decision === 'refused' && !granted) return <Tag tone="bad">{t('members.isRefused')}</Tag>;
  return <Tag tone="good">{t(decision === 'none' ? 'members.isOwn' : 'members.isAdmitted')}</Tag>;
}

function AppWishes({ title, app }: { title: string; app: NonNullable<MemberStanding['app']> }) {
  return (
    <section>
      <h3>{title}</h3>
      <p>
        <Code>{app.tier}</Code> <Code>{app.scopes.join(' ')}</Code>
      </p>
    </section>
  );
}

function Grants({ title, grants }: { title: string; grants: MemberStanding['asked'] }) {
  const say = useSay();
  if (grants.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {grants.map(({ purpose, evidence_type: type, fields }) => {
          const evidence = findEvidenceType(type);
          const named = (field: string) => say(evidence?.fields[field]?.names ?? { ar: field, en: field });
          return (
            <li key={`${purpose} ${type} ${fields.join()}`}>
              <b>{say(findPurpose(purpose)?.names ?? { ar: purpose, en: purpose })}</b>{' '}
              {say(evidence?.names ?? { ar: type, en: type })}
              <ul>
                {fields.map((field) => (
                  <li key={field}>{named(field)}</li>
                ))}
              </ul>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Decision({ member, outcomes }: { member: MemberStanding; outcomes: Outcome[] }) {
  const t = useConsoleTexts();
  const id = `reason-${Buffer.from(member.entityId).toString('base64url')}`;
  const form = (
    <form method="post" action="/members" className="stack-s" noValidate>
      <input type="hidden" name="entityId" value={member.entityId} />
      {member.appliedAt ? <input type="hidden" name="appliedAt" value={member.appliedAt} /> : null}
      <div>
        <label htmlFor={id}>{t('members.reason')}</label>
        <p className="hint" id={`${id}-hint`}>
          {t('members.reasonHint')}
        </p>
        <input
          className="input"
          id={id}
          name="reason"
          required
          minLength={3}
          maxLength={300}
          dir="auto"
          aria-describedby={`${id}-hint`}
        />
      </div>
      <div className="acts">
        {outcomes.map((outcome) => (
          <Button
            key={outcome}
            name="outcome"
            value={outcome}
            look={outcome === 'admit' || outcome === 'resume' ? 'main' : 'ghost'}
          >
            {t(`members.${outcome}`)}
            <span className="hide">
              {': '}
              <Code>{member.entityId}</Code>
            </span>
          </Button>
        ))}
      </div>
    </form>
  );
  if (member.decision === 'waiting') return form;
  return (
    <details>
      <summary>{t('members.change')}</summary>
      {form}
    </details>
  );
}
