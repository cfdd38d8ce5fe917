import { useSay, useTexts } from '../reader.tsx';
import { Arch, Icon } from './marks.tsx';
import { Medal, type OfficeName } from './values.tsx';

/** Who gives, who gets, and what crosses: the drawing in words and one arch. `from` are offices of one state. */
export function Bridge({ from, to, words }: { from: OfficeName[]; to: OfficeName; words: string }) {
  const say = useSay();
  const t = useTexts();
  const holders = [...new Map(from.map((office) => [office.names.en, office])).values()];
  const state = holders[0]?.state;
  if (!state) return null;
  return (
    <section className="card crossing" aria-label={t('bridge.label')}>
      <div className="bridge">
        <div className="shore from-shore">
          <Medal state={state} />
          <span className="muted">{t('bridge.holds', { state: say(state.names) })}</span>
          {holders.map((office) => (
            <b key={office.names.en}>{say(office.names)}</b>
          ))}
        </div>
        <div className="spanbox">
          <Arch />
          <p>
            {words}
            <Icon name="arrow" />
          </p>
        </div>
        <div className="shore to-shore">
          <Medal state={to.state} />
          <span className="muted">{t('bridge.asks', { state: say(to.state.names) })}</span>
          <b>{say(to.names)}</b>
        </div>
      </div>
    </section>
  );
}
