import { useSay, useTexts } from '../reader.tsx';
import type { Field } from './fields.tsx';
import { Icon } from './marks.tsx';

export function describedBy(field: Field): string | undefined {
  const ids = [field.hint ? `${field.name}-hint` : '', field.error ? `${field.name}-error` : ''].filter(Boolean);
  return ids.length > 0 ? ids.join(' ') : undefined;
}

/** What a control says of itself to whoever cannot see the page. */
export function marks(field: Field) {
  return {
    'aria-invalid': field.error ? (true as const) : undefined,
    'aria-describedby': describedBy(field),
    required: field.required || undefined,
  };
}

export function Label({ field }: { field: Field }) {
  const say = useSay();
  const t = useTexts();
  return (
    <>
      {say(field.label)}
      {field.required || field.isUnmarked ? null : <span className="muted">{` (${t('field.optional')})`}</span>}
    </>
  );
}

export function Hints({ field }: { field: Field }) {
  const say = useSay();
  const t = useTexts();
  return (
    <>
      {field.hint ? (
        <p className="hint" id={`${field.name}-hint`}>
          {say(field.hint)}
        </p>
      ) : null}
      {field.source ? (
        <p className="filled">
          <Icon name="check" />
          <span>{say(field.source)}</span>
        </p>
      ) : null}
      {field.error ? (
        <p className="err" id={`${field.name}-error`}>
          <Icon name="warn" />
          <span>
            <span className="hide">{`${t('field.error')}: `}</span>
            {say(field.error)}
          </span>
        </p>
      ) : null}
    </>
  );
}
