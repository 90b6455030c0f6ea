/**
 * A recorder file of as many frames, actors and lights as CARLA's own example recordings have, for whoever has none at hand: a
 * stand-in server drives, the CARLA client watches, RecorderLog writes. No map belongs to it.
 */
import { RecorderLog } from '../../core/io/recordings/carla-log-writer.ts';
import { CarlaClient } from '../carla/client/client.ts';
import { StandInCarla } from '../carla/testing/stand-in.ts';

const LANES = 5;
const LANE_WIDTH_M = 4;
const SPACING_M = 12;
const STEP_S = 0.05;
const LEVEL = { pitch: 0, yaw: 0, roll: 0 };

export interface StandInDrive {
  readonly frames: number;
  readonly vehicles: number;
  readonly lights: number;
}

/** The file's bytes; the first vehicle is the hero. */
export async function standInRecording({ frames, vehicles, lights }: StandInDrive): Promise<Uint8Array> {
  const places = Array.from({ length: lights }, (_, i) => ({
    place: { location: { x: SPACING_M * i, y: -LANE_WIDTH_M * 2, z: 0 }, rotation: LEVEL },
  }));
  const server = await new StandInCarla({ lights: places }).start();
  try {
    const client = await CarlaClient.connect({ host: '127.0.0.1', port: server.port });
    await client.setSynchronous(STEP_S);
    for (let i = 0; i < vehicles; i++) {
      const { id } = await client.spawn({
        blueprint: 'vehicle.tesla.model3',
        attributes: { role_name: i === 0 ? 'hero' : 'autopilot' },
        pose: {
          x: SPACING_M * Math.floor(i / LANES),
          y: LANE_WIDTH_M * (i % LANES),
          z: 0,
          headingRad: 0,
          pitchRad: 0,
          rollRad: 0,
        },
      });
      client.control(id, { throttle: 0.2 + 0.4 * (1 - i / vehicles), steer: 0, brake: 0 });
    }
    const log = new RecorderLog();
    const parts = [log.header((await client.mapInfo()).name, 0)];
    while (log.frames < frames) parts.push(log.frame(await client.tick()));
    await client.close();
    return new Uint8Array(Buffer.concat(parts));
  } finally {
    await server.kill();
  }
}
