/** Driving the followed vehicle by the arrow keys, and bringing actors into the simulator or taking them out. */
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { sceneRow } from '../../../core/episode/scene-frames.ts';
import { useLive } from '../../stores/hooks.ts';
import { control, drive } from '../../stores/live.ts';
import { liveStore } from '../../stores/live-state.ts';
import { say } from '../../stores/notices.ts';
import type { LiveSource } from '../../../workers/contracts/proxy-protocol.ts';

/** Controls sent a second while keys are held, and what a held key means. */
const EVERY_MS = 100;
const THROTTLE = 0.6;
const STEER = 0.35;
const BRAKE = 0.8;
/** A newcomer stands so far ahead of whom one follows, m, and falls from so high. */
const AHEAD = 12;
const ABOVE = 0.6;

interface Props {
  readonly source: LiveSource;
  readonly blueprints: readonly string[];
}

export function VehicleForm({ source, blueprints }: Props) {
  const busy = useLive((state) => state.busy);
  const scene = useLive((state) => state.scene);
  const follow = useLive((state) => state.follow);
  const [type, setType] = useState('');
  const followed = scene?.actors[follow >= 0 ? follow : scene.ego];
  const things = blueprints.filter((id) => /^(vehicle|walker|static)\./.test(id));
  const chosen = type || things.find((id) => id.startsWith('vehicle.')) || '';
  const spawn = () => {
    const { newest } = liveStore.getState();
    const row = followed && newest ? sceneRow(followed, newest.steps) : -1;
    if (!followed || row < 0) return say('Follow somebody who is there: the newcomer stands ahead of them.');
    const [x, y, heading] = followed.rows.subarray(row, row + 3);
    const place = { x: x + AHEAD * Math.cos(heading), y: y + AHEAD * Math.sin(heading), z: ABOVE, heading };
    void control({ kind: 'spawn', type: chosen, ...place });
  };
  return (
    <section aria-label="Vehicles">
      <div className="head">
        <h3>Vehicles</h3>
      </div>
      <div className="live-acts">
        {followed && <DriveByKeys id={Number(followed.id)} name={followed.name} />}
        {followed && source.capabilities.includes('camera') && (
          <button
            type="button"
            className="btn small"
            title="A camera sensor of the simulator behind its windscreen"
            onClick={() => liveStore.setState({ cameraOf: Number(followed.id) })}
          >
            Camera of {followed.name}
          </button>
        )}
        {followed && source.capabilities.includes('spawn') && (
          <button
            type="button"
            className="btn small"
            disabled={busy}
            onClick={() => void control({ kind: 'destroy', actorId: Number(followed.id) })}
          >
            Remove {followed.name}
          </button>
        )}
      </div>
      {source.capabilities.includes('spawn') && things.length > 0 && (
        <div className="live-fields">
          <label htmlFor="live-spawn">spawn</label>
          <select id="live-spawn" className="field" value={chosen} onChange={(event) => setType(event.target.value)}>
            {things.map((id) => (
              <option key={id}>{id}</option>
            ))}
          </select>
          <button type="button" className="btn small in-row" disabled={busy} onClick={spawn}>
            Ahead
          </button>
        </div>
      )}
    </section>
  );
}

/** While it has the focus the arrow keys drive; losing it brakes. */
function DriveByKeys({ id, name }: { readonly id: number; readonly name: string }) {
  const held = useRef(new Set<string>());
  const [driving, setDriving] = useState(false);
  useEffect(() => {
    if (!driving) return;
    const send = () => {
      const has = (key: string) => held.current.has(key);
      const steering = (has('ArrowLeft') ? STEER : 0) - (has('ArrowRight') ? STEER : 0);
      const pedals = { throttle: has('ArrowUp') ? THROTTLE : 0, brake: has('ArrowDown') ? BRAKE : 0 };
      void drive({ kind: 'control', actorId: id, ...pedals, steering });
    };
    const timer = setInterval(send, EVERY_MS);
    return () => {
      clearInterval(timer);
      void drive({ kind: 'control', actorId: id, throttle: 0, brake: BRAKE, steering: 0 });
    };
  }, [driving, id]);
  const onKey = (event: KeyboardEvent) => {
    if (!driving || !event.key.startsWith('Arrow')) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.type === 'keydown') held.current.add(event.key);
    else held.current.delete(event.key);
  };
  const leave = () => {
    held.current.clear();
    setDriving(false);
  };
  return (
    <button
      type="button"
      className="btn small"
      aria-pressed={driving}
      title="Arrow keys drive while this button has the focus"
      onClick={() => (driving ? leave() : setDriving(true))}
      onKeyDown={onKey}
      onKeyUp={onKey}
      onBlur={leave}
    >
      {driving ? `Driving ${name}: ← ↑ ↓ →` : `Drive ${name} by keys`}
    </button>
  );
}
