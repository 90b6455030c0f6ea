/** The same seed twice in Node and twice in Chromium: state hashes of every shipped scenario (core/tasks/driving/hash-drives.ts). */
import { DRIVE_KINDS, type DriveHashes, scenarioHashes } from '../../core/tasks/driving/hash-drives.ts';
import { shippedScenarios } from '../node/scenarios.ts';
import { jsonOf, type Section } from './section.ts';

const SEED = 1;
const ROUNDS = 2;
type Hashes = Readonly<Record<string, DriveHashes>>;

export interface DeterminismData {
  readonly browser: string;
  readonly scenarios: number;
  readonly drives: number;
  /** World steps of all drives together. */
  readonly steps: number;
  /** Drives that did not hash equal in all runs: "roundabout, expert". */
  readonly different: readonly string[];
}

export const determinism: Section<DeterminismData> = {
  id: 'determinism',
  title: 'Determinism',

  async measure() {
    const node = Array.from({ length: ROUNDS }, () => scenarioHashes(shippedScenarios(), SEED));
    const chromium = await jsonOf<{ browser: string; rounds: readonly Hashes[] }>(
      'e2e/hashes-report.mjs',
      [String(SEED), String(ROUNDS)],
      180_000,
    );
    const [first] = node;
    const runs: readonly Hashes[] = [...node, ...chromium.rounds];
    const drives = Object.keys(first);
    return {
      browser: chromium.browser,
      scenarios: shippedScenarios().size,
      drives: drives.length,
      steps: drives.reduce((sum, drive) => sum + first[drive].steps, 0),
      different: drives.filter((drive) => runs.some((run) => run[drive]?.hashes !== first[drive].hashes)),
    };
  },

  rows: ({ browser, scenarios, drives, steps, different }) => [
    {
      what: 'state hashes of the same seed, twice in Node and twice in Chromium',
      bar: 'equal for all scenarios',
      measured: different.length === 0 ? `equal in all ${drives} drives` : `differ in ${different.join('; ')}`,
      met: different.length === 0,
      over: `${scenarios} scenarios × ${DRIVE_KINDS.length} drives (fixed controls, the expert), ${steps} steps in all, hashed every 50`,
      engine: `WASM in Node ${process.versions.node} and Chromium ${browser}`,
    },
  ],
};
