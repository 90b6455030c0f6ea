/** The read-outs over a live picture: the followed actor's speed, and what the source says of its ego. */
import { useStore } from 'zustand';
import { useLive } from '../../stores/hooks.ts';
import { sceneStore } from '../../stores/scene.ts';
import { figure, liveMoment } from '../sources/figures.ts';
import { Readout } from './Hud.tsx';

export function LiveHud() {
  const scene = useLive((state) => state.scene);
  const step = useLive((state) => state.step);
  const follow = useStore(sceneStore, (state) => state.follow);
  if (!scene || scene.steps < 0) return null;
  const at = liveMoment(scene, step, follow);
  const ofEgo = follow < 0 || follow === scene.ego;
  return (
    <dl className="viewport-hud">
      <Readout name="speed m/s" value={figure(at.speedMps)} />
      {ofEgo && scene.hasEgo && <Readout name="steer °" value={figure((at.steerRad * 180) / Math.PI)} />}
      {ofEgo && scene.hasEgo && <Readout name="TTC s" value={figure(at.ttcSeconds)} />}
      <Readout name="actors" value={String(at.present)} />
    </dl>
  );
}
