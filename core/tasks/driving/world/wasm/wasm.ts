/**
 * The world that the lab uses: `Worlds` over the AssemblyScript kernel (core/kernels/assembly/world*.ts).
 *
 * One module instance a batch. Roads, lane networks and what belongs to one world alone lie in tables in its memory. A road or
 * network is shared by every world that was reset with the same object, and its block is used again once no world stands on
 * it, so resetting for ever costs no memory. Arrays that callers see are copies: linear memory may move when it grows.
 */
import * as F from '../../../../abi/world-fields.ts';
import type { KernelInstance } from '../../../../kernels/kernels.ts';
import { instantiateWorldKernels } from '../../../../kernels/world.ts';
import { hashText } from '../../../../base/hash.ts';
import { ACCEL_MAX_Q, ACCEL_MIN_Q, MAX_ACTORS, OBS_DIM, STEER_MAX_Q } from '../../../../abi/layout.ts';
import type { WorldSpec } from '../spec/spec.ts';
import type { LaneNetwork, RoadSpec } from '../../roads/road-spec.ts';
import { type Block, Blocks, SharedBlocks } from './blocks.ts';
import { extrasSize, packRoad, packSpec } from './pack.ts';
import { largestFork, networkSize, packNetwork } from './pack-network.ts';
import { fieldCount, TRACKED_PLAN_SIZE, readSnapshot, readState, readTotals } from './state.ts';
import type { DriveTotals, WorldState, Worlds } from '../world.ts';
import { checkIndex, checkSpec, clipCount, copyPlan, WorldError } from '../spec/check.ts';
import { hasTraffic } from '../spec/spec.ts';

interface WorldExports {
  world_create(count: number): void;
  world_prepare_line(samples: number, count: number, stride: number): void;
  world_reserve_lanes(lanes: number, forks: number): void;
  world_static(world: number): number;
  world_dynamic(world: number): number;
  world_rewards(): number;
  world_terminated(): number;
  world_truncated(): number;
  world_controls(): number;
  world_observations(): number;
  world_visible(): number;
  world_exchange(): number;
  world_reset(world: number): void;
  world_set_plan(world: number): void;
  world_step_plans(): void;
  world_step_controls(): void;
  world_observe(): void;
  world_see(world: number): void;
  world_publish(world: number): void;
  world_hash(world: number): bigint;
}

