import type { Text } from '#kernel/languages';
import type { AssuranceLevel } from '#protocol/assurance';
import { Button, Notice, OfficeLine, SummaryList } from '../components/blocks.tsx';
import type { OfficeName } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

/** Posts `cancel=yes` to `action`, which leads back to the requester; that is told why, as a code. `again=yes` leads to the other ways. */
export type EidEndView = {
  action: string;
  requester: OfficeName;
  /** Why nothing but going back is left. */
  words: Text;
  /** When the level cannot be reached: how the person was proofed, and how to get further. */
  unmet?: { needed: AssuranceLevel; reached?: AssuranceLevel; proofing: Text; raise?: Text; ways: Text[] };
  mayTryAgain?: boolean;
};

const titleOf = ({ mayTryAgain }: EidEndView) => (mayTryAgain ? 'eidEnd.titleWay' : 'eidEnd.title');

export const eidEnd = definePage<EidEndView>({
  name: 'eid-end',
  area: 'eid',
  title: (view, { t }) => t(titleOf(view)),
  hasErrors: () => true,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const { unmet } = view;
    return (
      <div className="eid stack">
        <div className="card">
          <h1>{t(titleOf(view))}</h1>
          <OfficeLine office={view.requester} small />
          <p className="lead">{say(view.words)}</p>
          {unmet ? (
            <SummaryList
              rows={[
                { term: t('eidEnd.needed'), value: t(`level.${unmet.needed}`) },
                {
                  term: t(view.mayTryAgain ? 'eidEnd.reachedWay' : 'eidEnd.reached'),
                  value: t(`level.${unmet.reached ?? 'none'}`),
                },
                { term: t('eidEnd.proofing'), value: say(unmet.proofing) },
              ]}
            />
          ) : null}
          {unmet && unmet.ways.length > 0 ? (
            <Notice tone="info" title={t('eidEnd.ways')}>
              <ul className="plain">
                {unmet.ways.map((way) => (
                  <li key={way.en}>{say(way)}</li>
                ))}
              </ul>
            </Notice>
          ) : unmet?.raise ? (
            <Notice tone="info" title={t('eidEnd.raise')}>
              <p>{say(unmet.raise)}</p>
            </Notice>
          ) : null}
          <form method="post" action={view.action} className="acts">
            {view.mayTryAgain ? (
              <Button name="again" value="yes">
                {t('eidEnd.again')}
              </Button>
            ) : null}
            <Button name="cancel" value="yes" {...(view.mayTryAgain ? { look: 'quiet' as const } : {})}>
              {t('eidEnd.back')}
            </Button>
          </form>
        </div>
        <p className="muted small">{t('eidEnd.told')}</p>
      </div>
    );
  },
});
