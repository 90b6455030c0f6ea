import { expect, test } from 'vitest';
import { parseCarlaLog } from '../../core/io/recordings/carla-log.ts';
import { standInRecording } from './stand-in-recording.ts';

test('a recording of many actors reads back to the last byte, however long its frames are', async () => {
  const bytes = await standInRecording({ frames: 30, vehicles: 70, lights: 36 });
  const recording = parseCarlaLog(bytes);
  expect(recording.bytesUnaccounted).toBe(0);
  expect(recording.frameIds).toHaveLength(30);
  const kinds = recording.actors.map(({ blueprint }) => blueprint);
  expect(kinds.filter((name) => name === 'vehicle.tesla.model3')).toHaveLength(70);
  expect(kinds.filter((name) => name === 'traffic.traffic_light')).toHaveLength(36);
});
