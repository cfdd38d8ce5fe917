import type { Text } from '#kernel/languages';
import type { AssuranceLevel } from '#protocol/assurance';
import { Button, Notice, OfficeLine, SummaryList } from '../components/blocks.tsx';
import type { OfficeName } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

/** Posts `cancel=yes` to `action`, which leads back to the requester; that is told why, as a code. */
export type EidEndView = {
  action: string;
  requester: OfficeName;
  /** Why nothing but going back is left. */
  words: Text;
  /** When the level cannot be reached: how the person was proofed, and how to get further. */
  unmet?: { needed: AssuranceLevel; reached?: AssuranceLevel; proofing: Text; raise?: Text };
};

export const eidEnd = definePage<EidEndView>({
  name: 'eid-end',
  area: 'eid',
  title: (_view, { t }) => t('eidEnd.title'),
  hasErrors: () => true,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const { unmet } = view;
    return (
      <div className="eid stack">
        <div className="card">
          <h1>{t('eidEnd.title')}</h1>
          <OfficeLine office={view.requester} small />
          <p className="lead">{say(view.words)}</p>
          {unmet ? (
            <SummaryList
              rows={[
                { term: t('eidEnd.needed'), value: t(`level.${unmet.needed}`) },
                { term: t('eidEnd.reached'), value: t(`level.${unmet.reached ?? 'none'}`) },
                { term: t('eidEnd.proofing'), value: say(unmet.proofing) },
              ]}
            />
          ) : null}
          {unmet?.raise ? (
            <Notice tone="info" title={t('eidEnd.raise')}>
              <p>{say(unmet.raise)}</p>
            </Notice>
          ) : null}
          <form method="post" action={view.action} className="acts">
            <Button name="cancel" value="yes">
              {t('eidEnd.back')}
            </Button>
          </form>
        </div>
        <p className="muted small">{t('eidEnd.told')}</p>
      </div>
    );
  },
});
