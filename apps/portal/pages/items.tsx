import type { Text } from '#kernel/languages';
import type { DecidedItem } from '#modules/cases';
import { Tag } from '../components/blocks.tsx';
import { useSay } from '../reader.tsx';

/** One thing of several that were asked for, with what became of it. */
export type ShownItem = { label: Text; isGranted: boolean; reasons: Text[] };

export const itemsShown = (items: readonly DecidedItem[] = []): ShownItem[] =>
  items.map(({ label, outcome, reasons, ownWords }) => ({
    label,
    isGranted: outcome === 'approved',
    reasons: [...reasons.map(({ text }) => text), ...(ownWords ? [ownWords] : [])],
  }));

const title: Text = { ar: 'ما طُلب وما تقرر فيه', en: 'What was asked for, one by one' };
const granted: Text = { ar: 'مُنح', en: 'Granted' };
const refused: Text = { ar: 'لم يُمنح', en: 'Not granted' };

/** Which of them were granted and which not, and why not. */
export function DecidedItems({ items }: { items: ShownItem[] }) {
  const say = useSay();
  if (items.length === 0) return null;
  return (
    <div className="stack-s">
      <h3>{say(title)}</h3>
      <ul className="plain">
        {items.map((item) => (
          <li key={item.label.en} className="rule">
            <div>
              <b>{say(item.label)}</b>
              {item.reasons.map((reason) => (
                <p key={reason.en}>{say(reason)}</p>
              ))}
            </div>
            <Tag tone={item.isGranted ? 'good' : 'bad'} icon={item.isGranted ? 'check' : 'cross'}>
              {say(item.isGranted ? granted : refused)}
            </Tag>
          </li>
        ))}
      </ul>
    </div>
  );
}
