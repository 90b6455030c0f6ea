/** Test only: the stand-in CARLA server with a town, behind a proxy, and an environment that is opened there. */
import { toCarlaPose } from '../../../core/io/recordings/carla-frame.ts';
import { lanePoseAt } from '../../../core/tasks/driving/roads/map/lane-index.ts';
import { openRoadMap, type RoadMap } from '../../../core/tasks/driving/roads/survey/road-map.ts';
import type { GivenTasks } from '../../carla/stage/task-book.ts';
import { EnvironmentService } from '../../generated/traceway/v1/environment_pb.ts';
import { startProxy } from '../../server/proxy.ts';
import { NativeClient } from '../../server/testing/native-client.ts';
import { StandInCarla } from '../../carla/testing/stand-in.ts';
import type { Transform } from '../../carla/client/types.ts';
import { CarlaSource } from '../carla/source.ts';

const { openEnvironment, reset, step, closeEnvironment } = EnvironmentService.method;
/** Opening makes the town's map, which takes its time on a busy machine. */
const OPENING_MS = 60_000;

export interface TownOptions {
  readonly given?: GivenTasks;
  readonly stepSeconds?: number | null;
}

/** A town of which spawn points lie 20 m before the ends of its longer lanes. */
export class TownBench {
  readonly town: RoadMap;
  readonly spawnPoints: readonly Transform[];
  readonly #text: string;
  readonly #cleanUp: (() => unknown)[] = [];

  constructor(openDrive: string) {
    this.#text = openDrive;
    this.town = openRoadMap('Town01', openDrive);
    this.spawnPoints = this.town.graph.lanes.flatMap((lane) =>
      lane.kind === 'driving' && lane.junction === undefined && lane.length > 30
        ? [toCarlaPose({ ...lanePoseAt(lane, lane.length - 20), z: 0, pitchRad: 0, rollRad: 0 })]
        : [],
    );
  }

  /** Whatever a test has to undo, last first. */
  later(run: () => unknown): void {
    this.#cleanUp.push(run);
  }
  async cleanUp(): Promise<void> {
    for (const run of this.#cleanUp.splice(0).reverse()) await run();
  }

  async serve({ given = {}, stepSeconds = null }: TownOptions = {}) {
    const walls: Transform[] = [];
    const carla = await new StandInCarla({ openDrive: this.#text, spawnPoints: this.spawnPoints, walls }).start();
    this.later(() => carla.kill());
    const source = new CarlaSource({ host: '127.0.0.1', port: carla.port, given, stepSeconds });
    const proxy = await startProxy({ port: 0, sources: [source], version: 'test', log: () => {} });
    this.later(() => proxy.close());
    const client = new NativeClient(proxy.port);
    this.later(() => client.close());
    return { carla, proxy, client, walls };
  }
}
export type Served = Awaited<ReturnType<TownBench['serve']>>;

export const act = (acceleration: number, steering: number): Uint8Array =>
  new Uint8Array(Float32Array.of(acceleration, steering).buffer);

/** Opens an environment and resets it. */
export async function drive({ client }: Pick<Served, 'client'>, scenarioId: string, seed = 0) {
  const opened = await client.unary(openEnvironment, { sourceId: 'carla' }, OPENING_MS);
  const { environmentId } = opened;
  const start = await client.unary(reset, { environmentId, seed, options: { scenarioId } });
  const go = (acceleration: number, steering: number) =>
    client.unary(step, { environmentId, action: act(acceleration, steering) });
  const shut = () => client.unary(closeEnvironment, { environmentId });
  return { ...opened, start, go, shut };
}
