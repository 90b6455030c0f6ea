/**
 * The actors of one episode, each asked for once, when a frame first has it. An actor that the server cannot describe is shown as what a
 * frame alone says of it: where it is.
 */
import { CarlaError } from './errors.ts';
import { type ActorInfo, infoOf, unknownActor } from './frames.ts';
import type { Actor } from './types.ts';

const ACTORS_A_CALL = 1000;
/** Actors gone are forgotten when they are more than twice those that are there, and more than this. */
const MANY_GONE = 1000;

export class ActorCache {
  readonly #ask: (ids: readonly number[]) => Promise<readonly Actor[]>;
  readonly #infos = new Map<number, ActorInfo>();
  readonly #actors = new Map<number, Actor>();
  #episode = 0;

  /** `ask` gives those of the ids that the server knows, and rejects with CarlaError. */
  constructor(ask: (ids: readonly number[]) => Promise<readonly Actor[]>) {
    this.#ask = ask;
  }

  info(id: number): ActorInfo {
    return this.#infos.get(id) ?? unknownActor(id);
  }

  learn(actor: Actor): void {
    this.#actors.set(actor.id, actor);
    this.#infos.set(actor.id, infoOf(actor));
  }

  clear(): void {
    this.#infos.clear();
    this.#actors.clear();
    this.#episode++;
  }

  /** Unknown ids are left out. @throws CarlaError as `ask` */
  async describe(ids: readonly number[]): Promise<readonly Actor[]> {
    const missing = ids.filter((id) => !this.#actors.has(id));
    const episode = this.#episode;
    for (let at = 0; at < missing.length; at += ACTORS_A_CALL) {
      const found = await this.#ask(missing.slice(at, at + ACTORS_A_CALL));
      if (episode !== this.#episode) return [];
      for (const actor of found) this.#actors.set(actor.id, actor);
    }
    return ids.flatMap((id) => this.#actors.get(id) ?? []);
  }

  /** Makes a frame's actors known. What they cannot be known for is told in a sentence; a lost link is a CarlaError. */
  async meet(ids: readonly number[], tell: (sentence: string) => void): Promise<void> {
    const unmet = ids.filter((id) => !this.#infos.has(id));
    if (unmet.length === 0) return;
    const episode = this.#episode;
    let described: readonly Actor[] = [];
    try {
      described = await this.describe(unmet);
    } catch (error) {
      const code = error instanceof CarlaError ? error.code : null;
      if (code !== 'missing' && code !== 'server' && code !== 'wrong-type' && code !== 'arity') throw error;
      tell(`Its actors are not known: ${(error as Error).message}`);
      // A refusal may pass, and is asked about again with the next frame.
      if (code === 'server') return;
    }
    if (episode !== this.#episode) return;
    for (const id of unmet) this.#infos.set(id, unknownActor(id));
    for (const actor of described) this.#infos.set(actor.id, infoOf(actor));
    this.#forgetGone(ids);
  }

  #forgetGone(ids: readonly number[]): void {
    if (this.#infos.size <= 2 * ids.length + MANY_GONE) return;
    const here = new Set(ids);
    for (const id of this.#infos.keys()) {
      if (here.has(id)) continue;
      this.#infos.delete(id);
      this.#actors.delete(id);
    }
  }
}
