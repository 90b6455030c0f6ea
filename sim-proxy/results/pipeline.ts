/**
 * The whole pipeline on worker threads for commands that want its result and no run folder (`ship`, `results`). The result
 * depends on the number of workers, so it is an argument and never the machine's.
 */
import { TrainControl } from '../../core/learn/run/hold.ts';
import type { EvaluationResult } from '../../core/learn/evaluate.ts';
import { Pipeline, type PipelineConfig, type PipelineResult } from '../../core/learn/run/runner.ts';
import { pipelineOf } from '../../core/learn/stages.ts';
import type { StageReport } from '../../core/learn/run/progress.ts';
import { DRIVING } from '../../core/tasks/driving-task.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import type { Scenario } from '../../core/tasks/driving/scenario/scenario.ts';
import { createNodeRollouts } from '../node/rollouts.ts';
import { shippedScenarios } from '../node/scenarios.ts';

export interface PipelineRun extends PipelineResult {
  readonly evaluation: EvaluationResult;
  readonly stages: readonly StageReport[];
  /** Wall time from nothing to the report, s. */
  readonly seconds: number;
}

/** Trains from nothing and evaluates; tells its progress on stderr. */
export async function runPipeline(
  config: PipelineConfig,
  workers: number,
  scenarios: readonly Scenario[] = [...shippedScenarios().values()],
): Promise<PipelineRun> {
  const started = performance.now();
  const clock = () => (performance.now() - started) / 1000;
  const pool = createNodeRollouts(workers);
  let said = '';
  const pipeline = new Pipeline({
    stages: pipelineOf(),
    task: DRIVING,
    engine: () => 'wasm',
    config,
    policy: POLICY_CONFIG,
    scenarios,
    workers: pool.workers,
    ...pool.learners(POLICY_CONFIG),
    control: new TrainControl(),
    clock,
    report(stages) {
      const now = stages.find((stage) => stage.status === 'running');
      if (!now) return;
      const line = `${now.stage} ${Math.floor(now.progress * 5) * 20} %`;
      if (line === said) return;
      said = line;
      console.error(`${clock().toFixed(0).padStart(4)} s  ${line.padEnd(16)} ${now.summary}`);
    },
    save: async () => {},
  });
  const result = await pipeline.run().finally(() => pool.dispose());
  return {
    ...result,
    evaluation: result.evaluation as EvaluationResult,
    stages: pipeline.state.stages,
    seconds: clock(),
  };
}
