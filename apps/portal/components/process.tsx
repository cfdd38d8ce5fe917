import type { Process, ProcessState } from '#modules/cases';
import { useReader, useSay, useTable } from '../reader.tsx';
import { processTexts } from '../texts/process.ts';

type StateId = ProcessState['id'];
const [boxWidth, boxHeight] = [200, 64];
const [width, height] = [720, 620];
/** Middle of each box that is drawn, for a page from left to right. */
const places: Partial<Record<StateId, { x: number; y: number }>> = {
  draft: { x: 360, y: 48 },
  submitted: { x: 360, y: 168 },
  'waiting-for-person': { x: 110, y: 288 },
  'in-review': { x: 360, y: 288 },
  'to-confirm': { x: 610, y: 288 },
  approved: { x: 235, y: 440 },
  refused: { x: 485, y: 440 },
  'under-appeal': { x: 360, y: 572 },
  cancelled: { x: 110, y: 572 },
};
const [half, rise] = [boxWidth / 2, boxHeight / 2];

/** The way of an arrow between two boxes, right angles only. */
function wayOf(from: StateId, to: StateId): string | undefined {
  const [a, b] = [places[from], places[to]];
  if (!a || !b || from === to) return undefined;
  // Decided at once, past whatever stands beside the review.
  if (from === 'submitted' && b.y > 400) {
    const lane = b.x < a.x ? 235 : 485;
    return `M${b.x < a.x ? a.x - half : a.x + half} ${a.y}H${lane}V${b.y - rise}`;
  }
  // Reopened: up again, between the two outcomes.
  if (to === 'in-review' && a.y > 400)
    return `M${a.x < b.x ? a.x + half - 30 : a.x - half + 30} ${a.y - rise}V${b.y + rise}`;
  if (a.y === b.y) return `M${a.x < b.x ? a.x + half : a.x - half} ${a.y}H${a.x < b.x ? b.x - half : b.x + half}`;
  const isDown = b.y > a.y;
  const middle = isDown ? b.y - rise - 24 : b.y + rise + 24;
  return `M${a.x} ${a.y + (isDown ? rise : -rise)}V${middle}H${b.x}V${b.y + (isDown ? -rise : rise)}`;
}

/** Words on at most two lines, as SVG breaks none by itself. */
function linesOf(words: string): string[] {
  if (words.length <= 22) return [words];
  const parts = words.split(' ');
  let first = '';
  while (parts.length > 1 && `${first} ${parts[0]}`.trim().length <= words.length / 2 + 3)
    first = `${first} ${parts.shift()}`.trim();
  return [first, parts.join(' ')].filter(Boolean);
}

/** For the page of one case: closed until somebody wants to know. */
export function ProcessOfCase({ process, now }: { process: Process; now: StateId }) {
  const t = useTable(processTexts);
  return (
    <details>
      <summary>{t('now')}</summary>
      <div className="card">
        <ProcessDrawing process={process} now={now} />
        <p>
          <a href={`/services/${process.serviceId}/process?version=${encodeURIComponent(process.serviceVersion)}`}>
            {t('link')}
          </a>
        </p>
      </div>
    </details>
  );
}

/** The process as a picture; the list beside it says the same in words. `now`: where one case stands. */
export function ProcessDrawing({ process, now }: { process: Process; now?: StateId }) {
  const say = useSay();
  const t = useTable(processTexts);
  const { language } = useReader();
  const isMirrored = language === 'ar';
  const at = (x: number) => (isMirrored ? width - x : x);
  const drawn = process.states.filter(({ id }) => places[id]);
  const ways = new Set(drawn.flatMap(({ id, steps }) => steps.flatMap(({ target }) => wayOf(id, target) ?? [])));
  return (
    // Wider than a phone, so that its words can be read there.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled with the keyboard too
    <section className="scroll" tabIndex={0} aria-label={t('drawing')}>
      <svg className="process" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t('drawing')}>
        <defs>
          <marker id="process-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        <g {...(isMirrored ? { transform: `translate(${width} 0) scale(-1 1)` } : {})}>
          {[...ways].map((way) => (
            <path key={way} className="way" d={way} markerEnd="url(#process-tip)" />
          ))}
        </g>
        {drawn.map(({ id, text, whoseTurn, time }) => {
          const { x, y } = places[id]!;
          const lines = linesOf(say(text));
          const kind = id === now ? 'now' : whoseTurn;
          return (
            <g key={id} className={`state ${kind}`}>
              <rect x={at(x) - half} y={y - rise} width={boxWidth} height={boxHeight} rx="10" />
              {lines.map((line, row) => (
                <text key={line} x={at(x)} y={y + (row - (lines.length - 1) / 2) * 17 - (time ? 7 : 0) + 5}>
                  {line}
                </text>
              ))}
              {time ? (
                <text className="time" x={at(x)} y={y + rise - 8}>
                  {t(`time.${time.unit}`, { n: time.days })}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
    </section>
  );
}
