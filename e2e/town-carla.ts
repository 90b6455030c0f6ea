/** Test only: the stand-in CARLA server with a hero and other cars that drive on their own, in a town where there is a map of one. */
import { toCarlaPose } from '../core/io/recordings/carla-frame.ts';
import { lanePoseAt } from '../core/tasks/driving/roads/map/lane-index.ts';
import { openRoadMap } from '../core/tasks/driving/roads/survey/road-map.ts';
import { CarlaClient } from '../sim-proxy/carla/client/client.ts';
import { StandInCarla, type StandInOptions } from '../sim-proxy/carla/testing/stand-in.ts';

/** Least distance between two starts, m. */
const APART = 30;

/** `cars` with the hero, at most as many as there are starts. A version that the client does not speak gets no cars. */
export async function startTownCarla(cars: number, options: StandInOptions): Promise<StandInCarla> {
  const flat = { z: 0.3, pitchRad: 0, rollRad: 0 };
  const { openDrive } = options;
  const starts = openDrive
    ? openRoadMap('Town01', openDrive)
        .graph.lanes.filter(({ kind, length }) => kind === 'driving' && length > 80)
        .flatMap((lane) => {
          const count = 1 + Math.floor((lane.length - 10) / APART);
          return Array.from({ length: count }, (_, i) => ({ ...lanePoseAt(lane, 5 + i * APART), ...flat }));
        })
    : Array.from({ length: cars }, (_, i) => ({ x: APART * i, y: 0, headingRad: 0, ...flat }));
  const server = await new StandInCarla({ ...options, spawnPoints: starts.map(toCarlaPose) }).start();
  const client = await CarlaClient.connect({ host: '127.0.0.1', port: server.port }).catch(() => null);
  if (!client) return server;
  for (const [i, pose] of starts.slice(0, cars).entries()) {
    const attributes = { role_name: i === 0 ? 'hero' : 'autopilot' };
    const car = await client.spawn({ blueprint: 'vehicle.tesla.model3', attributes, pose });
    client.control(car.id, { throttle: 0.3, steer: 0, brake: 0 });
  }
  return server;
}
