import type { Text } from '#kernel/languages';
import type { AssuranceLevel } from '#protocol/assurance';
import { Notice } from '../components/blocks.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { Icon } from '../components/marks.tsx';
import { Medal, type StateName } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

export type SignInView = {
  states: Array<{ state: StateName; eidName: Text; isReachable: boolean }>;
  /** The state chosen last time on this device. */
  rememberedCode?: string;
  /** Where to go on afterwards: a path of this portal. */
  returnTo: string;
  /** Set when the person is signed in, or was, and more weakly than a service needs. */
  level?: AssuranceLevel;
  problem?: Text;
};

/** Posts `state` (the chosen state's code) and `return`. */
export const signIn = definePage<SignInView>({
  name: 'sign-in',
  title: (_view, { t }) => t('signIn.title'),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const remembered = view.states.filter(({ state }) => state.code === view.rememberedCode);
    const others = view.states.filter(({ state }) => state.code !== view.rememberedCode);
    const choices = (states: SignInView['states']) => (
      <ul className="choose">
        {states.map(({ state, eidName, isReachable }) => (
          <li key={state.code}>
            <button type="submit" name="state" value={state.code}>
              <Medal state={state} />
              <span className="grow">
                <b>{say(state.names)}</b>
                <span className="small muted">{isReachable ? say(eidName) : t('signIn.unreachable')}</span>
              </span>
              <span className="go">
                <Icon name="chevron" />
              </span>
            </button>
          </li>
        ))}
      </ul>
    );
    return (
      <form method="post" action="/signin" className="stack">
        <PageHead title={t('signIn.title')} lead={t('signIn.lead')} />
        <Announcement tone="bad" title={t('signIn.problem')} words={view.problem} />
        {view.level ? (
          <Notice tone="info" title={t('signIn.stronger')}>
            <p>{t('signIn.strongerWords', { level: t(`level.${view.level}`) })}</p>
            <input type="hidden" name="level" value={view.level} />
          </Notice>
        ) : null}
        <input type="hidden" name="return" value={view.returnTo} />
        {remembered.length > 0 ? (
          <section className="stack-s">
            <h2>{t('signIn.lastTime')}</h2>
            {choices(remembered)}
          </section>
        ) : null}
        <section className="stack-s">
          <h2>{t(remembered.length > 0 ? 'signIn.other' : 'signIn.choose')}</h2>
          {choices(others)}
        </section>
        <Notice tone="info" title={t('signIn.safeTitle')}>
          <p>{t('signIn.safeWords')}</p>
        </Notice>
      </form>
    );
  },
});
