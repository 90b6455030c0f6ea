/**
 * A closed-loop suite: one driver over scenarios × seeds, many worlds at a time, one row a drive.
 *
 * Every DECISION_STEPS the driver gets the observations of the unfinished worlds only; worlds that finished take the next drive
 * at that moment, so batches stay full. A drive's result depends on its scenario, seed and driver alone: neither batch size
 * nor order changes a row, and its hash proves it. With `scored` the track of every drive is recorded as it drives (one row a step) and
 * scored when it ends: rows leave here with every published score, tracks never do.
 */
import { type ActorCounts, countActors } from './actors.ts';
import type { ActExtra } from '../task/policy.ts';
import { episodeKey } from '../task/episode-key.ts';
import { rollout } from '../task/rollout.ts';
import { PlanEnv } from '../tasks/driving/plan-env.ts';
import { driveOne, type DrivingPolicy } from '../tasks/driving/policy/driver.ts';
import { humanTrack, type HumanTrack, openLoopScores } from './human.ts';
import type { ClosedLoopMetrics } from '../tasks/driving/scores/closed-loop.ts';
import {
  allScores,
  type DriveInfraction,
  type DriveReport,
  driveScores,
  type OpenLoopScores,
} from '../tasks/driving/scores/drive-scores.ts';
import { TrackRecorder } from '../tasks/driving/scores/record-track.ts';
import type { DriveScores } from '../tasks/driving/scores/score-list.ts';
import type { DriveTrack } from '../tasks/driving/scores/track.ts';
import { mixSeed } from '../base/random.ts';
import { isValidTrace } from '../tasks/driving/words/sentence.ts';
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';
import type { Worlds } from '../tasks/driving/world/world.ts';
import { MAX_TRACE } from '../models/config.ts';
import { type ScoreBreakdown, scoreDrive } from '../tasks/driving/scores/lab/score.ts';

/** What one drive gave. */
export interface EpisodeRow {
  readonly scenario: string;
  readonly seed: number;
  readonly steps: number;
  /** State hash after the last step, 16 hex digits. */
  readonly hash: string;
  readonly score: ScoreBreakdown;
  readonly collision: boolean;
  readonly offRoad: boolean;
  readonly redLight: boolean;
  readonly decisions: number;
  /** Decisions whose trace is well formed; null for a driver that writes none. */
  readonly validTraces: number | null;
}

/** A drive with every published score. */
export interface ScoredRow extends EpisodeRow {
  readonly scores: DriveScores;
  readonly metrics: ClosedLoopMetrics;
  readonly infractions: readonly DriveInfraction[];
  readonly actors: ActorCounts;
}

/** What a suite needs of a scenario; `human` is the recorded driver's track of a log. */
export interface SuiteScenario {
  readonly id: string;
  readonly human?: HumanTrack;
}

export interface SuiteOptions<S extends SuiteScenario> {
  readonly driver: DrivingPolicy;
  readonly createWorlds: (count: number) => Worlds;
  readonly instantiate: (scenario: S, seed: number) => WorldSpec;
  readonly scenarios: readonly S[];
  readonly seeds: readonly number[];
  /** Worlds driven at once. */
  readonly batch?: number;
  /** Whether rows carry the published scores (`ScoredRow`). */
  readonly scored?: boolean;
  /** Awaited before every batch of decisions; waits to pause, throws to stop. */
  readonly control?: { checkpoint(): Promise<void> };
}

/** A drive under way in one world. */
interface Drive {
  readonly index: number;
  readonly spec: WorldSpec;
  readonly scenario: SuiteScenario;
  readonly recorder: TrackRecorder | undefined;
  readonly key: number;
  step: number;
  decisions: number;
  validTraces: number | null;
}

