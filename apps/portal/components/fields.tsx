import type { ReactNode } from 'react';
import type { Text } from '#kernel/languages';
import { useSay, useTexts } from '../reader.tsx';
import { describedBy, Hints, Label, marks } from './field-hints.tsx';
import { type FieldPart, PartInputs } from './field-parts.tsx';
import type { FinderShown } from './finder.tsx';
import { type AttachedFiles, EntryList, type EntryListed, FileList } from './lists.tsx';
import { RegisterChoices, type RegisterShown, registerFocus } from './register.tsx';

export type FieldKind =
  | 'text'
  | 'name'
  | 'choice'
  | 'radios'
  | 'email'
  | 'phone'
  | 'date'
  | 'parts'
  | 'number'
  | 'checkbox'
  | 'checkboxes'
  | 'textarea'
  | 'latin'
  | 'code'
  | 'password'
  | 'look-up'
  | 'file'
  | 'group';

export type DateParts = { day: string; month: string; year: string };

/**
 * One question. `value` is what the person typed (or a prefilled value), never a default answer: nothing is ticked or
 * chosen for anybody. A date posts `<name>-day`, `<name>-month`, `<name>-year`; a checkbox posts `yes`.
 */
export type Field = {
  name: string;
  kind: FieldKind;
  label: Text;
  hint?: Text;
  /** False of a box to tick says so beside it: of the questions of a service, where a box is mostly one that has to be ticked. */
  required?: boolean;
  /** The page says of all its questions that they may be left out, so none says it again. */
  isUnmarked?: true;
  value?: string | string[] | DateParts;
  /** Of kind `parts`. */
  parts?: FieldPart[];
  error?: Text;
  /** Of kinds `parts` and `look-up`: the control that the error is about. */
  errorControl?: string;
  choices?: Array<{ value: string; label: Text; hint?: Text }>;
  autocomplete?: string;
  suffix?: Text;
  lengthMax?: number;
  /** Where a first value comes from, in words. */
  source?: Text;
  /** Of kind `file`: posts a file as `<name>`, `then` = `attach`, or `remove` = the id of one that is attached. */
  files?: AttachedFiles;
  /** Of kind `look-up`: posts the code of a choice as `<name>`. Its search is a form of its own, beside the form of the page. */
  register?: RegisterShown;
  /** Of kind `parts`, of an address that can be looked up. */
  finder?: FinderShown;
  /** Of kind `group`: posts `remove` = number and state of an entry; entries are added and changed on pages of their own. */
  entries?: EntryListed;
};

const inputs: Partial<
  Record<
    FieldKind,
    {
      type: string;
      inputMode?: 'numeric' | 'decimal' | 'tel' | 'email';
      autoComplete?: string;
      ltr?: boolean;
      size?: string;
    }
  >
> = {
  text: { type: 'text' },
  name: { type: 'text', autoComplete: 'name' },
  email: { type: 'email', inputMode: 'email', autoComplete: 'email', ltr: true },
  phone: { type: 'tel', inputMode: 'tel', autoComplete: 'tel', ltr: true, size: 'w-10' },
  number: { type: 'text', inputMode: 'decimal', ltr: true, size: 'w-10' },
  latin: { type: 'text', ltr: true },
  code: { type: 'text', inputMode: 'numeric', ltr: true, size: 'w-10' },
  password: { type: 'password', autoComplete: 'current-password', ltr: true },
};

/** The id that an error summary's link leads to: the first control of the field. */
export function focusIdOf(field: Field): string {
  if (field.kind === 'date') return `${field.name}-day`;
  if (field.kind === 'parts') return field.errorControl ?? field.parts![0]!.name;
  if (field.kind === 'look-up') return field.errorControl ?? registerFocus(field);
  if (field.kind === 'radios' || field.kind === 'checkboxes') return `${field.name}-1`;
  return field.name;
}

/** Draws a question with native controls. `sole` makes its label the page's heading (one question a page). */
export function FieldOf({ field, sole = false }: { field: Field; sole?: boolean }) {
  if (field.kind === 'checkbox') return <Tick field={field} />;
  if (field.kind === 'look-up') return <RegisterChoices field={field} />;
  if (field.kind === 'file') return <FileList field={field} files={field.files!} sole={sole} />;
  if (field.kind === 'group') return <EntryList field={field} list={field.entries!} sole={sole} />;
  if (['date', 'parts', 'radios', 'checkboxes'].includes(field.kind)) return <Group field={field} sole={sole} />;
  return <Single field={field} sole={sole} />;
}

function Single({ field, sole }: { field: Field; sole: boolean }) {
  const say = useSay();
  const t = useTexts();
  const label = (
    <label htmlFor={field.name}>
      <Label field={field} />
    </label>
  );
  return (
    <div className={field.error ? 'field wrong' : 'field'}>
      {sole ? <h1>{label}</h1> : label}
      <Hints field={field} />
      {field.kind === 'choice' ? (
        <select
          id={field.name}
          name={field.name}
          defaultValue={String(field.value ?? '')}
          autoComplete={field.autocomplete}
          {...marks(field)}
        >
          <option value="">{t('field.choose')}</option>
          {field.choices?.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {say(choice.label)}
            </option>
          ))}
        </select>
      ) : field.kind === 'textarea' ? (
        <textarea
          id={field.name}
          name={field.name}
          dir="auto"
          placeholder=" "
          rows={5}
          maxLength={field.lengthMax}
          defaultValue={String(field.value ?? '')}
          {...marks(field)}
        />
      ) : (
        <Input field={field} />
      )}
    </div>
  );
}

