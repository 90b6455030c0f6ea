/** What an imported log holds and the lab does not use, and what had to be inferred: nothing is left out in silence. */
import type { LogSummary } from '../../../workers/protocol.ts';

export function ImportedList({ imported: { format, notes, skipped } }: { readonly imported: LogSummary }) {
  return (
    <>
      <div className="head">
        <h3>Imported from {format}</h3>
      </div>
      {notes.map((note) => (
        <p key={note} className="dim">
          {note}
        </p>
      ))}
      {skipped.length > 0 && (
        <table className="score">
          <caption className="hidden">In the file but not used</caption>
          <tbody>
            {skipped.map(({ what, count, why }) => (
              <tr key={`${what} ${why}`}>
                <th scope="row">{what}</th>
                <td>{count}</td>
                <td className="dim">not used: {why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
