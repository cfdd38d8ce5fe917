import { type Field, FieldOf, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';

const title: Text = { ar: 'ما يُبتّ فيه وحده', en: 'Decided one by one' };
const lead: Text = {
  ar: 'عند الموافقة بيّن في كل بند هل يُمنح. إن لم يُمنح بعضها صار القرار موافقة جزئية؛ والرفض يشملها كلها.',
  en: 'Of an approval, say of each whether it is granted. Where some are not, the decision is an approval in part; a refusal refuses them all.',
};
const words: Text = { ar: 'سبب بكلماتك', en: 'A reason in your own words' };

/** Four questions for each item: whether it is granted, and of one that is not, why. */
export function ItemsToDecide({ fields }: { fields: Field[] }) {
  const say = useSay();
  if (fields.length === 0) return null;
  const items = Array.from({ length: fields.length / 4 }, (_, at) => fields.slice(at * 4, at * 4 + 4));
  return (
    <div className="stack">
      <h3>{say(title)}</h3>
      <p className="muted">{say(lead)}</p>
      {items.map(([outcome, reason, ...own]) => (
        <div className="card stack-s" key={outcome!.name}>
          <FieldOf field={outcome!} />
          <FieldOf field={reason!} />
          <details open={own.some(({ value }) => value) || undefined}>
            <summary>{say(words)}</summary>
            {own.map((field) => (
              <FieldOf key={field.name} field={field} />
            ))}
          </details>
        </div>
      ))}
    </div>
  );
}
