import type { ReactNode } from 'react';

const strokes = {
  check: <path d="m4 12.5 5.2 5.2L20 7" />,
  cross: <path d="m6 6 12 12M18 6 6 18" />,
  arrow: <path d="M4 12h15m-6-6 6 6-6 6" />,
  chevron: <path d="m9 5 7 7-7 7" />,
  search: (
    <>
      <circle cx="11" cy="11" r="6.5" />
      <path d="m16 16 5 5" />
    </>
  ),
  work: <path d="M3 8h18v12H3zM9 8V4h6v4M3 13h18M12 11.5v3" />,
  birth: (
    <>
      <circle cx="12" cy="7.5" r="4" />
      <path d="M4 21c0-4.6 3.2-7 8-7s8 2.4 8 7M10.5 8.5c1 .9 2 .9 3 0" />
    </>
  ),
  business: (
    <path d="M4 21V9m16 12V9M2 21h20M3 9l2-5h14l2 5M3 9c0 3 4.5 3 4.5 0 0 3 4.5 3 4.5 0 0 3 4.5 3 4.5 0 0 3 4.5 3 4.5 0M9 21v-6h6v6" />
  ),
  study: <path d="m12 4 10 5-10 5L2 9zM6 11.5V17c3 2.6 9 2.6 12 0v-5.5M22 9v6" />,
  home: <path d="M3 11.5 12 4l9 7.5M5.5 9.5V20h13V9.5M10 20v-6h4v6" />,
  family: (
    <>
      <circle cx="8" cy="7" r="3.2" />
      <circle cx="16.5" cy="8.5" r="2.6" />
      <path d="M2.5 20c0-4.4 2-7 5.5-7s5.5 2.6 5.5 7M15 14c3.6-.8 6.5 1.4 6.5 6" />
    </>
  ),
  health: (
    <path d="M12 20S3.5 15 3.5 9A4.6 4.6 0 0 1 12 6.6 4.6 4.6 0 0 1 20.5 9C20.5 15 12 20 12 20zM8 12h2l1.5-3 2 5 1-2H17" />
  ),
  document: <path d="M6 3h8l4.5 4.5V21H6zM14 3v5h4.5M9 13h6M9 17h6" />,
  wallet: (
    <path d="M3 7h15.5A2.5 2.5 0 0 1 21 9.5v8a2.5 2.5 0 0 1-2.5 2.5H5.5A2.5 2.5 0 0 1 3 17.5zM3 7l11-3.5V7M16 13.5h5" />
  ),
  person: (
    <>
      <circle cx="12" cy="8" r="4" />
      <path d="M4 21c.6-4.6 3.6-7 8-7s7.4 2.4 8 7" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7v5.3l3.5 2" />
    </>
  ),
  money: <path d="M3 6.5h18v11H3zM12 9.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6zM6.5 12h.01M17.5 12h.01" />,
  law: <path d="M12 4v16M7 20h10M5 7h14M5 7l-3 7c1.5 2 4.5 2 6 0zM19 7l-3 7c1.5 2 4.5 2 6 0z" />,
  office: <path d="M3 21h18M5 21V10m4.7 11V10m4.6 11V10M19 21V10M3 10l9-6 9 6z" />,
  lock: <path d="M5.5 11h13v9.5h-13zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 15v2" />,
  warn: <path d="M12 3.5 22 20.5H2zM12 10v4.5M12 17.5v.01" />,
  download: <path d="M12 4v11m-5-5 5 5 5-5M4 20h16" />,
  shield: <path d="M12 3 4.5 6v5.5c0 4.7 3.2 8 7.5 9.5 4.3-1.5 7.5-4.8 7.5-9.5V6zM8.5 12l2.5 2.5 4.5-5" />,
  link: <path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17" />,
  pen: <path d="M4 20h4L20 8l-4-4L4 16zM13.5 6.5l4 4" />,
  map: <path d="m3 6 6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof strokes;

const directed: ReadonlySet<IconName> = new Set(['arrow', 'chevron']);

/** A line drawing beside words; it says nothing on its own. Arrows turn with the direction of the page. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={directed.has(name) ? 'flip' : undefined}
    >
      {strokes[name]}
    </svg>
  );
}

/** The mark: an arch that carries a road. */
export function Mark() {
  return (
    <svg
      viewBox="0 0 88 66"
      width="52"
      height="40"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M5 58C13 24 27 8 44 8s31 16 39 50" strokeWidth="6.5" />
      <path d="M3 42h82" strokeWidth="6.5" />
      <path d="M26 43v15M44 43v15M62 43v15" strokeWidth="5" />
      <path d="M32 16v24M44 10v30M56 16v24" strokeWidth="2.5" opacity=".55" />
    </svg>
  );
}

const piers = [0, 1, 2, 3, 4, 5, 6];
const arches = piers.slice(0, -1);

/** A causeway of six arches over still water: one arch for each of the six founding states. Decoration only. */
export function Causeway({ className = 'span' }: { className?: string }) {
  return (
    <svg
      className={className}
      viewBox="0 0 1200 136"
      preserveAspectRatio="xMidYMax slice"
      fill="none"
      aria-hidden="true"
    >
      <g stroke="currentColor" opacity=".34">
        <path d="M-400 30H1600" strokeWidth="5" />
        <path d="M-400 40H1600" strokeWidth="1.5" />
        {arches.map((at) => (
          <path
            key={at}
            d={`M${at * 200 + 12} 98C${at * 200 + 14} 62 ${at * 200 + 58} 50 ${at * 200 + 100} 44c42 6 86 18 88 54`}
            strokeWidth="3.5"
          />
        ))}
        {piers.map((at) => (
          <path key={at} d={`M${at * 200 - 12} 98V42M${at * 200 + 12} 98V42`} strokeWidth="3.5" />
        ))}
        {[...piers.slice(1), ...piers.map((at) => at - 3)].map((at) => (
          <path key={`lamp${at}`} d={`M${at * 200} 30V12h10`} strokeWidth="2" />
        ))}
        <path
          d="M-400 98c2-36 40-48 88-54 42 6 86 18 88 54M1212 98c2-36 46-48 88-54 42 6 86 18 88 54M-212 98c2-36 46-48 88-54 42 6 86 18 112 54"
          strokeWidth="3.5"
        />
      </g>
      <g stroke="currentColor" strokeWidth="2" opacity=".16">
        {arches.map((at) => (
          <path key={at} d={`M${at * 200 + 14} 104c4 18 46 24 86 27 40-3 82-9 86-27`} />
        ))}
        <path d="M-400 102H1600" />
        <path d="M60 116h60M330 122h90M520 112h46M720 124h70M930 114h56M1080 121h80" />
      </g>
    </svg>
  );
}

/** A quiet field of eight-pointed stars, the oldest ornament common to the six states. */
export function Stars() {
  return (
    <svg className="stars" aria-hidden="true">
      <defs>
        <pattern id="stars" width="96" height="96" patternUnits="userSpaceOnUse">
          <g fill="none" stroke="#ffffff" strokeWidth="2">
            <path d="M24 24h48v48H24zM48 14l34 34-34 34-34-34z" />
            <path d="M0 48h14M82 48h14M48 0v14M48 82v14" />
          </g>
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill="url(#stars)" />
    </svg>
  );
}

/** One arch between two shores, for the drawing of who gives and who gets. */
export function Arch() {
  return (
    <svg
      className="arch"
      viewBox="0 0 320 84"
      width="320"
      height="84"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M10 76C44 28 96 8 160 8s116 20 150 68" strokeWidth="5" />
      <path d="M4 60h312" strokeWidth="5" />
      <path
        d="M60 38v20M85 26v32M110 18v40M135 12v46M160 9v49M185 12v46M210 18v40M235 26v32M260 38v20"
        strokeWidth="2"
        opacity=".6"
      />
      <path d="M40 62v16M120 62v16M200 62v16M280 62v16" strokeWidth="4" />
    </svg>
  );
}
