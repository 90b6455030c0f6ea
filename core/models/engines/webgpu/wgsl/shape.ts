/**
 * What every kernel knows of the policy at compile time: sizes and parameter offsets as WGSL constants, so loops have constant
 * bounds and no size is passed twice.
 *
 * On the GPU each matrix is kept transposed, [in][out], inside its own range of the flat vector: thread c makes output c, and
 * neighbouring threads then read neighbouring words. The embeddings are read row by row and stay as they are. Nothing else
 * moves, so an element-wise optimiser (one Adam dispatch over the flat buffer) works on it unchanged.
 */
import {
  WAYPOINT_OUTPUTS,
  WAYPOINT_SCALE_X,
  WAYPOINT_SCALE_Y,
  parameterLayout,
  type ParameterLayout,
  type PolicyConfig,
} from '../../../config.ts';

/** Rows one workgroup carries, one in each component of a vec4: every weight read is used four times. */
export const ROWS = 4;

/** Parameters outside the layers that some kernel reads; a plain language model lacks most, and its loops over them are empty. */
const MLPS = ['encoder', 'waypoint', 'residual', 'value'];
const READ = ['wte', 'wpe', 'lm_head', ...MLPS.flatMap((mlp) => [`${mlp}.w1`, `${mlp}.b1`, `${mlp}.w2`, `${mlp}.b2`])];

/** WGSL constants for `config`: sizes, and `AT_<name>` for the offset of each parameter outside the layers. */
export function shapeConstants(config: PolicyConfig): string {
  const layout = parameterLayout(config);
  const { width, heads, layers, vocabSize, context, prefix, observationSize, encoderHidden } = config;
  const sizes: Record<string, number> = {
    E: width,
    HEADS: heads,
    HEAD: width / heads,
    LAYERS: layers,
    VOCAB: vocabSize,
    CONTEXT: context,
    PREFIX: prefix,
    OBSERVATION: observationSize,
    ENCODER: encoderHidden,
    WAYPOINT_HIDDEN: config.waypointHidden,
    WAYPOINT_OUT: config.waypoints * WAYPOINT_OUTPUTS,
    RL_HIDDEN: config.residualHidden,
    RESIDUAL: config.residualSize,
    SCRATCH: scratchRows(config),
    AT_LAYERS: layout.byName.get('layer0.attn_wq')?.offset ?? 0,
  };
  for (const name of READ) sizes[`AT_${name.replace('.', '_').toUpperCase()}`] = layout.byName.get(name)?.offset ?? 0;
  const lines = Object.entries(sizes).map(([name, value]) => `const ${name} = ${value}u;`);
  return `${lines.join('\n')}\nconst SCALE = vec2f(${WAYPOINT_SCALE_X}.0, ${WAYPOINT_SCALE_Y}.0);\n`;
}

/** vec4 slots the phases of generation take in turn: observation and encoder, attention scores, MLP, logits. */
function scratchRows(config: PolicyConfig): number {
  return Math.max(
    4 * config.width,
    config.heads * config.context,
    config.vocabSize,
    config.observationSize + config.encoderHidden,
  );
}

/** Bytes of workgroup memory the larger kernel declares (generation: scratch, stream, query, embedding, bookkeeping). */
export function workgroupBytes(config: PolicyConfig): number {
  const generate = (scratchRows(config) + 3 * config.width) * 16 + 64;
  const heads = (config.width + config.waypointHidden + 2 * config.residualHidden) * 16;
  return Math.max(generate, heads);
}

/** The flat parameters in the order the kernels read: matrices transposed in place, embeddings and vectors unchanged. */
export function toKernelOrder(layout: ParameterLayout, flat: Float32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(flat);
  for (const { name, offset, shape } of layout.views) {
    if (shape.length !== 2 || name === 'wte' || name === 'wpe') continue;
    const [rows, columns] = shape as [number, number];
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) out[offset + c * rows + r] = flat[offset + r * columns + c];
    }
  }
  return out;
}
