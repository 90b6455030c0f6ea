/**
 * Test only: the stand-in CARLA server, of the version given as the first argument, with a hero and two other cars that drive on their
 * own. Its map is the OpenDRIVE file given as the second argument, where there is one. Prints its port; lives until SIGTERM.
 */
import { existsSync, readFileSync } from 'node:fs';
import { toCarlaPose } from '../core/episode/importers/carla-frame.ts';
import { lanePoseAt } from '../core/world/roads/lane-index.ts';
import { openRoadMap } from '../core/world/roads/road-map.ts';
import { CarlaClient } from '../sim-proxy/sources/carla/client.ts';
import { StandInCarla } from '../sim-proxy/sources/carla/testing/stand-in.ts';

const [version = '0.9.15', map = ''] = process.argv.slice(2);
const flat = { z: 0.3, pitchRad: 0, rollRad: 0 };
const openDrive = existsSync(map) ? readFileSync(map, 'utf8') : undefined;
const starts = openDrive
  ? openRoadMap('Town01', openDrive)
      .graph.lanes.filter(({ kind, length }) => kind === 'driving' && length > 80)
      .map((lane) => ({ ...lanePoseAt(lane, 5), ...flat }))
  : [0, 30, 60].map((x) => ({ x, y: 0, headingRad: 0, ...flat }));
const server = await new StandInCarla({
  version,
  asyncFramesPerSecond: 20,
  ...(openDrive && { openDrive }),
  spawnPoints: starts.map(toCarlaPose),
}).start();
const client = await CarlaClient.connect({ host: '127.0.0.1', port: server.port }).catch(() => null);
if (client)
  for (const [i, role] of ['hero', 'autopilot', 'autopilot'].entries()) {
    const car = await client.spawn({
      blueprint: 'vehicle.tesla.model3',
      attributes: { role_name: role },
      pose: starts[i],
    });
    client.control(car.id, { throttle: 0.3, steer: 0, brake: 0 });
  }
console.log(String(server.port));
process.on('SIGTERM', () => process.exit(0));
