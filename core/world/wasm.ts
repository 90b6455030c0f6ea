/**
 * The world that the lab uses: `Worlds` over the AssemblyScript kernel (core/kernels/assembly/world*.ts).
 *
 * One module instance a batch. Roads and replayed tracks lie in tables in its memory; a road is shared by every world that
 * was reset with the same `RoadSpec` object, and its block is reused once no world stands on it, so resetting for ever costs
 * no memory. Arrays that callers see are copies: linear memory may move when it grows.
 */
import * as F from '../kernels/assembly/world-fields.ts';
import { instantiateKernels, type KernelInstance } from '../kernels/kernels.ts';
import { hashText } from './hash.ts';
import { ACCEL_MAX_Q, ACCEL_MIN_Q, MAX_ACTORS, OBS_DIM, STEER_MAX_Q } from './layout.ts';
import type { RoadSpec, WorldSpec } from './spec.ts';
import { type Block, Blocks } from './wasm-blocks.ts';
import { packRoad, packSpec, packTrack } from './wasm-pack.ts';
import { PLAN_SIZE, readSnapshot, readState, readTotals } from './wasm-state.ts';
import type { DriveTotals, WorldState, Worlds } from './world.ts';
import { checkIndex, checkSpec, clipCount, readPlan, WorldError } from './world-check.ts';

interface WorldExports {
  world_create(count: number): void;
  world_prepare_road(road: number, points: number): void;
  world_static(world: number): number;
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
  world_save(world: number): void;
  world_load(world: number): void;
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
  readonly #roads = new Map<RoadSpec, Block & { users: number }>();
  readonly #specs: (WorldSpec | undefined)[];
  readonly #tracks: Block[][];
  #kernel: KernelInstance<WorldExports> | undefined;

  constructor(count: number) {
    if (!Number.isInteger(count) || count < 1) throw new WorldError('a batch needs at least one world', count);
    const kernel = instantiateKernels<WorldExports>();
    kernel.exports.world_create(count);
    this.#kernel = kernel;
    this.count = count;
    this.reward = new Float64Array(count);
    this.terminated = new Uint8Array(count);
    this.truncated = new Uint8Array(count);
    this.controls = new Int16Array(2 * count);
    this.#observations = new Float32Array(count * OBS_DIM);
    this.#blocks = new Blocks((bytes) => kernel.exports.alloc(bytes));
    this.#specs = Array.from({ length: count }, () => undefined);
    this.#tracks = Array.from({ length: count }, () => []);
  }

  reset(index: number, spec: WorldSpec): void {
    const kernel = this.#open();
    checkIndex(index, this.count);
    checkSpec(spec);
    const road = this.#useRoad(spec.road);
    const before = this.#specs[index];
    if (before) this.#leaveRoad(before.road);
    for (const track of this.#tracks[index]) this.#blocks.give(track);
    this.#tracks[index] = [];
    const trackAt = spec.actors.map((actor) => {
      if (actor.behaviour !== 'replay') return 0;
      const numbers = actor.x.length * F.TRACK_STRIDE;
      const block = this.#blocks.take(numbers * 8);
      packTrack(actor, kernel.f64(block.at, numbers));
      this.#tracks[index].push(block);
      return block.at;
    });
    packSpec(spec, kernel.f64(kernel.exports.world_static(index), F.S_FIELDS), road, (i) => trackAt[i]);
    this.#specs[index] = spec;
    kernel.exports.world_reset(index);
    this.#publish();
  }

  setPlan(index: number, waypoints: ArrayLike<number>, offset = 0, stride = 2): void {
    const kernel = this.#of(index);
    readPlan(kernel.f64(kernel.exports.world_exchange(), PLAN_SIZE), waypoints, offset, stride);
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
    const kernel = this.#of(index);
    kernel.f64(kernel.exports.world_exchange(), F.D_FIELDS).set(readSnapshot(snapshot));
    kernel.exports.world_load(index);
    this.#publish();
  }

  dispose(): void {
    this.#kernel = undefined;
    this.#roads.clear();
  }

  #open(): KernelInstance<WorldExports> {
    if (!this.#kernel) throw new WorldError('these worlds were disposed of', this.count);
    return this.#kernel;
  }

  #spec(index: number): WorldSpec {
    const spec = this.#specs[index];
    if (!spec) throw new WorldError('reset a world before using it', index);
    return spec;
  }

  #of(index: number): KernelInstance<WorldExports> {
    checkIndex(index, this.count);
    this.#spec(index);
    return this.#open();
  }

  #allReset(): KernelInstance<WorldExports> {
    const missing = this.#specs.indexOf(undefined);
    if (missing >= 0) this.#spec(missing);
    return this.#open();
  }

  /** A view that the next call overwrites. */
  #fields(index: number): Float64Array {
    const kernel = this.#of(index);
    kernel.exports.world_save(index);
    return kernel.f64(kernel.exports.world_exchange(), F.D_FIELDS);
  }

  #useRoad(road: RoadSpec): number {
    const known = this.#roads.get(road);
    if (known) {
      known.users++;
      return known.at;
    }
    const kernel = this.#open();
    const points = road.x.length;
    const block = this.#blocks.take(points * F.ROAD_STRIDE * 8);
    packRoad(road, kernel.f64(block.at, points * F.ROAD_STRIDE));
    kernel.exports.world_prepare_road(block.at, points);
    this.#roads.set(road, { ...block, users: 1 });
    return block.at;
  }

  #leaveRoad(road: RoadSpec): void {
    const known = this.#roads.get(road);
    if (!known || --known.users > 0) return;
    this.#roads.delete(road);
    this.#blocks.give(known);
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

/** `count` worlds on the WASM kernel. Every world must be reset before the first step. */
export function createWasmWorlds(count: number): Worlds {
  return new WasmWorlds(count);
}
