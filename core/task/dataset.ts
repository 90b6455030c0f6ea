/** Examples to imitate, as flat arrays: what an oracle writes and does, a row each. What SFT learns from, whatever the task. */

/** Numbers a row takes. */
export interface DatasetShape {
  readonly observationSize: number;
  readonly maxTokens: number;
  /** Waypoints of a plan to imitate beside the trace; 0 where the trace says everything. */
  readonly waypoints: number;
}

/** Row i is one decision. Shapes as in SftBatch. */
export interface TraceDataset extends DatasetShape {
  readonly size: number;
  readonly observations: Float32Array;
  readonly tokens: Int32Array;
  readonly lengths: Int32Array;
  readonly tokenWeights: Float32Array;
  /** [size × waypoints × 2] */
  readonly targets: Float32Array;
}

export function emptyDataset(size: number, { observationSize, maxTokens, waypoints }: DatasetShape): TraceDataset {
  return {
    size,
    observationSize,
    maxTokens,
    waypoints,
    observations: new Float32Array(size * observationSize),
    tokens: new Int32Array(size * maxTokens).fill(-1),
    lengths: new Int32Array(size),
    tokenWeights: new Float32Array(size * maxTokens),
    targets: new Float32Array(size * waypoints * 2),
  };
}

/** One dataset of several of one shape, in order. Throws RangeError without any. */
export function concatDatasets(parts: readonly TraceDataset[]): TraceDataset {
  if (parts.length === 0) throw new RangeError('no datasets to join');
  const whole = emptyDataset(
    parts.reduce((n, part) => n + part.size, 0),
    parts[0],
  );
  const { observationSize, maxTokens, waypoints } = whole;
  let at = 0;
  for (const part of parts) {
    whole.observations.set(part.observations, at * observationSize);
    whole.tokens.set(part.tokens, at * maxTokens);
    whole.lengths.set(part.lengths, at);
    whole.tokenWeights.set(part.tokenWeights, at * maxTokens);
    whole.targets.set(part.targets, at * waypoints * 2);
    at += part.size;
  }
  return whole;
}
