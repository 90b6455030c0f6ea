/** The read-outs over the picture, exact to the step: speed, steering, time to collision, decision, and the ghost's cost. */
import { useDrive } from '../../stores/hooks.ts';
import { figuresAt, signed } from './moment.ts';

/** Below these the time to collision is marked, s. */
const TTC_DANGER = 1.5;
const TTC_CAUTION = 3;

export function Hud() {
  const episode = useDrive((state) => state.episode);
  const frames = useDrive((state) => state.frames);
  const step = useDrive((state) => state.step);
  const ghost = useDrive((state) => state.ghost);
  if (!episode || !frames) return null;
  const at = figuresAt(episode, frames, step);
  const ttc = at.ttcSeconds;
  const danger = ttc < TTC_DANGER ? 'danger' : ttc < TTC_CAUTION ? 'caution' : undefined;
  const delta = ghost && ghost.episode.score.score - episode.score.score;
  return (
    <dl className="viewport-hud">
      <Readout name="speed m/s" value={at.speedMps.toFixed(1)} />
      <Readout name="steer °" value={signed(at.steerDegrees, 1)} />
      <Readout name="TTC s" value={Number.isFinite(ttc) ? ttc.toFixed(1) : '–'} tone={danger} />
      {at.word && <Readout name="decision" value={at.word} tone={`word-${at.word}`} />}
      {delta !== null && (
        <Readout name="ghost" value={signed(delta, 2, true)} tone="cf" title="The ghost’s score minus this drive’s" />
      )}
    </dl>
  );
}

export function Readout(props: {
  readonly name: string;
  readonly value: string;
  readonly tone?: string;
  readonly title?: string;
}) {
  return (
    <div title={props.title}>
      <dt>{props.name}</dt>
      <dd data-tone={props.tone}>{props.value}</dd>
    </div>
  );
}
