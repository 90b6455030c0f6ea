/**
 * A recording, opened up: what it is and which map it is on, the hero's controls at the playhead, the actors with filter and follow, the
 * policy in an actor's place, what cost points, and what the file has that is not used.
 */
import { useDrive, useRecording } from '../../stores/hooks.ts';
import { bytes } from '../../ui/format.ts';
import { Actors } from '../actors/index.tsx';
import { Controls } from './Controls.tsx';
import { DriveIt } from './DriveIt.tsx';
import { Packets } from './Packets.tsx';
import { RecordedScores } from './RecordedScores.tsx';
import '../compare/compare.css';
import '../reports/reports.css';
import './recording.css';

export default function Recording() {
  const details = useRecording((state) => state.details);
  const view = useRecording((state) => state.view);
  const open = useDrive((state) => state.episode?.id);
  if (!details || !view || details.episode.id !== open)
    return <section className="panel recording" aria-label="Recording" />;
  const { scene, mapName, map, actors } = details;
  const followed = actors.find(({ id }) => id === view.follow);
  const file = details.episode.recording?.log.name ?? '';
  const date = new Date(1000 * details.recordedAtUnixS);
  return (
    <section className="panel recording" aria-label="Recording">
      <div className="head">
        <h2>Recording</h2>
        <span className="note clip" title={file}>
          {file}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="scroll grow" tabIndex={0} role="group" aria-label="What the recording holds">
        <dl className="facts">
          <dt>recorded</dt>
          <dd>
            {Number.isNaN(date.getTime()) ? '–' : date.toISOString().slice(0, 10)} · {details.frames} frames in{' '}
            {(scene.steps * scene.dt).toFixed(1)} s · {bytes(details.bytes)}
          </dd>
          <dt>map</dt>
          <dd>
            {map ? (
              <>
                {mapName} · <span className="ok">✓ {map}</span>
              </>
            ) : (
              <>
                {mapName} · <span className="warn">▲ not here</span>: drop {mapName}.xodr to draw it and to plot the
                distance to the lane’s centre
              </>
            )}
          </dd>
          <dt>followed</dt>
          <dd>{followed ? `${followed.name}${followed.role ? `, ${followed.role}` : ''}` : '–'}</dd>
          {details.notes.map((note) => (
            <dd key={note} className="dim whole">
              {note}
            </dd>
          ))}
        </dl>
        <Controls />
        <Actors />
        <DriveIt />
        <RecordedScores />
        <Packets details={details} />
      </div>
    </section>
  );
}
