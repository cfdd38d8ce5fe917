import { scaleLinear, scalePoint } from 'd3-scale';
import { curveMonotoneX, line } from 'd3-shape';
import type { Paper } from './figure.tsx';

export type RankLine = {
  id: string;
  name: string;
  isOwn: boolean;
  points: Array<{ year: number; rank?: number }>;
};

const top = 18;
const bottom = 34;

export const ranksHeight = (paper: Paper) => (paper.isNarrow ? 380 : 420);

/** Ranks of several areas over all surveys, the first on top; time runs the way the page is read. Gaps are years without a score. */
export function drawRanks(
  paper: Paper,
  lines: readonly RankLine[],
  years: readonly number[],
  breaks: readonly number[],
) {
  const height = ranksHeight(paper);
  const labelRoom = paper.isNarrow ? 128 : 176;
  const axisRoom = 34;
  const worst = Math.max(...lines.flatMap(({ points }) => points.map(({ rank }) => rank ?? 1)));
  const place = scalePoint(years.map(String), [axisRoom + 6, paper.width - labelRoom]);
  const level = scaleLinear([1, worst], [top, height - bottom]).nice();
  const at = (year: number) => paper.x(place(String(year))!);
  const path = line<{ year: number; rank?: number }>()
    .defined(({ rank }) => rank !== undefined)
    .x(({ year }) => at(year))
    .y(({ rank }) => level(rank!))
    .curve(curveMonotoneX);
  const ticks = [1, ...level.ticks(4).filter((tick) => tick > 1 && tick <= worst + 10)];
  const ordered = [...lines].sort((one, other) => Number(one.isOwn) - Number(other.isOwn));
  const labels = spread(
    lines.map((each) => ({ each, y: level(each.points.at(-1)?.rank ?? worst) })),
    paper.isNarrow ? 17 : 19,
  );
  return (
    <>
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            className="grid"
            x1={paper.x(axisRoom)}
            x2={paper.x(paper.width - labelRoom + 4)}
            y1={level(tick)}
            y2={level(tick)}
          />
          <text className="quiet" x={paper.x(axisRoom - 6)} y={level(tick) + 5} textAnchor="end">
            {paper.number(tick)}
          </text>
        </g>
      ))}
      {breaks.map((year) => (
        <line key={year} className="break" x1={at(year)} x2={at(year)} y1={top - 8} y2={height - bottom + 4} />
      ))}
      {years.map((year, index) =>
        (paper.isNarrow ? (years.length - 1 - index) % 3 === 0 : (years.length - 1 - index) % 2 === 0) ? (
          <text key={year} className="quiet" x={at(year)} y={height - 10} textAnchor="middle">
            {paper.number(year, { useGrouping: false })}
          </text>
        ) : null,
      )}
      {ordered.map((each) => (
        <g
          key={each.id}
          className={each.isOwn ? 'own' : `other o${lines.filter(({ isOwn }) => !isOwn).indexOf(each) % 5}`}
        >
          <path d={path(each.points) ?? ''} fill="none" />
          {each.points
            .filter(({ rank }) => rank !== undefined)
            .map(({ year, rank }) => (
              <circle key={year} cx={at(year)} cy={level(rank!)} r={each.isOwn ? 4 : 3} />
            ))}
        </g>
      ))}
      {labels.map(({ each, y }) => (
        <text
          key={each.id}
          className={[each.isOwn ? 'strong' : '', paper.isNarrow ? 'small' : ''].join(' ').trim() || undefined}
          x={paper.x(paper.width - labelRoom + 10)}
          y={y + 5}
          textAnchor="start"
        >
          {paper.isNarrow ? '' : `${paper.number(each.points.at(-1)?.rank ?? 0)} · `}
          {each.name}
        </text>
      ))}
    </>
  );
}

/** Moves labels apart that would lie on each other, keeping their order. */
function spread<Item extends { y: number }>(items: Item[], room: number): Item[] {
  const sorted = [...items].sort((one, other) => one.y - other.y);
  sorted.forEach((item, at) => {
    const above = sorted[at - 1];
    if (above && item.y - above.y < room) item.y = above.y + room;
  });
  return sorted;
}
