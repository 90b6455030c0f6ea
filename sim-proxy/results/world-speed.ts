/** World steps a second on the junction map and how they grow with the number of actors (core/tasks/driving/world/measure.ts). */
import { MEASURED_ACTORS, measureWorld } from '../../core/tasks/driving/world/measure.ts';
import { rangeText, type Spread, spread } from './measure.ts';
import type { Section } from './section.ts';

const ROUNDS = 5;
const NANOSECONDS = 1e9;
const BAR = { actors: 8, stepsPerSecond: 300_000 };
const [LEAST, MOST] = [MEASURED_ACTORS[0], MEASURED_ACTORS[MEASURED_ACTORS.length - 1]];

export interface WorldSpeedData {
  readonly rounds: number;
  readonly actors: readonly {
    readonly actors: number;
    /** World steps a second, and nanoseconds of one step an actor, the ego's own part counted in. */
    readonly rate: Spread;
    readonly cost: Spread;
  }[];
  /** Cost of an actor in the fullest world over that in an emptier one, within each round; by the actors of the emptier. */
  readonly growth: readonly { readonly actors: number; readonly ratio: Spread }[];
}

export const worldSpeed: Section<WorldSpeedData> = {
  id: 'world',
  title: 'World steps by number of actors',

  async measure({ quick }) {
    const count = quick ? 1 : ROUNDS;
    const clock = () => performance.now();
    measureWorld(clock, 100);
    const rounds = Array.from({ length: count }, () => measureWorld(clock, quick ? 100 : 400));
    const costs = rounds.map((round) =>
      round.map(({ actors, stepsPerSecond }) => NANOSECONDS / stepsPerSecond / actors),
    );
    const last = MEASURED_ACTORS.length - 1;
    return {
      rounds: count,
      actors: MEASURED_ACTORS.map((actors, k) => ({
        actors,
        rate: spread(rounds.map((round) => round[k].stepsPerSecond)),
        cost: spread(costs.map((cost) => cost[k])),
      })),
      growth: MEASURED_ACTORS.slice(0, -1).map((actors, k) => ({
        actors,
        ratio: spread(costs.map((cost) => cost[last] / cost[k])),
      })),
    };
  },

  rows({ rounds, actors, growth }) {
    const about = { over: `${rounds} rounds`, engine: 'WASM, 1 core' };
    return [
      ...actors.map(({ actors: count, rate, cost }) => ({
        what: `world steps/s on the junction map, ${count} ${count === 1 ? 'actor' : 'actors'}`,
        ...(count === BAR.actors && {
          bar: `≥ ${BAR.stepsPerSecond.toLocaleString('en')} steps/s`,
          met: rate.median >= BAR.stepsPerSecond,
        }),
        measured: `${rangeText(rate)} steps/s; ${rangeText(cost)} ns a step and actor`,
        ...about,
      })),
      {
        what: `cost of a step and actor, ${MOST} actors over fewer`,
        bar: '≤ 1: growth no worse than linear',
        measured: growth.map(({ actors: count, ratio }) => `over ${count}: ${rangeText(ratio)}`).join('; '),
        met: growth.every(({ ratio }) => ratio.median <= 1),
        ...about,
        over: `${rounds} rounds, ${LEAST} to ${MOST} actors within each`,
      },
    ];
  },
};
