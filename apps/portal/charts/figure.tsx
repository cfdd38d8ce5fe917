import { type ReactNode, useId } from 'react';
import type { Language } from '#kernel/languages';
import { numberFormatFor, type Reader, useReader } from '../reader.tsx';

/** What a drawing knows of its paper: its width in its own units, and how to write and mirror for the reader. */
export type Paper = {
  width: number;
  isNarrow: boolean;
  language: Language;
  /** Mirrors a place: the inline start is on the right in Arabic. Text anchors mirror by themselves with the page's direction. */
  x(fromStart: number): number;
  /** The left edge of a box of a given width whose inline start is at `fromStart`. */
  left(fromStart: number, boxWidth: number): number;
  number(value: number, style?: Intl.NumberFormatOptions): string;
};

const widths = { wide: 760, narrow: 360 };

export function paperFor(reader: Reader, width: number): Paper {
  const isMirrored = reader.language === 'ar';
  return {
    width,
    isNarrow: width === widths.narrow,
    language: reader.language,
    x: (fromStart) => (isMirrored ? width - fromStart : fromStart),
    left: (fromStart, boxWidth) => (isMirrored ? width - fromStart - boxWidth : fromStart),
    number: (value, style) => numberFormatFor(reader, style).format(value),
  };
}

/**
 * A drawing on two papers, of which the screen shows one, so that letters keep their size on a phone; with a title and a long
 * description for who does not see it. The table beneath it holds the same figures.
 */
export function Figure(props: {
  title: string;
  description: string;
  height: (paper: Paper) => number;
  draw: (paper: Paper) => ReactNode;
  table?: { words: string; content: ReactNode };
  onlyWide?: boolean;
}) {
  const { title, description, height, draw, table, onlyWide } = props;
  const reader = useReader();
  const id = useId();
  const papers = onlyWide ? (['wide'] as const) : (['wide', 'narrow'] as const);
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      {papers.map((kind) => {
        const paper = paperFor(reader, widths[kind]);
        return (
          <svg
            key={kind}
            className={onlyWide ? undefined : kind}
            viewBox={`0 0 ${paper.width} ${height(paper)}`}
            role="img"
            aria-labelledby={`${id}-${kind}-t ${id}-${kind}-d`}
          >
            <title id={`${id}-${kind}-t`}>{title}</title>
            <desc id={`${id}-${kind}-d`}>{description}</desc>
            {draw(paper)}
          </svg>
        );
      })}
      {table ? (
        <details>
          <summary>{table.words}</summary>
          <div className="scroll">{table.content}</div>
        </details>
      ) : null}
    </figure>
  );
}
