import type { ReactNode } from 'react';
import { useConsoleTexts } from '../texts/index.ts';

/** A table under its heading; one sentence instead when it has no rows. The first cell of a row names it. */
export function TableOf(props: { title: string; heads: string[]; rows: Array<{ key: string; cells: ReactNode[] }> }) {
  const { title, heads, rows } = props;
  const t = useConsoleTexts();
  return (
    <section className="stack-s">
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p className="muted">{t('operations.none')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        <section className="card flush scroll" tabIndex={0} aria-label={title}>
          <table>
            <caption className="hide">{title}</caption>
            <thead>
              <tr>
                {heads.map((head) => (
                  <th scope="col" key={head}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ key, cells: [name, ...cells] }) => (
                <tr key={key}>
                  <th scope="row">{name}</th>
                  {cells.map((cell, at) => (
                    <td key={heads[at + 1]}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
