import { scaleLinear } from 'd3-scale';
import type { Paper } from './figure.tsx';

export type SwingBar = {
  id: string;
  name: string;
  low: { egdi: number; rank: number };
  high: { egdi: number; rank: number };
};

const rowRoom = 50;

export const tornadoHeight = (bars: readonly SwingBar[]) => bars.length * rowRoom + 8;

/** How far the own value swings when one thing is moved down and up; the ranks stand at both ends. */
export function drawTornado(paper: Paper, now: number, bars: readonly SwingBar[]) {
  const values = bars.flatMap(({ low, high }) => [low.egdi, high.egdi]);
  const room = 44;
  const place = scaleLinear([Math.min(now, ...values), Math.max(now, ...values)], [room, paper.width - room]);
  return (
    <>
      {bars.map(({ id, name, low, high }, at) => {
        const y = at * rowRoom;
        const [from, to] = [low, high].sort((one, other) => one.egdi - other.egdi) as [typeof low, typeof high];
        const [start, end] = [place(from.egdi), place(to.egdi)];
        const middle = place(now);
        return (
          <g key={id}>
            <text x={paper.x(0)} y={y + 15} textAnchor="start">
              {name}
            </text>
            <rect
              className="minus"
              x={paper.left(start, Math.max(1, middle - start))}
              y={y + 24}
              width={Math.max(1, middle - start)}
              height={16}
              rx={3}
            />
            <rect
              className="plus"
              x={paper.left(middle, Math.max(1, end - middle))}
              y={y + 24}
              width={Math.max(1, end - middle)}
              height={16}
              rx={3}
            />
            <line className="now" x1={paper.x(middle)} x2={paper.x(middle)} y1={y + 20} y2={y + 44} />
            <text className="quiet" x={paper.x(start - 8)} y={y + 37} textAnchor="end">
              {paper.number(from.rank)}
            </text>
            <text className="quiet" x={paper.x(end + 8)} y={y + 37} textAnchor="start">
              {paper.number(to.rank)}
            </text>
          </g>
        );
      })}
    </>
  );
}
