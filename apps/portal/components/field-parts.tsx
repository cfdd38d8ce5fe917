import type { Text } from '#kernel/languages';
import { useSay } from '../reader.tsx';
import type { Field } from './fields.tsx';

/** One of several controls that make up an answer: of a time, of an address. It posts under its own name. */
export type FieldPart = { name: string; label: Text; value: string; length: number; isNumeric: boolean };

/** Short numbers stand in a row, as the parts of a date do; words each have a line of their own. */
export function PartInputs({
  field,
  parts,
  marks,
}: {
  field: Field;
  parts: Array<FieldPart & { autocomplete?: string }>;
  marks: object;
}) {
  const say = useSay();
  const isRow = parts.every((part) => part.isNumeric && part.length <= 4);
  return (
    <div className={isRow ? 'dates' : 'stack-s'}>
      {parts.map((part) => (
        <div key={part.name} className={isRow ? undefined : 'field'}>
          <label htmlFor={part.name}>{say(part.label)}</label>
          <input
            className={
              part.isNumeric ? `input ltr ${part.length > 4 ? 'w-10' : part.length > 2 ? 'w-4' : 'w-2'}` : 'input'
            }
            id={part.name}
            name={part.name}
            type="text"
            inputMode={part.isNumeric ? 'numeric' : undefined}
            dir={part.isNumeric ? 'ltr' : 'auto'}
            placeholder={part.isNumeric ? undefined : ' '}
            maxLength={part.length}
            autoComplete={part.autocomplete}
            defaultValue={part.value}
            {...marks}
            required={isRow ? field.required || undefined : undefined}
            aria-invalid={field.error && part.name === (field.errorControl ?? part.name) ? (true as const) : undefined}
          />
        </div>
      ))}
    </div>
  );
}
