import type { ReactNode } from 'react';
import type { Text } from '#kernel/languages';
import { useSay } from '../reader.tsx';
import { Notice, type Tone } from './blocks.tsx';

/** What has just happened. A screen reader says a refusal (`bad`) at once, anything else when it pauses. */
export function Announcement({ tone = 'good', title, words }: { tone?: Tone; title?: string; words?: Text }) {
  const say = useSay();
  if (!words) return null;
  return (
    <div role={tone === 'bad' ? 'alert' : 'status'}>
      <Notice tone={tone} title={title}>
        <p>{say(words)}</p>
      </Notice>
    </div>
  );
}

/** A page's first words: where we are (`eyebrow`), its heading, what it is for, and what has just happened. */
export function PageHead(props: { eyebrow?: ReactNode; title: ReactNode; lead?: ReactNode; notice?: Text }) {
  const { eyebrow, title, lead, notice } = props;
  return (
    <>
      <header className="stack-s">
        {eyebrow ? <p className="eyebrow">{eyebrow}</p> : null}
        <h1>{title}</h1>
        {lead ? <p className="lead">{lead}</p> : null}
      </header>
      <Announcement words={notice} />
    </>
  );
}
