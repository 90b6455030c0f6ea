/** The charts' numbers as a table: newest first, thinned to what can be read. */
import { short } from '../../ui/format.ts';
import type { ChartData } from './charts.ts';

const ROWS = 60;

export function MetricsTable({ charts }: { readonly charts: readonly ChartData[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus
    <div className="tables scroll" tabIndex={0} role="group" aria-label="Metrics as tables">
      {charts
        .filter(({ missing }) => missing === undefined)
        .map((chart) => {
          const every = Math.max(1, Math.ceil(chart.x.length / ROWS));
          const rows = chart.x
            .map((x, index) => ({ x, index }))
            .filter(({ index }) => index % every === 0 || index === chart.x.length - 1)
            .reverse();
          return (
            <table key={chart.key} className="mono">
              <caption>{chart.title}</caption>
              <thead>
                <tr>
                  <th scope="col">{chart.xName}</th>
                  {chart.series.map(({ name }) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map(({ x, index }) => (
                  <tr key={index}>
                    <td>{short(x)}</td>
                    {chart.series.map(({ name, y }) => (
                      <td key={name}>{y[index] === null ? '–' : short(y[index] as number)}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          );
        })}
    </div>
  );
}
