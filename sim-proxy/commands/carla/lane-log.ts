/** The lane marks that heroes cross while drives are run, kept by drive. */
import type { CarlaEpisode, RunnerHooks } from '../../driving/online-runner.ts';
import type { CarlaClient } from '../../sources/carla/client.ts';
import { CarlaEgo } from '../../sources/carla-ego.ts';
import { heroOf } from '../../sources/carla-frames.ts';

export interface LoggedInvasion {
  readonly step: number;
  readonly text: string;
}

/** `hooks` go to the runner; `of` then tells what a drive crossed. */
export class LaneLog {
  readonly #client: CarlaClient;
  readonly #drives = new Map<CarlaEpisode, readonly LoggedInvasion[]>();
  #ego = new CarlaEgo();
  #crossed: LoggedInvasion[] = [];

  constructor(client: CarlaClient) {
    this.#client = client;
  }

  readonly hooks: Required<Pick<RunnerHooks, 'onStep' | 'onEpisode'>> = {
    onStep: async ({ step, frame }) => {
      if (step === 0) {
        this.#ego = new CarlaEgo();
        this.#ego.useMap(await this.#client.roadMap());
      }
      for (const { kind, text } of this.#ego.look(frame, heroOf(frame))?.events ?? [])
        if (kind === 'lane-invasion') this.#crossed.push({ step, text });
    },
    onEpisode: (episode) => {
      this.#drives.set(episode, this.#crossed);
      this.#crossed = [];
    },
  };

  of(episode: CarlaEpisode): readonly LoggedInvasion[] {
    return this.#drives.get(episode) ?? [];
  }
}
