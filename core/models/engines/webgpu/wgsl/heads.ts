/**
 * All heads on z in one dispatch: waypoints (ReLU hidden layer; metres and confidence out), residual and value (tanh).
 * A workgroup of 64 threads carries four rows, one in each component of a vec4.
 */
import type { PolicyConfig } from '../../../config.ts';
import { shapeConstants } from './shape.ts';

export function headsShader(config: PolicyConfig): string {
  return /* wgsl */ `${shapeConstants(config)}
const THREADS = 64u;
const HIDDEN = WAYPOINT_HIDDEN + 2u * RL_HIDDEN;
const OUT = WAYPOINT_OUT + RESIDUAL + 1u;

struct Call {
  batch: u32,
  ticket: u32,
}

@group(0) @binding(0) var<storage, read> params: array<f32>;
@group(0) @binding(1) var<storage, read> input: array<f32>; // z [batch][E]
// waypoints [batch][WAYPOINT_OUT], residual [batch][RESIDUAL], value [batch], ticket per workgroup
@group(0) @binding(2) var<storage, read_write> output: array<u32>;
@group(0) @binding(3) var<uniform> call: Call;

var<workgroup> z: array<vec4f, E>;
var<workgroup> hidden: array<vec4f, HIDDEN>;

/** Output o of an affine map whose matrix [n][width] stands at w, bias at b, of z. */
fn affineOfZ(w: u32, b: u32, width: u32, o: u32) -> vec4f {
  var sum = vec4f(params[b + o]);
  for (var i = 0u; i < E; i++) { sum += params[w + i * width + o] * z[i]; }
  return sum;
}

/** The same of hidden[first ..< first + n]. */
fn affineOfHidden(w: u32, b: u32, width: u32, o: u32, first: u32, n: u32) -> vec4f {
  var sum = vec4f(params[b + o]);
  for (var i = 0u; i < n; i++) { sum += params[w + i * width + o] * hidden[first + i]; }
  return sum;
}

@compute @workgroup_size(THREADS)
fn heads(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstRow = workgroup.x * 4u;
  for (var i = local.x; i < E; i += THREADS) {
    var x = vec4f(0.0);
    for (var r = 0u; r < 4u; r++) {
      if (firstRow + r < call.batch) { x[r] = input[(firstRow + r) * E + i]; }
    }
    z[i] = x;
  }
  workgroupBarrier();
  for (var o = local.x; o < HIDDEN; o += THREADS) {
    if (o < WAYPOINT_HIDDEN) {
      hidden[o] = max(affineOfZ(AT_WAYPOINT_W1, AT_WAYPOINT_B1, WAYPOINT_HIDDEN, o), vec4f(0.0));
    } else if (o < WAYPOINT_HIDDEN + RL_HIDDEN) {
      hidden[o] = smoothTanh(affineOfZ(AT_RESIDUAL_W1, AT_RESIDUAL_B1, RL_HIDDEN, o - WAYPOINT_HIDDEN));
    } else {
      hidden[o] = smoothTanh(affineOfZ(AT_VALUE_W1, AT_VALUE_B1, RL_HIDDEN, o - WAYPOINT_HIDDEN - RL_HIDDEN));
    }
  }
  workgroupBarrier();
  for (var o = local.x; o < OUT; o += THREADS) {
    var y: vec4f;
    var at = 0u; // of row 0 in the output, and words from row to row
    var stride = 1u;
    if (o < WAYPOINT_OUT) {
      y = affineOfHidden(AT_WAYPOINT_W2, AT_WAYPOINT_B2, WAYPOINT_OUT, o, 0u, WAYPOINT_HIDDEN);
      if (o % 3u == 2u) { y = 1.0 / (1.0 + exp(-y)); } else { y *= SCALE[o % 3u]; }
      at = o;
      stride = WAYPOINT_OUT;
    } else if (o < WAYPOINT_OUT + RESIDUAL) {
      let i = o - WAYPOINT_OUT;
      y = affineOfHidden(AT_RESIDUAL_W2, AT_RESIDUAL_B2, RESIDUAL, i, WAYPOINT_HIDDEN, RL_HIDDEN);
      at = call.batch * WAYPOINT_OUT + i;
      stride = RESIDUAL;
    } else {
      y = affineOfHidden(AT_VALUE_W2, AT_VALUE_B2, 1u, 0u, WAYPOINT_HIDDEN + RL_HIDDEN, RL_HIDDEN);
      at = call.batch * (WAYPOINT_OUT + RESIDUAL);
    }
    for (var r = 0u; r < 4u; r++) {
      if (firstRow + r < call.batch) { output[at + (firstRow + r) * stride] = bitcast<u32>(y[r]); }
    }
  }
  if (local.x == 0u) { output[call.batch * OUT + workgroup.x] = call.ticket; }
}

/** tanh that cannot overflow where an implementation divides two exponentials. */
fn smoothTanh(x: vec4f) -> vec4f { return tanh(clamp(x, vec4f(-10.0), vec4f(10.0))); }
`;
}
