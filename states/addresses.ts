/** The rows of a register of addresses, which holds no person: made from the streets that the state's `addresses.json` names. */

type Values = Record<string, string>;
export type AddressInputs = {
  /** What stands in each column; `{name}` is a value of the area, of the street, or a number. */
  columns: Values;
  /** Numbers that run through all buildings: the first one, how far the next is, where they begin anew, and how many digits they have at least. */
  numbers: Record<string, { first: number; step: number; range: number; digits: number }>;
  /** How many there are in each street. */
  buildings: number;
  areas: Array<{ values: Values; streets: Values[] }>;
};

export function addressRows({ columns, numbers, buildings, areas }: AddressInputs): Values[] {
  const streets = areas.flatMap(({ values, streets: own }) => own.map((street) => ({ ...values, ...street })));
  return streets.flatMap((street, at) =>
    Array.from({ length: buildings }, (_, building) => {
      const place = at * buildings + building;
      const drawn = Object.entries(numbers).map(([name, { first, step, range, digits }]) => [
        name,
        String(first + ((place * step) % range)).padStart(digits, '0'),
      ]);
      const values: Values = { ...street, ...Object.fromEntries(drawn) };
      const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_whole, name: string) => values[name]!);
      return Object.fromEntries(Object.entries(columns).map(([column, text]) => [column, fill(text)]));
    }),
  );
}
