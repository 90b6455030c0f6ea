/** Test only: messages of a live source, made of plain rows. */
import { KIND_VEHICLE } from '../../core/tasks/driving/kinds/kinds.ts';
import type { LiveActor, LiveEpisode, LiveFrames } from '../contracts/proxy-protocol.ts';

export const liveActor = (id: number, more: Partial<LiveActor> = {}): LiveActor => ({
  id,
  kind: KIND_VEHICLE,
  type: 'vehicle.tesla.model3',
  role: '',
  length: 4,
  width: 2,
  height: 1.5,
  centre: [0, 0, 0],
  parentId: 0,
  ...more,
});

export const liveEpisode = (more: Partial<LiveEpisode> = {}): LiveEpisode => ({
  number: 1,
  name: 'a drive',
  seed: 0,
  mapName: 'Town01',
  mapSha256: '',
  origin: [0, 0],
  egoId: 7,
  stepSeconds: 0.1,
  driver: 'expert',
  actors: [],
  lights: [],
  ...more,
});

export interface Sent {
  readonly timeS: number;
  readonly actors: readonly {
    readonly id: number;
    readonly x: number;
    readonly y: number;
    readonly heading: number;
    readonly velocityX?: number;
    readonly velocityY?: number;
    readonly flags: number;
  }[];
  readonly lights: readonly { readonly id: number; readonly state: number }[];
}

/** `firstSequence` counts from 1. */
export function liveFrames(firstSequence: number, sent: readonly Sent[]): LiveFrames {
  const rows = sent.flatMap(({ actors }) => actors);
  const lights = sent.flatMap((frame) => frame.lights);
  const starts = (counts: readonly number[]) =>
    Uint32Array.from([0, ...counts].map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0)));
  const column = (value: (row: Sent['actors'][number]) => number) => Float32Array.from(rows, value);
  const none = () => column(() => 0);
  return {
    episode: 1,
    firstSequence,
    count: sent.length,
    step: Uint32Array.from(sent, (_, i) => firstSequence + i),
    timeS: Float64Array.from(sent, ({ timeS }) => timeS),
    serverTimeMs: new Float64Array(sent.length),
    actorStart: starts(sent.map(({ actors }) => actors.length)),
    lightStart: starts(sent.map((frame) => frame.lights.length)),
    actors: {
      id: Uint32Array.from(rows, ({ id }) => id),
      x: column(({ x }) => x),
      y: column(({ y }) => y),
      z: none(),
      heading: column(({ heading }) => heading),
      pitch: none(),
      roll: none(),
      velocityX: column(({ velocityX = 0 }) => velocityX),
      velocityY: column(({ velocityY = 0 }) => velocityY),
      velocityZ: none(),
      yawRate: none(),
      flags: Uint8Array.from(rows, ({ flags }) => flags),
    },
    lights: { id: Uint32Array.from(lights, ({ id }) => id), state: Uint8Array.from(lights, ({ state }) => state) },
    ego: null,
    events: [],
  };
}
