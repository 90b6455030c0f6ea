/** The read-outs over the picture, exact to the step, of whoever is followed in whatever is shown. */
import { useDrive, useLive } from '../../stores/hooks.ts';
import { useShown } from '../../shown/hooks.ts';
import { actorReadouts, driveReadouts, liveReadouts, type Readout } from '../../shown/readouts.ts';

export function Hud() {
  const shown = useShown();
  const episode = useDrive((state) => state.episode);
  const drive = useDrive((state) => state.frames);
  const ghost = useDrive((state) => state.ghost);
  const scene = useLive((state) => state.scene);
  if (!shown || shown.frames.steps < 0) return null;
  const { kind, frames, step, follow } = shown;
  const other = kind !== 'recording' && follow >= 0 && follow !== frames.ego;
  const readouts = other
    ? actorReadouts(shown)
    : kind === 'live' && scene
      ? liveReadouts(scene, step)
      : driveReadouts({ episode, frames: drive, step, ghost });
  return (
    <dl className="viewport-hud">
      {readouts.map((readout) => (
        <Line key={readout.name} {...readout} />
      ))}
    </dl>
  );
}

const Line = ({ name, value, tone, title }: Readout) => (
  <div title={title}>
    <dt>{name}</dt>
    <dd data-tone={tone}>{value}</dd>
  </div>
);
