/** What an imported log holds and the lab does not use, and what had to be inferred: nothing is left out in silence. */
import type { ImportedSummary } from '../../stores/drive.ts';
import { Segments } from '../../ui/Segments.tsx';

export function ImportedList({ imported }: { readonly imported: ImportedSummary }) {
  const { format, notes, skipped, mode, again } = imported;
  return (
    <>
      <div className="head">
        <h3>Imported from {format}</h3>
      </div>
      {mode && again && (
        <div className="addrow">
          <span className="dim">the others</span>
          <Segments
            label="The others"
            options={[
              { value: 'replayed', text: 'replayed' },
              { value: 'reactive', text: 'reactive' },
            ]}
            value={mode}
            onChange={again}
          />
        </div>
      )}
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
