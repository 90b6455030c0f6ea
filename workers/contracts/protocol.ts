/**
 * What the page asks of the workers and what they answer: plain data only, carried by Comlink.
 *
 * Three services. `LabService` (lab.worker.ts) answers one question at a time and is always responsive: drive, think, fork,
 * replay, links, imports, engines. `TrainService` (train.worker.ts) runs one training at a time and reports as it goes;
 * its rollouts run on a pool of rollout.worker.ts. `EvaluateService` (evaluate.worker.ts) drives suites for the Reports page
 * on such a pool.
 */
import type { EngineName } from '../../core/models/engine.ts';
import type { Failure, Result } from '../../core/base/failure.ts';
import type { PolicyIdentity } from '../../core/models/identity.ts';
import type { ReplayView } from '../../core/episode/link/codec.ts';
import type { Episode, EpisodePolicy } from '../../core/episode/episode.ts';
import type { DriveStates } from '../../core/episode/frames.ts';
import type { LogSummary, Skipped } from '../../core/io/logs/log.ts';
import type { PacketCount } from '../../core/io/recordings/carla-log-recording.ts';
import type { ActorMode } from '../../core/io/logs/reactive.ts';
import type { ActorLine } from '../../core/io/recordings/recording.ts';
import type { RecordedSeries } from '../../core/io/recordings/recording-series.ts';
import type { LogReport } from '../../core/evaluate/log-report.ts';
import type { ActorCounts } from '../../core/evaluate/actors.ts';
import type { DriveAudit } from '../../core/evaluate/audit.ts';
import type { CheckpointPoint } from '../../core/evaluate/correlation.ts';
import type { SceneFrames } from '../../core/episode/scene-frames.ts';
import type { ScoreCost } from '../../core/evaluate/costs.ts';
import type { ReportedId, ScoreId } from '../../core/tasks/driving/scores/score-list.ts';
import type { PairedLine, PolicyLine, ScoreSummary } from '../../core/evaluate/report.ts';
import type { ScoreBreakdown } from '../../core/tasks/driving/scores/lab/score.ts';
import type { Interval } from '../../core/base/statistics.ts';
import type { ScoredRow } from '../../core/evaluate/suite.ts';
import type { MetricPoint, StageReport } from '../../core/learn/run/progress.ts';

export * from '../../core/episode/frames.ts';
export type {
  ActorCounts,
  ActorLine,
  ActorMode,
  CheckpointPoint,
  DriveAudit,
  Failure,
  Interval,
  LogReport,
  LogSummary,
  PolicyLine,
  ReportedId,
  Result,
  ScoreCost,
  ScoredRow,
  ScoreId,
  ScoreSummary,
  StageReport,
};
/** What a replay link carries besides the drive. */
export type LinkView = ReplayView;

export interface ScenarioInfo {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** Of the curriculum. */
  readonly stage?: string;
  readonly hash: string;
}

/** Which policy drives: a built-in, or a checkpoint by the hash of its parameters ("shipped" = the one that came with the lab). */
export type PolicyChoice =
  | { readonly kind: 'expert' }
  | { readonly kind: 'random' }
  | { readonly kind: 'checkpoint'; readonly hash: string | 'shipped'; readonly residual: boolean };

export interface DriveRequest {
  readonly scenario: string;
  readonly seed: number;
  readonly policy: PolicyChoice;
  /** ISO time for the record (core has no clock). */
  readonly now: string;
}

/** One decision opened up: every token with what the model saw and preferred. */
export interface Thought {
  readonly decision: number;
  readonly step: number;
  readonly policy: EpisodePolicy;
  /** False for expert traces: written by rule, no probabilities. */
  readonly byModel: boolean;
  readonly tokens: readonly ThoughtToken[];
  readonly observation: Float32Array;
  readonly checks: readonly ThoughtCheck[];
  /** 20 × (x, y), ego frame of the decision, m, and 20 confidences. */
  readonly waypoints: Float32Array;
  readonly confidence: Float32Array;
  readonly value?: number;
  readonly residual?: readonly number[];
}
export interface ThoughtToken {
  readonly id: number;
  readonly word: string;
  /** perceive | predict | plan | act */
  readonly stage: string;
  /** Plain-language gloss for a tooltip: "speed about 6 m/s". */
  readonly meaning: string;
  readonly probability?: number;
  /** Nats. */
  readonly entropy?: number;
  readonly alternatives: readonly { readonly id: number; readonly word: string; readonly probability: number }[];
  /** What this token's position attended to, last layer, mean over heads, strongest first. */
  readonly attention: readonly { readonly label: string; readonly weight: number }[];
  readonly editedFrom?: string;
}
export interface ThoughtCheck {
  readonly name: 'grounded' | 'consistent' | 'necessary' | 'sufficient' | 'format';
  readonly passed: boolean | null;
  readonly text: string;
}

export interface EngineMeasurement {
  readonly engine: EngineName;
  readonly available: boolean;
  /** Why not available, or what runs it ("WebGPU (software): SwiftShader"). */
  readonly text: string;
  readonly software: boolean;
  /** Decisions a second at the batch asked for. */
  readonly decisionsPerSecond?: number;
}

