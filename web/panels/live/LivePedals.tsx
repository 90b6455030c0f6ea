/** Pedals and steering of the driven car at the moment shown, where the source says them. */
import { useLive } from '../../stores/hooks.ts';
import { liveMoment } from '../../shown/live-figures.ts';
import { figure } from '../../ui/format.ts';

export function LivePedals() {
  const scene = useLive((state) => state.scene);
  const step = useLive((state) => state.step);
  const follow = useLive((state) => state.follow);
  if (!scene?.hasEgo || (follow >= 0 && follow !== scene.ego)) return null;
  const { throttle, brake, steerRad, accelMps2 } = liveMoment(scene, step, follow);
  return (
    <section className="pedals" aria-label="Controls of the ego">
      {scene.hasPedals && <Bar name="throttle" share={throttle} tone="ok" />}
      {scene.hasPedals && <Bar name="brake" share={brake} tone="bad" />}
      <span className="dim">
        steering {figure((steerRad * 180) / Math.PI)}° · acceleration {figure(accelMps2)} m/s²
      </span>
    </section>
  );
}

function Bar({ name, share, tone }: { readonly name: string; readonly share: number; readonly tone: 'ok' | 'bad' }) {
  return (
    <div className="pedal">
      <span className="dim">{name}</span>
      <span className="track" aria-hidden="true">
        <i className={tone} style={{ width: `${100 * Math.min(1, Math.max(0, share))}%` }} />
      </span>
      <b className="mono">{figure(share, 2)}</b>
    </div>
  );
}
