/**
 * The policies that can drive here: expert, random, the shipped checkpoint and those loaded since, by the hash of their
 * parameters. Keeps one engine, for the checkpoint and engine used last.
 */
import type { Engine, EngineName } from '../../core/models/engine.ts';
import {
  BASELINE_SEED,
  driveOne,
  engineDriver,
  expertDriver,
  randomDriver,
  type EpisodeDriver,
} from '../../core/tasks/driving/policy/driver.ts';
import type { EpisodePolicy } from '../../core/episode/episode.ts';
import { identityOf, policyRecord } from '../../core/episode/policy-record.ts';
import { episodeKey } from '../../core/task/episode-key.ts';
import { type Checkpoint, parametersHash, readCheckpoint } from '../../core/models/checkpoint.ts';
import { checkpointIdentity, EXPERT, RANDOM } from '../../core/models/identity.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import { mixSeed } from '../../core/base/random.ts';
import { DECISION_STEPS } from '../../core/abi/layout.ts';
import { createEngine } from '../engines/engines.ts';
import type { PolicyChoice } from '../contracts/protocol.ts';

export interface LoadedPolicy {
  readonly driver: EpisodeDriver;
  readonly record: EpisodePolicy;
}

export class Policies {
  readonly #checkpoints = new Map<string, Checkpoint>();
  readonly #readShipped: () => Promise<Uint8Array>;
  #shipped: Promise<string> | undefined;
  #engineName: EngineName = 'wasm';
  #engine: { readonly hash: string; readonly engine: Engine } | undefined;

  /** `readShipped` fetches the checkpoint that comes with the lab; called when it is first needed. */
  constructor(readShipped: () => Promise<Uint8Array>) {
    this.#readShipped = readShipped;
  }

  /** Checks a checkpoint and makes it drivable. Throws CheckpointError. */
  load(bytes: Uint8Array): { readonly hash: string; readonly name: string } {
    const checkpoint = readCheckpoint(bytes);
    if (JSON.stringify(checkpoint.config) !== JSON.stringify(POLICY_CONFIG)) {
      throw new Error('This checkpoint is of another model size or vocabulary and cannot drive here.');
    }
    const hash = parametersHash(checkpoint.flat);
    this.#checkpoints.set(hash, checkpoint);
    return { hash, name: checkpoint.name };
  }

  /** From now on checkpoints drive on this engine. Rejects when it cannot run here; the one before stays. */
  async useEngine(name: EngineName): Promise<string> {
    const hash = this.#engine?.hash ?? (await this.shipped());
    const engine = await createEngine(name, POLICY_CONFIG, this.#checkpoint(hash).flat);
    this.#engine?.engine.dispose();
    this.#engine = { hash, engine };
    this.#engineName = name;
    return engine.description;
  }

  /** Hash of the shipped checkpoint, loaded on first use. */
  shipped(): Promise<string> {
    this.#shipped ??= this.#readShipped()
      .then((bytes) => this.load(bytes).hash)
      .catch((error: unknown) => {
        this.#shipped = undefined;
        throw error;
      });
    return this.#shipped;
  }

  /** The policy chosen, for a drive of `scenario` with `seed` that begins at decision `first`. */
  async choose(choice: PolicyChoice, scenario: string, seed: number, first = 0): Promise<LoadedPolicy> {
    const key = episodeKey(scenario, seed);
    const keyOf = (k: number) => mixSeed(key, (first + k) * DECISION_STEPS);
    if (choice.kind === 'expert') return { driver: driveOne(expertDriver(), keyOf), record: policyRecord(EXPERT) };
    if (choice.kind === 'random') {
      return { driver: driveOne(randomDriver(BASELINE_SEED), keyOf), record: policyRecord(RANDOM) };
    }
    const hash = choice.hash === 'shipped' ? await this.shipped() : choice.hash;
    const engine = await this.engine(hash);
    const { name } = this.#checkpoint(hash);
    const { residual } = choice;
    const record = policyRecord({ ...checkpointIdentity(hash, name), residual }, engine.name);
    return { driver: driveOne(engineDriver(engine, { residual }), keyOf), record };
  }

  /** The policy that drove an episode, to drive on with it. Throws when its checkpoint is not here. */
  async of(record: EpisodePolicy, scenario: string, seed: number, first: number): Promise<LoadedPolicy> {
    if (record.kind === 'human') throw new Error('A human drove here: there is no policy to ask again.');
    if (record.kind !== 'checkpoint') return this.choose({ kind: record.kind }, scenario, seed, first);
    const hash = await this.find(record);
    if (!hash)
      throw new Error(`The checkpoint of this drive (${record.name}) is not here; open it to ask the policy again.`);
    const { residual } = identityOf(record);
    const { driver } = await this.choose({ kind: 'checkpoint', hash, residual }, scenario, seed, first);
    return { driver, record };
  }

  /** Full hash of an episode's checkpoint if it is here; links carry only its beginning. */
  async find({ checkpointHash }: EpisodePolicy): Promise<string | undefined> {
    if (!checkpointHash) return undefined;
    const known = () => [...this.#checkpoints.keys()].find((hash) => hash.startsWith(checkpointHash));
    if (known()) return known();
    await this.shipped().catch(() => undefined);
    return known();
  }

  /** Parameters by full hash; the caller has them from `find`. */
  parameters(hash: string): Float32Array {
    return this.#checkpoint(hash).flat;
  }

  async engine(hash: string): Promise<Engine> {
    if (this.#engine?.hash === hash) return this.#engine.engine;
    const { flat } = this.#checkpoint(hash);
    if (this.#engine) {
      await this.#engine.engine.setParameters(flat);
      this.#engine = { hash, engine: this.#engine.engine };
    } else this.#engine = { hash, engine: await createEngine(this.#engineName, POLICY_CONFIG, flat) };
    return this.#engine.engine;
  }

  #checkpoint(hash: string): Checkpoint {
    const checkpoint = this.#checkpoints.get(hash);
    if (!checkpoint) throw new Error(`There is no checkpoint ${hash.slice(0, 12)} here.`);
    return checkpoint;
  }
}