/** Recordings, without policies: loaded apart, so that a dropped file plays soon. */
export interface RecordingService {
  /** A simulator's recording from its file, read piece by piece. */
  openRecording(name: string, file: Blob, now: string): Promise<Result<RecordingDetails>>;
  /** The recording of an episode. */
  showRecording(episode: Episode): Promise<Result<RecordingDetails>>;
  /** The same through the eyes of another actor. */
  followActor(episode: Episode, actor: string): Promise<Result<RecordedView>>;
  /** Gives a recording its OpenDRIVE map; refused when the drive does not lie on it. */
  addMap(episode: Episode, name: string, file: Blob): Promise<Result<RecordingDetails>>;
}

/** Files that belong to an OpenSCENARIO file: its OpenDRIVE map, and its catalogues. */
export interface DriveFiles {
  readonly map?: File | undefined;
  readonly catalogues?: readonly File[];
}

export interface LabService extends RecordingService {
  scenarios(): Promise<readonly ScenarioInfo[]>;
  drive(request: DriveRequest): Promise<Result<Episode>>;
  /** Recomputes the states of an episode; also the proof of its hashes. */
  frames(episode: Episode): Promise<Result<DriveStates>>;
  think(episode: Episode, decision: number): Promise<Result<Thought>>;
  /** Changes one token, re-decodes the rest, re-drives to the end. The original is untouched. */
  fork(episode: Episode, decision: number, token: number, word: string, now: string): Promise<Result<Episode>>;
  shareLink(episode: Episode, view: LinkView): Promise<Result<{ readonly fragment: string; readonly length: number }>>;
  openLink(fragment: string, now: string): Promise<Result<{ readonly episode: Episode; readonly view: LinkView }>>;
  /**
   * Episode JSON or a recorded drive of a known format; a report where the file holds the ego's drive; nothing is stored.
   */
  openFile(
    name: string,
    bytes: Uint8Array,
    policy: PolicyChoice,
    now: string,
    actors?: ActorMode,
    beside?: DriveFiles,
  ): Promise<Result<DrivenLog>>;
  exportEpisode(episode: Episode): Promise<Uint8Array>;
  /** Puts a policy in the place of a recorded actor, among the others as recorded or reacting. */
  driveRecording(episode: Episode, request: RecordingDrive): Promise<Result<DrivenLog>>;
  measureEngines(): Promise<readonly EngineMeasurement[]>;
  /** Checkpoints drive on this engine from now on; returns its description. */
  useEngine(name: EngineName): Promise<Result<string>>;
  /** A drive's scores read backwards: what cost points, and at which step. */
  audit(episode: Episode): Promise<Result<DriveAudit>>;
  /** Reads a scenario's text and puts the world at its start; a mistake in it comes back as data. */
  checkDraft(text: string, seed: number): Promise<Result<DraftCheck>>;
  /** Drives a scenario's text with the expert; the episode carries the text. */
  driveDraft(text: string, seed: number, now: string): Promise<Result<Episode>>;
  /** Makes this checkpoint drivable; returns its hash. */
  loadCheckpoint(bytes: Uint8Array): Promise<Result<{ readonly hash: string; readonly name: string }>>;
}

/** A log the policy has driven in. */
export interface DrivenLog {
  readonly episode: Episode;
  readonly report?: LogReport;
  readonly imported?: LogSummary;
}
interface RecordingDrive {
  /** Id of the actor in the scene. */
  readonly ego: string;
  readonly actors: ActorMode;
  readonly policy: PolicyChoice;
  readonly now: string;
}

/** A recording through one actor's eyes. */
export interface RecordedView {
  readonly follow: string;
  readonly frames: DriveStates;
  readonly series: readonly RecordedSeries[];
  readonly score: ScoreBreakdown;
}
/** A recording ready to look at. */
export interface RecordingDetails {
  /** Carries the file; its events and score are the hero's. */
  readonly episode: Episode;
  readonly scene: SceneFrames;
  readonly view: RecordedView;
  /** The map that the recording names, and the file that is used as such. */
  readonly mapName: string;
  readonly map: string | null;
  readonly frames: number;
  readonly layout: 'wheels' | 'door' | null;
  readonly recordedAtUnixS: number;
  readonly bytes: number;
  readonly actors: readonly ActorLine[];
  /** Steer (left +), throttle, brake, handbrake, gear of the hero, five numbers a step; empty where the file has none. */
  readonly controls: Float32Array;
  readonly packets: readonly PacketCount[];
  readonly skipped: readonly Skipped[];
  readonly notes: readonly string[];
  /** Whether the episode can be kept; false for files too long to stand in one. */
  readonly kept: boolean;
}

export interface DraftProblem {
  /** 1-based; 0 when the whole text is meant. */
  readonly line: number;
  /** "actors.1.speedMps" */
  readonly path: string;
  readonly problem: string;
  readonly expected: string;
}
export type DraftCheck =
  | { readonly fits: false; readonly problem: DraftProblem }
  | {
      readonly fits: true;
      readonly id: string;
      readonly title: string;
      readonly actors: number;
      readonly timeLimitSeconds: number;
      /** A drive of no steps: the world as the seed drew it. */
      readonly episode: Episode;
      readonly frames: DriveStates;
    };

