/** The read-outs over the picture, exact to the step, of whoever is followed in whatever is shown. */
import { useShown } from '../../shown/hooks.ts';
import type { Readout } from '../../shown/facts.ts';

export function Hud() {
  const readouts = useShown(({ player, cursor }) => (player && cursor.steps >= 0 ? player.readouts() : null));
  if (!readouts) return null;
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