function Input({ field }: { field: Field }) {
  const say = useSay();
  const look = inputs[field.kind] ?? { type: 'text' };
  const input = (
    <input
      className={[
        'input',
        look.ltr ? 'ltr' : '',
        look.size ?? '',
        field.autocomplete === 'one-time-code' ? 'code-in' : '',
      ]
        .filter(Boolean)
        .join(' ')}
      id={field.name}
      name={field.name}
      type={look.type}
      inputMode={look.inputMode}
      dir={look.ltr ? 'ltr' : 'auto'}
      // One space makes :placeholder-shown tell an empty field, so that it follows the page's direction.
      placeholder={look.ltr ? undefined : ' '}
      autoComplete={field.autocomplete ?? look.autoComplete}
      maxLength={field.lengthMax}
      spellCheck={field.kind === 'text' ? undefined : false}
      // A password is never written back into a page.
      defaultValue={field.kind === 'password' ? undefined : String(field.value ?? '')}
      {...marks(field)}
    />
  );
  return field.suffix ? (
    <span className="acts">
      {input}
      <span>{say(field.suffix)}</span>
    </span>
  ) : (
    input
  );
}

function Group({ field, sole }: { field: Field; sole: boolean }) {
  const legend: ReactNode = <Label field={field} />;
  return (
    <fieldset
      className={field.error ? 'wrong' : undefined}
      aria-describedby={describedBy(field)}
      // A plain group may not be called invalid; a group of radio buttons may, and one radio button may not.
      {...(field.kind === 'radios'
        ? {
            role: 'radiogroup',
            'aria-invalid': field.error ? (true as const) : undefined,
            'aria-required': field.required || undefined,
          }
        : {})}
    >
      <legend>{sole ? <h1>{legend}</h1> : legend}</legend>
      <div className="field">
        <Hints field={field} />
        {field.kind === 'date' ? (
          <DateInputs field={field} />
        ) : field.kind === 'parts' ? (
          <PartInputs field={field} parts={field.parts!} marks={marks(field)} />
        ) : (
          <Options field={field} />
        )}
      </div>
    </fieldset>
  );
}

function Options({ field }: { field: Field }) {
  const say = useSay();
  const chosen = Array.isArray(field.value) ? field.value : [String(field.value ?? '')];
  const type = field.kind === 'radios' ? 'radio' : 'checkbox';
  return (
    <div className="opts boxed">
      {field.choices?.map((choice, at) => {
        const id = `${field.name}-${at + 1}`;
        return (
          <div className="opt" key={choice.value}>
            <input
              id={id}
              type={type}
              name={field.name}
              value={choice.value}
              defaultChecked={chosen.includes(choice.value)}
              aria-describedby={choice.hint ? `${id}-hint` : undefined}
              aria-invalid={field.error && type === 'checkbox' ? true : undefined}
            />
            <label htmlFor={id}>{say(choice.label)}</label>
            {choice.hint ? (
              <p className="hint" id={`${id}-hint`}>
                {say(choice.hint)}
              </p>
            ) : null}
          </div>
        );
      })}
    </div>
  );
}

function DateInputs({ field }: { field: Field }) {
  const t = useTexts();
  const held: DateParts = isDateParts(field.value)
    ? field.value
    : partsOf(typeof field.value === 'string' ? field.value : '');
  const parts = (['day', 'month', 'year'] as const).map((part) => ({
    name: `${field.name}-${part}`,
    label: both(t(`field.${part}`)),
    value: held[part],
    length: part === 'year' ? 4 : 2,
    isNumeric: true,
    ...(field.autocomplete === 'bday' ? { autocomplete: `bday-${part}` } : {}),
  }));
  return <PartInputs field={field} parts={parts} marks={marks(field)} />;
}

function both(text: string): Text {
  return { ar: text, en: text };
}

function Tick({ field }: { field: Field }) {
  const say = useSay();
  return (
    <div className={field.error ? 'field wrong' : 'field'}>
      <div className="opts boxed">
        <div className="opt">
          <input
            id={field.name}
            type="checkbox"
            name={field.name}
            value="yes"
            defaultChecked={field.value === 'yes'}
            {...marks(field)}
          />
          <label htmlFor={field.name}>{field.required === false ? <Label field={field} /> : say(field.label)}</label>
        </div>
      </div>
      <Hints field={field} />
    </div>
  );
}

function isDateParts(value: Field['value']): value is DateParts {
  return typeof value === 'object' && !Array.isArray(value);
}

function partsOf(date: string): DateParts {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  return match
    ? { year: match[1]!, month: String(Number(match[2])), day: String(Number(match[3])) }
    : { day: '', month: '', year: '' };
}

/** GOV.UK's error summary: first on the page, takes the focus by its link target, leads to each field. */
export function ErrorSummary({
  fields,
  others = [],
}: {
  fields: Field[];
  others?: Array<{ message: Text; href?: string }>;
}) {
  const say = useSay();
  const t = useTexts();
  const errors = [
    ...fields.filter((field) => field.error).map((field) => ({ message: field.error!, href: `#${focusIdOf(field)}` })),
    ...others,
  ];
  if (errors.length === 0) return null;
  return (
    <div className="summary" role="alert" tabIndex={-1} id="errors" aria-labelledby="errors-title">
      <h2 id="errors-title">{t('errors.title', { n: errors.length })}</h2>
      <ul>
        {errors.map((error) => (
          <li key={`${error.href ?? ''}${error.message.en}`}>
            {error.href ? <a href={error.href}>{say(error.message)}</a> : say(error.message)}
          </li>
        ))}
      </ul>
    </div>
  );
}