/** A checkpoint to report on, with and without its residual; `bytes` (safetensors) absent = the shipped one. */
export interface ReportCheckpoint {
  readonly id: string;
  readonly bytes?: Uint8Array;
}
/** Random and expert are always part of a report. Seeds are the first `seeds` held-out ones. */
export interface ReportRequest {
  readonly scenarios: readonly string[];
  readonly seeds: number;
  readonly checkpoints: readonly ReportCheckpoint[];
}
/** One policy in one scenario. A checkpoint's `hash` is its id in the request. */
export interface ReportCell {
  readonly policy: PolicyIdentity;
  readonly scenario: string;
  /** In the order of seeds. */
  readonly rows: readonly ScoredRow[];
  /** Every score and metric over the rows; null where none has a value. */
  readonly scores: Readonly<Record<ReportedId, ScoreSummary | null>>;
  readonly collisions: number;
}
export interface ReportProgress {
  /** Drives. */
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | null;
  /** Finished since the last progress. */
  readonly cells: readonly ReportCell[];
}
export interface ReportResult {
  readonly cancelled: boolean;
  readonly seconds: number;
  /** Over all scenarios asked for, by `policyKey`; empty when cancelled. */
  readonly lines: Readonly<Record<string, PolicyLine>>;
}
/** Policy `a` minus policy `b` by one score, on the scenarios both have driven. */
export interface ReportComparison extends Omit<PairedLine, 'policy' | 'baseline'> {
  readonly score: ReportedId;
  /** Scenarios in which no drive has a value of the score are left out. */
  readonly byScenario: Readonly<Record<string, PairedLine['difference']>>;
  /** Drives in which a did better, the same, worse. */
  readonly better: number;
  readonly same: number;
  readonly worse: number;
}
export type ReportFormat = 'json' | 'csv' | 'markdown';

/** Checkpoints of one run kept in this browser, to be measured offline and in closed loop. */
export interface CorrelationRequest {
  readonly run: string;
  readonly scenarios: readonly string[];
  readonly seeds: number;
}
export interface CorrelationProgress {
  readonly done: number;
  readonly total: number;
  readonly points: readonly CheckpointPoint[];
}
export interface EvaluateService {
  /** One report at a time; what an earlier one has driven is not driven again. */
  run(request: ReportRequest, onProgress: (progress: ReportProgress) => void): Promise<Result<ReportResult>>;
  /** Stops at once; finished cells are kept. */
  cancel(): Promise<void>;
  compare(a: PolicyIdentity, b: PolicyIdentity, score: ReportedId): Promise<Result<ReportComparison>>;
  /** The last finished report as text; JSON is `metrics.json` with one entry a policy. */
  exportReport(format: ReportFormat): Promise<Result<string>>;
  /** Measures every checkpoint; stopped by `cancel`, it gives the points it has. */
  correlate(
    request: CorrelationRequest,
    onProgress: (progress: CorrelationProgress) => void,
  ): Promise<Result<readonly CheckpointPoint[]>>;
}

export interface TrainConfig {
  readonly seed: number;
  readonly name: string;
  /** Absent: the first of the list of stages. */
  readonly algorithm?: string;
  /** What the rollouts think on; absent: the kernels. */
  readonly engine?: EngineName;
  /** Overrides of the stages' hyperparameters, by stage. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
export interface EvaluationRow {
  readonly policy: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly collisionsPer100: number;
  readonly formatValid: number | null;
}
export interface TrainReport {
  readonly run: string;
  readonly stages: readonly StageReport[];
  /** Since the last report. */
  readonly points: readonly MetricPoint[];
  /** Drives worth watching since the last report, newest last: clicking a curve point opens the nearest. */
  readonly episodes: readonly { readonly stage: string; readonly x: number; readonly episode: Episode }[];
  readonly rows?: readonly EvaluationRow[];
  /** Paired difference of the result minus SFT with its 95 % interval. */
  readonly paired?: { readonly mean: number; readonly low: number; readonly high: number; readonly pairs: number };
  readonly failure?: Failure;
}
export interface RunInfo {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly status: StageReport['status'];
  readonly seed: number;
  /** What followed SFT; absent in runs kept before there was a choice, which had PPO. */
  readonly algorithm?: string;
  readonly score: ScoreBreakdown['score'] | null;
  /** Hash of the newest checkpoint, if any. */
  readonly checkpoint: string | null;
}
export interface TrainService {
  start(config: TrainConfig, onReport: (report: TrainReport) => void): Promise<Result<{ readonly run: string }>>;
  /** Continues a run from its last checkpoint (after a reload or a killed tab too). */
  resumeRun(run: string, onReport: (report: TrainReport) => void): Promise<Result<{ readonly run: string }>>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  runs(): Promise<readonly RunInfo[]>;
  /** safetensors bytes of a run's newest checkpoint. */
  checkpoint(run: string): Promise<Result<Uint8Array>>;
  deleteRun(run: string): Promise<void>;
}
