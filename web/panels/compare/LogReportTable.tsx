/** The report on a drive behind a recorded log: plans against the human's path, and how the policy's own drive went. */
import type { LogReport } from '../../../workers/contracts/protocol.ts';

const metres = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} m`);

export function LogReportTable({ report: { openLoop, closedLoop, human } }: { readonly report: LogReport }) {
  const rows: readonly (readonly [string, string, string?])[] = [
    ['ADE over 2 s', `${openLoop.ade.toFixed(2)} m`, `open loop, ${openLoop.decisions} decisions`],
    ['FDE at 2 s', `${openLoop.fde.toFixed(2)} m`, 'open loop'],
    ['distance', metres(closedLoop.distanceMetres), `human ${metres(human.distanceMetres)}`],
    ['smallest gap', metres(closedLoop.minGapMetres), `human ${metres(human.minGapMetres)}`],
    ['smallest TTC', closedLoop.minTtcSeconds === null ? '–' : `${closedLoop.minTtcSeconds.toFixed(1)} s`],
    ['collisions', String(closedLoop.collisions)],
    ['comfortable', `${(100 * closedLoop.comfortShare).toFixed(1)} %`, 'of the time'],
  ];
  return (
    <>
      <div className="head">
        <h3>Behind the recorded car</h3>
      </div>
      <table className="score">
        <caption className="hidden">Report on the drive behind the log</caption>
        <tbody>
          {rows.map(([name, value, note]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
              <td className="dim">{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
