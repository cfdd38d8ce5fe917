import { useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { useConsoleTexts } from '../texts/index.ts';

/** Who took a step: an officer, an officer through an information system, or the system by itself. */
export function DoneBy({ who, through }: { who?: Text | undefined; through?: string | undefined }) {
  const say = useSay();
  const t = useConsoleTexts();
  return (
    <>
      {who ? <bdi>{say(who)}</bdi> : null}
      {through ? (
        <>
          {who ? ` ${t('review.through')} ` : `${t('review.bySystem')} `}
          <bdi>{through}</bdi>
        </>
      ) : null}
    </>
  );
}
