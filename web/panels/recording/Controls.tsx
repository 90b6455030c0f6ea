/** Throttle, brake and steering of the hero at the playhead, as the simulator recorded them. */
import { useDrive, useRecording } from '../../stores/hooks.ts';

const WIDTH = 5;

export function Controls() {
  const controls = useRecording((state) => state.details?.controls);
  const step = useDrive((state) => state.step);
  if (!controls || controls.length === 0) return null;
  const [steer, throttle, brake, handbrake, gear] = controls.subarray(WIDTH * step, WIDTH * step + WIDTH);
  return (
    <section className="pedals" aria-label="Controls of the hero">
      <Bar name="throttle" share={throttle} tone="ok" text={throttle.toFixed(2)} />
      <Bar name="brake" share={brake} tone="bad" text={`${brake.toFixed(2)}${handbrake > 0 ? ' + hand' : ''}`} />
      <Bar
        name="steer"
        share={Math.abs(steer)}
        tone="ego"
        from={steer > 0 ? 'right' : 'left'}
        text={steerText(steer)}
      />
      <span className="dim">gear {gear < 0 ? 'R' : gear}</span>
    </section>
  );
}

const steerText = (steer: number) =>
  Math.abs(steer) < 0.005 ? '0.00' : `${Math.abs(steer).toFixed(2)} ${steer > 0 ? 'left' : 'right'}`;

interface BarProps {
  readonly name: string;
  readonly share: number;
  readonly tone: 'ok' | 'bad' | 'ego';
  readonly text: string;
  /** Steering grows from the middle; this is the side that stays empty. */
  readonly from?: 'left' | 'right';
}

function Bar({ name, share, tone, text, from }: BarProps) {
  const length = 100 * Math.min(1, Math.max(0, share));
  const style =
    from === undefined
      ? { width: `${length}%` }
      : { width: `${length / 2}%`, marginLeft: from === 'left' ? '50%' : `${50 - length / 2}%` };
  return (
    <div className="pedal">
      <span className="dim">{name}</span>
      <span className="track" aria-hidden="true">
        <i className={tone} style={style} />
      </span>
      <b className="mono">{text}</b>
    </div>
  );
}
