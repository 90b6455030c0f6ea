/**
 * Shape of a policy and where each of its parameters lies in one flat Float32Array.
 *
 * observation → encoder MLP → `prefix` embeddings → microgpt (RMSNorm without gain, no biases, ReLU MLP ×4, learned
 * positions, untied head) → trace tokens → z = rms(hidden state at the trace's last token) → heads.
 *
 * Sequence: [prefix 0..P-1][token 0..n-1]; the hidden state at position P-1+i predicts token i (so with P > 0 no BOS token is
 * needed) and z is read at position P-1+n. Matrices are stored [out][in], row-major. The names follow Karpathy's microgpt.
 *
 * Order: microgpt, encoder, waypoint head (together the *imitation model*, frozen during RL), then residual and value
 * heads (learned by RL). `imitationSize` is where the second part begins.
 */
export interface PolicyConfig {
  readonly vocabSize: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly context: number;
  /** Prefix embeddings made from the observation; 0 = a plain language model without encoder and heads. */
  readonly prefix: number;
  readonly observationSize: number;
  readonly encoderHidden: number;
  readonly waypoints: number;
  readonly waypointHidden: number;
  readonly residualSize: number;
  readonly residualHidden: number;
}

/** Numbers one waypoint takes in the head's output: x/WAYPOINT_SCALE_X, y/WAYPOINT_SCALE_Y, confidence logit. */
export const WAYPOINT_OUTPUTS = 3;
export const WAYPOINT_SCALE_X = 20;
export const WAYPOINT_SCALE_Y = 4;

/** Longest trace the lab writes or accepts, tokens (its `<end>` included). */
export const MAX_TRACE = 52;

/** The driving policy's size, given the vocabulary. */
export function drivingConfig(vocabSize: number, observationSize: number): PolicyConfig {
  return {
    vocabSize,
    layers: 2,
    width: 64,
    heads: 4,
    context: 96,
    prefix: 4,
    observationSize,
    encoderHidden: 128,
    waypoints: 20,
    waypointHidden: 128,
    residualSize: 4,
    residualHidden: 64,
  };
}

/** Karpathy's `names` model: 4,192 parameters. */
export const NAMES_CONFIG: PolicyConfig = {
  vocabSize: 27,
  layers: 1,
  width: 16,
  heads: 4,
  context: 16,
  prefix: 0,
  observationSize: 0,
  encoderHidden: 0,
  waypoints: 0,
  waypointHidden: 0,
  residualSize: 0,
  residualHidden: 0,
};

export type GroupName = 'base' | 'residual' | 'value';

export interface ParameterView {
  readonly name: string;
  readonly offset: number;
  /** [out, in] for matrices, [n] for vectors. */
  readonly shape: readonly number[];
}

export interface ParameterLayout {
  readonly views: readonly ParameterView[];
  readonly byName: ReadonlyMap<string, ParameterView>;
  /** Total number of parameters. */
  readonly size: number;
  /** Parameters [0, imitationSize) are the imitation model; [imitationSize, size) the RL heads. */
  readonly imitationSize: number;
}

/** What of a policy of this shape can be learned (learner.ts): a plain language model has no heads. */
export const groupsOf = ({ prefix }: PolicyConfig): readonly GroupName[] =>
  prefix > 0 ? ['base', 'residual', 'value'] : ['base'];

/** Where every parameter of `config` lies. */
export function parameterLayout(config: PolicyConfig): ParameterLayout {
  const views: ParameterView[] = [];
  let offset = 0;
  const add = (name: string, ...shape: number[]) => {
    views.push({ name, offset, shape });
    offset += shape.reduce((product, n) => product * n, 1);
  };
  const { vocabSize: V, width: E, context: T } = config;
  add('wte', V, E);
  add('wpe', T, E);
  add('lm_head', V, E);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const name of ['attn_wq', 'attn_wk', 'attn_wv', 'attn_wo']) add(`layer${layer}.${name}`, E, E);
    add(`layer${layer}.mlp_fc1`, 4 * E, E);
    add(`layer${layer}.mlp_fc2`, E, 4 * E);
  }
  if (config.prefix > 0) {
    add('encoder.w1', config.encoderHidden, config.observationSize);
    add('encoder.b1', config.encoderHidden);
    add('encoder.w2', config.prefix * E, config.encoderHidden);
    add('encoder.b2', config.prefix * E);
    add('waypoint.w1', config.waypointHidden, E);
    add('waypoint.b1', config.waypointHidden);
    add('waypoint.w2', config.waypoints * WAYPOINT_OUTPUTS, config.waypointHidden);
    add('waypoint.b2', config.waypoints * WAYPOINT_OUTPUTS);
  }
  const imitationSize = offset;
  if (config.prefix > 0) {
    add('residual.w1', config.residualHidden, E);
    add('residual.b1', config.residualHidden);
    add('residual.w2', config.residualSize, config.residualHidden);
    add('residual.b2', config.residualSize);
    add('residual.log_std', config.residualSize);
    add('value.w1', config.residualHidden, E);
    add('value.b1', config.residualHidden);
    add('value.w2', 1, config.residualHidden);
    add('value.b2', 1);
  }
  return { views, byName: new Map(views.map((v) => [v.name, v])), size: offset, imitationSize };
}
