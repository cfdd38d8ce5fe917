import type { Text } from '#kernel/languages';
import { useReader, useSay, useTexts } from '../reader.tsx';
import { Button, LinkButton, SummaryList } from './blocks.tsx';
import { describedBy, Hints, Label, marks } from './field-hints.tsx';
import type { Field } from './fields.tsx';
import { FileOf, type FileShown, fileKinds, sizeIn } from './values.tsx';

/** What is attached to a question, and what may be. Sizes in bytes. */
export type AttachedFiles = {
  attached: Array<FileShown & { id: string; href: string }>;
  accept: string[];
  bytesMax: number;
  filesMax: number;
};

/** The files of a question: each with a way to take it out, and a place for one more while there is room. */
export function FileList({ field, files, sole }: { field: Field; files: AttachedFiles; sole: boolean }) {
  const t = useTexts();
  const reader = useReader();
  const limitsId = `${field.name}-limits`;
  const isFull = files.attached.length >= files.filesMax;
  const label = isFull ? (
    <span className="label">
      <Label field={field} />
    </span>
  ) : (
    <label htmlFor={field.name}>
      <Label field={field} />
    </label>
  );
  const limits = {
    kinds: new Intl.ListFormat(reader.language, { type: 'disjunction' }).format(
      files.accept.map((type) => fileKinds[type] ?? type),
    ),
    size: sizeIn(reader, files.bytesMax),
    n: files.filesMax,
  };
  return (
    <div className={field.error ? 'field wrong' : 'field'}>
      {sole ? <h1>{label}</h1> : label}
      <p className="hint" id={limitsId}>
        {t('files.limits', limits)}
      </p>
      <Hints field={field} />
      {files.attached.length > 0 ? (
        <ul className="card flush rows" aria-label={t('files.attached')}>
          {files.attached.map((file) => (
            <li key={file.id}>
              <div className="grow">
                <FileOf of={{ file, href: file.href }} />
              </div>
              <Button look="quiet" name="remove" value={file.id}>
                {t('list.remove')}
                <span className="hide">{`: ${file.name}`}</span>
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      {isFull ? (
        <p className="muted">{t('files.full')}</p>
      ) : (
        <div className="acts">
          <input
            className="input"
            id={field.name}
            name={field.name}
            type="file"
            accept={files.accept.join(',')}
            {...marks(field)}
            // What is attached already may be all there is.
            required={undefined}
            aria-describedby={[limitsId, describedBy(field)].filter(Boolean).join(' ')}
          />
          <Button look="ghost" name="then" value="attach">
            {t(files.attached.length > 0 ? 'files.another' : 'files.attach')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** The entries of a group. `href`: the page of a new entry; an entry's own page is beside it, by its number. */
export type EntryListed = {
  entryName: Text;
  entriesMax: number;
  href: string;
  entries: Array<{
    number: number;
    title: Text;
    rows: Array<{ label: Text; value: Text }>;
    seen: string;
    href: string;
  }>;
};

/** The entries of a group in words, each with ways to change it and to take it out, and a way to add one. */
export function EntryList({ field, list, sole }: { field: Field; list: EntryListed; sole: boolean }) {
  const say = useSay();
  const t = useTexts();
  const Title = sole ? 'h1' : 'h2';
  return (
    // The error summary leads here.
    <div className={field.error ? 'field wrong' : 'field'} id={field.name} tabIndex={-1}>
      <Title>
        <Label field={field} />
      </Title>
      <Hints field={field} />
      {list.entries.map((entry) => (
        <section className="card" key={entry.number}>
          <h2 className="h3">{say(entry.title)}</h2>
          <SummaryList rows={entry.rows.map((row) => ({ term: say(row.label), value: <bdi>{say(row.value)}</bdi> }))} />
          <div className="acts">
            <LinkButton look="quiet" href={entry.href}>
              {t('check.change')}
              <span className="hide">{`: ${say(entry.title)}`}</span>
            </LinkButton>
            <Button look="quiet" name="remove" value={`${entry.number}:${entry.seen}`}>
              {t('list.remove')}
              <span className="hide">{`: ${say(entry.title)}`}</span>
            </Button>
          </div>
        </section>
      ))}
      {list.entries.length === 0 ? <p className="muted">{t('entries.none')}</p> : null}
      {list.entries.length < list.entriesMax ? (
        <div className="acts">
          <LinkButton look="ghost" href={list.href}>
            {t('entries.add', { name: say(list.entryName) })}
          </LinkButton>
        </div>
      ) : (
        <p className="muted">{t('entries.full', { n: list.entriesMax })}</p>
      )}
    </div>
  );
}
