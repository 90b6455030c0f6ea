/** World steps a second on the junction map and how they grow with the number of actors (core/world/measure-world.ts). */
import { MEASURED_ACTORS, measureWorld } from '../../core/world/measure-world.ts';
import { rangeText, type Spread, spread } from '../measure.ts';
import type { Section } from './section.ts';

const ROUNDS = 5;
const BAR = { actors: 8, stepsPerSecond: 300_000 };
/** A member may cost that much more in a bigger world before growth counts as worse than linear: what timing cannot tell apart. */
const TIMING_SLACK = 0.05;
const [LEAST, MOST] = [MEASURED_ACTORS[0], MEASURED_ACTORS[MEASURED_ACTORS.length - 1]];

export interface WorldSpeedData {
  readonly rounds: number;
  readonly actors: readonly {
    readonly actors: number;
    /** World steps a second, and nanoseconds of one step a member (actors and ego). */
    readonly rate: Spread;
    readonly cost: Spread;
  }[];
  /** Cost of a member with the most actors over that with fewer, within each round: by number of the fewer. */
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
    const column = (k: number) => rounds.map((round) => round[k]);
    const last = MEASURED_ACTORS.length - 1;
    return {
      rounds: count,
      actors: MEASURED_ACTORS.map((actors, k) => ({
        actors,
        rate: spread(column(k).map(({ stepsPerSecond }) => stepsPerSecond)),
        cost: spread(column(k).map(({ nanosecondsPerMember }) => nanosecondsPerMember)),
      })),
      growth: MEASURED_ACTORS.slice(0, -1).map((actors, k) => ({
        actors,
        ratio: spread(rounds.map((round) => round[last].nanosecondsPerMember / round[k].nanosecondsPerMember)),
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
        measured: `${rangeText(rate)} steps/s; ${rangeText(cost)} ns a step and member`,
        ...about,
      })),
      {
        what: `cost of one member of the world, ${MOST} actors over fewer`,
        bar: `no worse than linear: ≤ 1 (timing slack ${TIMING_SLACK})`,
        measured: growth.map(({ actors: count, ratio }) => `over ${count}: ${rangeText(ratio)}`).join('; '),
        met: growth.every(({ ratio }) => ratio.median <= 1 + TIMING_SLACK),
        ...about,
        over: `${rounds} rounds, ${LEAST} to ${MOST} actors within each`,
      },
    ];
  },
};
