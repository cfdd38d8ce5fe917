import { type GeoPermissibleObjects, geoEqualEarth, geoPath } from 'd3-geo';
import type { Paper } from './figure.tsx';

export type Mark = { id: string; name: string; at: [number, number]; level?: string; isOwn: boolean; rank?: number };

export const worldHeight = (paper: Paper) => Math.round(paper.width * 0.45);

/**
 * The world in Equal Earth, land without borders, a dot for each area in the tint of its level. A map keeps its sides: it is not
 * mirrored in Arabic.
 */
export function drawWorld(paper: Paper, outline: string, marks: readonly Mark[]) {
  const land = JSON.parse(outline) as GeoPermissibleObjects;
  const projection = geoEqualEarth().fitExtent(
    [
      [4, 4],
      [paper.width - 4, worldHeight(paper) - 4],
    ],
    land as never,
  );
  const ordered = [...marks].sort((one, other) => Number(one.isOwn) - Number(other.isOwn));
  return (
    <>
      <path className="land" d={geoPath(projection).digits(1)(land) ?? ''} />
      {ordered.map(({ id, at, level, isOwn }) => {
        const [x = 0, y = 0] = projection(at) ?? [];
        return (
          <circle
            key={id}
            className={`mark ${level ?? 'none'}${isOwn ? ' here' : ''}`}
            cx={x.toFixed(1)}
            cy={y.toFixed(1)}
            r={isOwn ? 7 : 4}
          />
        );
      })}
    </>
  );
}
