/** What was watched, as a file: read back whole by the importer, with everyone where they were. */
import { expect, test } from 'vitest';
import { parseCarlaLog } from '../../core/io/recordings/carla-log.ts';
import { rowAt } from '../../core/io/recordings/carla-log-recording.ts';
import { openRecording } from '../../core/io/recordings/recording.ts';
import { LIGHT_GREEN, LIGHT_RED } from '../../core/abi/layout.ts';
import { KIND_BICYCLE } from '../../core/tasks/driving/kinds/kinds.ts';
import { liveActor, liveEpisode, liveFrames, type Sent } from './testing.ts';
import { packRecording } from './recording.ts';

const EPISODE = liveEpisode({
  origin: [100, 50],
  actors: [
    liveActor(7, { type: 'ego', role: 'ego' }),
    liveActor(8, { kind: KIND_BICYCLE, type: 'traffic', role: 'A1' }),
  ],
  lights: [{ id: 2, signalId: '', x: 30, y: 4, z: 0, heading: 0.5 }],
});
const sent = (k: number): Sent => ({
  timeS: 3 + 0.1 * k,
  actors: [
    { id: 7, x: k, y: 0, heading: 0, velocityX: 10, flags: 1 },
    { id: 8, x: 20, y: 3, heading: 1, flags: 1 },
  ],
  lights: [{ id: 2, state: k < 20 ? LIGHT_RED : LIGHT_GREEN }],
});

test('a recording of what was watched reads back to the last byte and becomes a drive with its hero', () => {
  const frames = [0, 16, 32].map((first) =>
    liveFrames(
      first + 1,
      Array.from({ length: 16 }, (_, i) => sent(first + i)),
    ),
  );
  const events = [{ sequence: 21, kind: 'collision', actorId: 7, otherId: 8, text: '' }] as const;
  const file = packRecording({
    episode: EPISODE,
    actors: [],
    frames: [frames[0], { ...frames[1], events }, frames[2]],
    unixS: 1_700_000_000,
  });
  const recording = parseCarlaLog(file);
  expect(recording).toMatchObject({ map: 'Town01', recordedAtUnixS: 1_700_000_000, bytesUnaccounted: 0 });
  expect(recording.frameIds.length).toBe(48);
  const hero = recording.actors.find(({ attributes }) => attributes.role_name === 'hero');
  const row = rowAt(hero!.poses, 30) * hero!.poses.width;
  expect([...hero!.poses.values.subarray(row, row + 2)].map((value) => Math.round(100 * value))).toEqual([
    13_000, 5000,
  ]);
  expect(recording.collisions).toEqual([{ frame: 20, actors: [7, 8], heroes: [true, false] }]);

  const { scene, hero: found } = openRecording(recording);
  expect(found?.id).toBe(7);
  expect(scene.actors.map(({ kind }) => kind).sort()).toEqual(['bicycle', 'car']);
  expect(scene.lights).toHaveLength(1);
  expect(scene.lights[0].x).toBeCloseTo(130, 3);
  expect(scene.lights[0].headingRad).toBeCloseTo(0.5, 4);
  expect([scene.lightStates[10], scene.lightStates[30]]).toEqual([LIGHT_RED, LIGHT_GREEN]);
});
