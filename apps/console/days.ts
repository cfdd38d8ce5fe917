type Day = { day: string; month: string; year: string };

/** A day as it was typed, in three fields. */
export const dayAt = (at: (name: string) => string, name: string): Day => ({
  day: at(`${name}-day`),
  month: at(`${name}-month`),
  year: at(`${name}-year`),
});

/** ISO 8601, whichever digits it was typed in; what is no day is one that the module refuses. */
export const isoOf = ({ day, month, year }: Day): string => {
  const [y, m, d] = [year, month, day].map((typed) =>
    typed.replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660)),
  ) as [string, string, string];
  const on = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  const moment = new Date(`${on}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(on) ? on : '';
};
