import { scaleLinear } from 'd3-scale';
import type { Paper } from './figure.tsx';

/** A step of a way from one value to another; a `total` begins at the floor. */
export type Step = { id: string; name: string; value: number; kind: 'total' | 'step' };

const rowRoom = 52;
const top = 6;

export const waterfallHeight = (steps: readonly Step[]) => top + steps.length * rowRoom + 6;

/** From the own value to that of a peer, each piece a bar of its own that begins where the last one ended. */
export function drawWaterfall(paper: Paper, steps: readonly Step[]) {
  let reached = 0;
  const bars = steps.map((step) => {
    const from = step.kind === 'total' ? 0 : reached;
    reached = step.kind === 'total' ? step.value : reached + step.value;
    return { ...step, low: Math.min(from, reached), high: Math.max(from, reached), end: reached };
  });
  const lowest = Math.min(...bars.flatMap(({ kind, low, end }) => (kind === 'total' ? [end] : [low])));
  const floor = Math.max(0, Math.floor((lowest - 0.08) * 10) / 10);
  const highest = Math.max(...bars.map(({ high }) => high));
  const place = scaleLinear([floor, highest], [0, paper.width - 4]);
  return bars.map((bar, at) => {
    const y = top + at * rowRoom;
    const start = bar.kind === 'total' ? 0 : place(bar.low);
    const width = Math.max(2, place(bar.high) - start);
    const tone = bar.kind === 'total' ? 'total' : bar.value < 0 ? 'minus' : 'plus';
    const value = paper.number(bar.value, {
      minimumFractionDigits: 3,
      maximumFractionDigits: 3,
      signDisplay: bar.kind === 'total' ? 'never' : 'exceptZero',
    });
    return (
      <g key={bar.id}>
        <text x={paper.x(0)} y={y + 15} textAnchor="start">
          {bar.name}
        </text>
        <text className="strong" x={paper.x(paper.width)} y={y + 15} textAnchor="end">
          {value}
        </text>
        <rect className="track" x={0} y={y + 22} width={paper.width} height={16} rx={3} />
        <rect className={tone} x={paper.left(start, width)} y={y + 22} width={width} height={16} rx={3} />
        {bars[at + 1] ? (
          <line
            className="grid"
            x1={paper.x(place(bar.end))}
            x2={paper.x(place(bar.end))}
            y1={y + 38}
            y2={y + 22 + rowRoom}
          />
        ) : null}
      </g>
    );
  });
}