/** Drives everything; rows in the order of scenarios, then seeds. Rejects with what `control.checkpoint` or the driver throws. */
export function runSuite<S extends SuiteScenario>(
  options: SuiteOptions<S> & { readonly scored: true },
): Promise<ScoredRow[]>;
export function runSuite<S extends SuiteScenario>(options: SuiteOptions<S>): Promise<EpisodeRow[]>;
export async function runSuite<S extends SuiteScenario>(options: SuiteOptions<S>): Promise<EpisodeRow[]> {
  const { driver, createWorlds, instantiate, scenarios, seeds, batch = 64, scored, control } = options;
  const total = scenarios.length * seeds.length;
  const rows: EpisodeRow[] = Array.from({ length: total });
  if (total === 0) return rows;
  const worlds = createWorlds(Math.min(batch, total));
  const drives: (Drive | undefined)[] = Array.from({ length: worlds.count });
  const running = (i: number): Drive => drives[i] as Drive;
  const humans = new HumanLogs(driver, createWorlds);
  const env = new PlanEnv(worlds, (i) => {
    const drive = running(i);
    drive.step++;
    drive.recorder?.push(worlds.state(i));
  });
  let begun = 0;
  try {
    await rollout(env, driver, Number.POSITIVE_INFINITY, {
      checkpoint: control && (() => control.checkpoint()),
      next(i) {
        if (begun >= total) return undefined;
        const scenario = scenarios[Math.floor(begun / seeds.length)];
        const seed = seeds[begun % seeds.length];
        const spec = instantiate(scenario, seed);
        const recorder = scored ? new TrackRecorder(spec) : undefined;
        const key = episodeKey(scenario.id, seed);
        drives[i] = { index: begun++, spec, scenario, recorder, key, step: 0, decisions: 0, validTraces: null };
        return spec;
      },
      key: (i) => mixSeed(running(i).key, running(i).step),
      acted({ extra }, rows) {
        rows.forEach((i, row) => {
          const drive = running(i);
          if (drive.decisions++ === 0) drive.recorder?.push(worlds.state(i));
          const valid = traceIsValid(extra, row);
          if (valid !== null) drive.validTraces = (drive.validTraces ?? 0) + (valid ? 1 : 0);
        });
      },
      async ended(i) {
        const drive = running(i);
        const row = finish(worlds, i, drive);
        rows[drive.index] = drive.recorder ? await scoreRow(row, drive, worlds.truncated[i] === 1, humans) : row;
        drives[i] = undefined;
      },
    });
  } finally {
    env.dispose();
    humans.dispose();
  }
  return rows;
}

/** What human logs say of a scenario, worked out once for all its drives. */
class HumanLogs {
  readonly #driver: DrivingPolicy;
  readonly #createWorlds: (count: number) => Worlds;
  readonly #openLoop = new Map<HumanTrack, Promise<OpenLoopScores>>();
  #worlds: Worlds | undefined;

  constructor(driver: DrivingPolicy, createWorlds: (count: number) => Worlds) {
    this.#driver = driver;
    this.#createWorlds = createWorlds;
  }

  async of(spec: WorldSpec, log: HumanTrack | undefined): Promise<{ track?: DriveTrack; openLoop?: OpenLoopScores }> {
    if (!log) return {};
    this.#worlds ??= this.#createWorlds(1);
    const scores = this.#openLoop.get(log) ?? openLoopScores(spec, log, driveOne(this.#driver), this.#worlds);
    this.#openLoop.set(log, scores);
    return { track: humanTrack(spec, log), openLoop: await scores };
  }

  dispose(): void {
    this.#worlds?.dispose();
  }
}

async function scoreRow(row: EpisodeRow, drive: Drive, timedOut: boolean, humans: HumanLogs): Promise<ScoredRow> {
  const { spec, recorder, scenario } = drive;
  if (!recorder) throw new Error('A drive without its track has no published scores.');
  const { track: human, openLoop } = await humans.of(spec, scenario.human);
  const { scores, metrics, infractions } = scoreTrack(recorder.track(), row.score.success, timedOut, human);
  return { ...row, scores: allScores(row.score, scores, openLoop), metrics, infractions, actors: countActors(spec) };
}

/** The published scores of a drive of the lab's world: what a suite and an audit of one drive both say. */
export function scoreTrack(track: DriveTrack, success: boolean, timedOut: boolean, human?: DriveTrack): DriveReport {
  return driveScores(track, {
    success,
    ...(human && { human }),
    ...(timedOut && { carla: { more: [{ kind: 'route-timeout', step: track.rows - 1 }] } }),
  });
}

function traceIsValid({ tokens, lengths }: ActExtra, row: number): boolean | null {
  if (!tokens || !lengths) return null;
  return isValidTrace(tokens.subarray(row * MAX_TRACE, row * MAX_TRACE + lengths[row]));
}

function finish(worlds: Worlds, world: number, { spec, decisions, validTraces }: Drive): EpisodeRow {
  const totals = worlds.totals(world);
  const score = scoreDrive(totals, worlds.state(world).success, spec.maxSteps);
  return {
    scenario: spec.scenarioId,
    seed: spec.seed,
    steps: totals.steps,
    hash: worlds.hash(world),
    score,
    collision: score.noCollision === 0,
    offRoad: score.onRoad === 0,
    redLight: score.noRedLight === 0,
    decisions,
    validTraces,
  };
}
