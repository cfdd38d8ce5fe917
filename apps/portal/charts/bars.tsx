import { scaleLinear } from 'd3-scale';
import type { Paper } from './figure.tsx';

export type BarGroup = {
  id: string;
  name: string;
  isOwn: boolean;
  note?: string;
  values: Array<{ id: string; value: number }>;
};

const barRoom = 15;
const head = 26;
const foot = 10;

export const barsHeight = (groups: readonly BarGroup[]) =>
  groups.reduce((sum, { values }) => sum + head + values.length * barRoom + foot, 0);

/** Groups of bars on one scale from 0 to 1, each value written at its end. */
export function drawBars(paper: Paper, groups: readonly BarGroup[]) {
  const place = scaleLinear([0, 1], [0, paper.width - 52]);
  let y = 0;
  return groups.map(({ id, name, isOwn, note, values }) => {
    const from = y;
    y += head + values.length * barRoom + foot;
    return (
      <g key={id}>
        <text className={isOwn ? 'strong' : undefined} x={paper.x(0)} y={from + 17} textAnchor="start">
          {name}
        </text>
        {note ? (
          <text className="quiet" x={paper.x(paper.width)} y={from + 17} textAnchor="end">
            {note}
          </text>
        ) : null}
        {values.map((each, at) => (
          <g key={each.id}>
            <rect
              className="track"
              x={paper.left(0, place(1))}
              y={from + head + at * barRoom}
              width={place(1)}
              height={10}
              rx={2}
            />
            <rect
              className={`bar b${at}`}
              x={paper.left(0, place(each.value))}
              y={from + head + at * barRoom}
              width={Math.max(1, place(each.value))}
              height={10}
              rx={2}
            />
            <text className="small" x={paper.x(paper.width)} y={from + head + at * barRoom + 10} textAnchor="end">
              {paper.number(each.value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })}
            </text>
          </g>
        ))}
      </g>
    );
  });
}
