/**
 * Frames that were watched as a file in CARLA's recorder format, so that a recording of any source is opened, mapped, scored, driven
 * and exported like CARLA's own. The driven actor is its hero; a light stands with its x axis to the right of the travel it rules,
 * as CARLA's do.
 */
import { RecorderLog, type RecorderActor, type RecorderFrame } from '../../core/io/recordings/carla-log-writer.ts';
import { LIGHT_GREEN, LIGHT_RED, LIGHT_YELLOW } from '../../core/abi/layout.ts';
import { kindRow } from '../../core/tasks/driving/kinds/kinds.ts';
import type { LiveRecording } from '../contracts/live-protocol.ts';
import type { LiveActor, LiveFrames } from '../contracts/proxy-protocol.ts';

const STATES = new Map<number, 'red' | 'yellow' | 'green'>([
  [LIGHT_RED, 'red'],
  [LIGHT_YELLOW, 'yellow'],
  [LIGHT_GREEN, 'green'],
]);
/** Ids of lights in the file lie beyond every actor's. */
const FIRST_LIGHT = 0x4000_0000;
/** The whole file. */
export function packRecording({ episode, actors, frames, unixS }: LiveRecording): Uint8Array {
  const log = new RecorderLog();
  const known = new Map([...episode.actors, ...actors].map((actor) => [actor.id, infoOf(actor, episode.egoId)]));
  const parts = [log.header(episode.mapName || episode.name, unixS)];
  let timeS = Number.NaN;
  for (const batch of frames)
    for (let i = 0; i < batch.count; i++) {
      // The recorder's time only goes on.
      if (batch.timeS[i] <= timeS) continue;
      const deltaS = Number.isNaN(timeS) ? episode.stepSeconds || 0.1 : batch.timeS[i] - timeS;
      timeS = batch.timeS[i];
      const present = actorsOf(batch, i, known, episode.origin, episode.egoId);
      const lights = lightsOf(batch, i, episode);
      parts.push(
        log.frame({ timeS, deltaS, actors: [...present, ...lights], collisions: collisionsOf(batch, i, episode) }),
      );
    }
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** LiveActor.kind beyond core's own. */
const SENSOR = 6;

type Known = ReadonlyMap<number, RecorderActor['info']>;

function infoOf(actor: LiveActor, egoId: number): RecorderActor['info'] {
  const { id, kind, type, role, parentId, length, width, height } = actor;
  const [x, y, z] = actor.centre;
  // Sources that do not name CARLA's blueprints get one that stands for the kind.
  const carla = kindRow(kind)?.carla;
  return {
    kind: !carla ? (kind === SENSOR ? 'sensor' : 'other') : carla.type === 'static' ? 'other' : carla.type,
    blueprint: /^(vehicle|walker|static|sensor|traffic)\./.test(type) ? type : (carla?.blueprint ?? type),
    role: id === egoId ? 'hero' : role,
    parentId,
    ...(carla?.wheels && { wheels: carla.wheels }),
    box: { centre: { x, y, z }, halfSize: { x: length / 2, y: width / 2, z: height / 2 } },
  };
}

function actorsOf(
  { actors, actorStart, ego }: LiveFrames,
  i: number,
  known: Known,
  [ox, oy]: readonly [number, number],
  egoId: number,
): RecorderActor[] {
  const found: RecorderActor[] = [];
  for (let row = actorStart[i]; row < actorStart[i + 1]; row++) {
    const id = actors.id[row];
    const info = known.get(id);
    if (!info) continue;
    const velocity = { x: actors.velocityX[row], y: actors.velocityY[row], z: actors.velocityZ[row] };
    found.push({
      id,
      info,
      x: actors.x[row] + ox,
      y: actors.y[row] + oy,
      z: actors.z[row],
      headingRad: actors.heading[row],
      pitchRad: actors.pitch[row],
      rollRad: actors.roll[row],
      velocity,
      angularVelocity: { x: 0, y: 0, z: actors.yawRate[row] },
      ...(info.kind === 'walker' && { walker: { speedMps: Math.hypot(velocity.x, velocity.y) } }),
      ...(ego && id === egoId && pedalsOf(ego, i)),
    });
  }
  return found;
}

/** Pedals, of a source that has any; the wheels' angle of one that has none is no position of a steering wheel. */
function pedalsOf({ throttle, brake, steering }: NonNullable<LiveFrames['ego']>, i: number) {
  if (!throttle.some((value) => value !== 0) && !brake.some((value) => value !== 0)) return {};
  const steer = Math.max(-1, Math.min(1, steering[i] / MAX_STEER_RAD));
  return { vehicle: { throttle: throttle[i], brake: brake[i], steer, handBrake: false, gear: 1 } };
}
/** Front wheels at a steering of 1, as the proxy's CARLA source takes it (70°). */
const MAX_STEER_RAD = (70 * Math.PI) / 180;

function lightsOf({ lights, lightStart }: LiveFrames, i: number, { origin, lights: posts }: LiveRecording['episode']) {
  const none = { x: 0, y: 0, z: 0 };
  const found: RecorderActor[] = [];
  for (let row = lightStart[i]; row < lightStart[i + 1]; row++) {
    const post = posts.find(({ id }) => id === lights.id[row]);
    if (!post) continue;
    found.push({
      id: FIRST_LIGHT + post.id,
      info: { kind: 'traffic-light', blueprint: 'traffic.traffic_light', role: '', parentId: 0, box: EMPTY },
      x: post.x + origin[0],
      y: post.y + origin[1],
      z: post.z,
      headingRad: post.heading - Math.PI / 2,
      pitchRad: 0,
      rollRad: 0,
      velocity: none,
      angularVelocity: none,
      light: { state: STATES.get(lights.state[row]) ?? 'off', frozen: false, elapsedS: 0, times: NO_TIMES },
    });
  }
  return found;
}
const NO_TIMES = { greenS: 0, yellowS: 0, redS: 0 };
const EMPTY = { centre: { x: 0, y: 0, z: 0 }, halfSize: { x: 0, y: 0, z: 0 } };

function collisionsOf({ events, firstSequence }: LiveFrames, i: number, { egoId }: LiveRecording['episode']) {
  return events.flatMap(({ kind, sequence, actorId, otherId }): NonNullable<RecorderFrame['collisions']> => {
    if (kind !== 'collision' || sequence !== firstSequence + i) return [];
    return [{ ids: [actorId, otherId], heroes: [actorId === egoId, otherId === egoId] }];
  });
}
