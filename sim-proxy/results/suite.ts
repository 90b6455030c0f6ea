/** Every shipped scenario with all four policies, evaluated from the Reports page in Chromium (e2e/suite-report.mjs). */
import { jsonOf, type Section } from './section.ts';

const SEEDS = 20;
const POLICIES = ['random', 'expert', 'SFT', 'SFT + PPO'];
const BAR = { seconds: 60, drives: 30 * SEEDS * POLICIES.length };

export interface SuiteData {
  readonly browser: string;
  readonly cores: number;
  readonly seeds: number;
  readonly drives: number;
  /** From the click to the finished report, and by the page's own clock. */
  readonly seconds: number;
  readonly ownSeconds: number;
  /** How often the progress bar moved. */
  readonly moves: number;
}

export const suite: Section<SuiteData> = {
  id: 'suite',
  title: 'A suite from the page',

  measure: ({ quick }) => jsonOf<SuiteData>('e2e/suite-report.mjs', [String(quick ? 1 : SEEDS)], 420_000),

  rows({ browser, cores, seeds, drives, seconds, moves }) {
    const scenarios = drives / seeds / POLICIES.length;
    return [
      {
        what: `suite of ${scenarios} scenarios × ${seeds} seeds × ${POLICIES.length} policies from the page, every published score`,
        bar: `≤ ${BAR.seconds} s on 2 cores (asked: 30 scenarios, ${BAR.drives} drives)`,
        measured: `${seconds.toFixed(1)} s; ${(drives / seconds).toFixed(0)} drives/s; the progress bar moved ${moves} times`,
        met: seconds <= BAR.seconds && cores <= 2 && drives >= BAR.drives,
        over: `1 report of ${drives} drives (${POLICIES.join(', ')})`,
        engine: `WASM in Chromium ${browser}, ${cores} cores`,
      },
    ];
  },
};