class WasmWorlds implements Worlds {
  readonly backend = 'wasm';
  readonly count: number;
  readonly reward: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly controls: Int16Array;
  readonly #observations: Float32Array;
  readonly #blocks: Blocks;
  readonly #roads: SharedBlocks<RoadSpec>;
  readonly #networks: SharedBlocks<LaneNetwork>;
  readonly #worlds: ({ readonly spec: WorldSpec; readonly extras: Block } | undefined)[];
  #kernel: KernelInstance<WorldExports> | undefined;

  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1) throw new WorldError('a batch needs at least one world', count);
    const kernel = instantiateWorldKernels<WorldExports>();
    kernel.exports.world_create(count);
    this.#kernel = kernel;
    this.count = count;
    this.reward = new Float64Array(count);
    this.terminated = new Uint8Array(count);
    this.truncated = new Uint8Array(count);
    this.controls = new Int16Array(2 * count);
    this.#observations = new Float32Array(count * OBS_DIM);
    this.#blocks = new Blocks((bytes) => kernel.exports.alloc(bytes));
    this.#roads = new SharedBlocks(this.#blocks, (road) => road.x.length * F.ROAD_STRIDE * 8, writeRoad(kernel));
    this.#networks = new SharedBlocks(this.#blocks, (network) => networkSize(network) * 8, writeNetwork(kernel));
    this.#worlds = Array.from({ length: count }, () => undefined);
  }

  reset(index: number, spec: WorldSpec): void {
    const kernel = this.#open();
    checkIndex(index, this.count);
    checkSpec(spec);
    const traffic = hasTraffic(spec);
    const size = extrasSize(spec);
    const extras = this.#blocks.take(size * 8);
    const road = this.#roads.take(spec.road);
    const network = traffic ? this.#networks.take(spec.network) : 0;
    this.#leave(index);
    this.#worlds[index] = { spec, extras };
    const row = kernel.f64(kernel.exports.world_static(index), F.S_FIELDS);
    packSpec(spec, row, kernel.f64(extras.at, size), { road, network, extras: extras.at });
    kernel.exports.world_reset(index);
    this.#publish();
  }

  setPlan(index: number, waypoints: ArrayLike<number>, offset = 0, stride = 2): void {
    const kernel = this.#of(index);
    copyPlan(kernel.f64(kernel.exports.world_exchange(), TRACKED_PLAN_SIZE), waypoints, offset, stride);
    kernel.exports.world_set_plan(index);
  }

  stepPlans(): void {
    this.#allReset().exports.world_step_plans();
    this.#publish();
  }

  stepControls(counts: ArrayLike<number>): void {
    const kernel = this.#allReset();
    const target = new Int16Array(kernel.exports.memory.buffer, kernel.exports.world_controls(), 2 * this.count);
    for (let i = 0; i < this.count; i++) {
      target[2 * i] = clipCount(counts[2 * i], ACCEL_MIN_Q, ACCEL_MAX_Q);
      target[2 * i + 1] = clipCount(counts[2 * i + 1], -STEER_MAX_Q, STEER_MAX_Q);
    }
    kernel.exports.world_step_controls();
    this.#publish();
  }

  observe(): Float32Array {
    const kernel = this.#allReset();
    kernel.exports.world_observe();
    this.#observations.set(kernel.f32(kernel.exports.world_observations(), this.#observations.length));
    return this.#observations;
  }

  state(index: number): WorldState {
    const kernel = this.#of(index);
    kernel.exports.world_see(index);
    return readState(this.#fields(index), this.#spec(index), kernel.u8(kernel.exports.world_visible(), MAX_ACTORS));
  }

  totals(index: number): DriveTotals {
    return readTotals(this.#fields(index), this.#spec(index));
  }

  hash(index: number): string {
    return hashText(this.#of(index).exports.world_hash(index));
  }

  snapshot(index: number): Uint8Array {
    return new Uint8Array(this.#fields(index).slice().buffer);
  }

  restore(index: number, snapshot: Uint8Array): void {
    this.#fields(index).set(readSnapshot(snapshot, this.#spec(index)));
    this.#open().exports.world_publish(index);
    this.#publish();
  }

  dispose(): void {
    this.#kernel = undefined;
    this.#worlds.fill(undefined);
  }

  #open(): KernelInstance<WorldExports> {
    if (!this.#kernel) throw new WorldError('these worlds were disposed of', this.count);
    return this.#kernel;
  }

  #spec(index: number): WorldSpec {
    const world = this.#worlds[index];
    if (!world) throw new WorldError('reset a world before using it', index);
    return world.spec;
  }

  #of(index: number): KernelInstance<WorldExports> {
    const kernel = this.#open();
    checkIndex(index, this.count);
    this.#spec(index);
    return kernel;
  }

  #allReset(): KernelInstance<WorldExports> {
    const kernel = this.#open();
    const missing = this.#worlds.indexOf(undefined);
    if (missing >= 0) this.#spec(missing);
    return kernel;
  }

  /** A view of a world's dynamic state; good until memory grows. */
  #fields(index: number): Float64Array {
    const kernel = this.#of(index);
    return kernel.f64(kernel.exports.world_dynamic(index), fieldCount(this.#spec(index)));
  }

  /** Gives back the tables that a world stood on. */
  #leave(index: number): void {
    const before = this.#worlds[index];
    if (!before) return;
    this.#roads.give(before.spec.road);
    if (hasTraffic(before.spec)) this.#networks.give(before.spec.network);
    this.#blocks.give(before.extras);
  }

  #publish(): void {
    const kernel = this.#open();
    this.reward.set(kernel.f64(kernel.exports.world_rewards(), this.count));
    this.terminated.set(kernel.u8(kernel.exports.world_terminated(), this.count));
    this.truncated.set(kernel.u8(kernel.exports.world_truncated(), this.count));
    const { memory } = kernel.exports;
    this.controls.set(new Int16Array(memory.buffer, kernel.exports.world_controls(), 2 * this.count));
  }
}

const writeRoad = (kernel: KernelInstance<WorldExports>) => (road: RoadSpec, at: number) => {
  packRoad(road, kernel.f64(at, road.x.length * F.ROAD_STRIDE));
  kernel.exports.world_prepare_line(at, road.x.length, F.ROAD_STRIDE * 8);
};

const writeNetwork = (kernel: KernelInstance<WorldExports>) => (network: LaneNetwork, at: number) => {
  const { lanes } = network;
  kernel.exports.world_reserve_lanes(lanes.length, largestFork(network));
  const table = kernel.f64(at, networkSize(network));
  packNetwork(network, table, at);
  for (let lane = 0; lane < lanes.length; lane++)
    kernel.exports.world_prepare_line(
      table[lane * F.LANE_FIELDS + F.L_SAMPLES],
      lanes[lane].x.length,
      F.LANE_STRIDE * 8,
    );
};

/** `count` worlds on the WASM kernel. Every world must be reset before the first step. */
export function createWasmWorlds(count: number): Worlds {
  return new WasmWorlds(count);
}
