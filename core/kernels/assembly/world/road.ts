// The ego's route: poses, projection, and the columns that go with every sample. Twin: core/tasks/driving/roads/routes/route-geometry.ts.
// Results come back in module variables, since a kernel function returns one number.
import { Q_COS, Q_HEADING, Q_SIN, Q_X, Q_Y, ROAD_STRIDE, S_ROAD, S_ROAD_DS, S_ROAD_POINTS } from '../../../abi/world-fields';
import { linePose } from './line';
import { field, param, wrapAngle } from './state';

/** Sample at or before the projected point: where the next search starts. */
export let projIndex: i32 = 0;
export let projS: f64 = 0;
export let projLateral: f64 = 0;
export let projHeading: f64 = 0;

// @ts-ignore: decorator
@inline
function sample(road: usize, index: i32): usize {
  return road + <usize>index * (ROAD_STRIDE * 8);
}

// @ts-ignore: decorator
@inline
function mix(p: usize, column: i32, u: f64): f64 {
  return field(p, column) + u * (field(p + ROAD_STRIDE * 8, column) - field(p, column));
}

/** Pose at arc length `s` of the route, left in world-line's variables. */
export function routePose(s: f64, lateral: f64): void {
  linePose(<usize>param(S_ROAD), <i32>param(S_ROAD_POINTS), ROAD_STRIDE * 8, param(S_ROAD_DS), s, lateral);
}

/** A column of the route (an edge, say) at arc length `s`, linear between samples and constant beyond the ends. */
export function routeColumn(column: i32, s: f64): f64 {
  const at = s / param(S_ROAD_DS);
  const i = max(0.0, min(param(S_ROAD_POINTS) - 2.0, floor(at)));
  return mix(sample(<usize>param(S_ROAD), <i32>i), column, max(0.0, min(1.0, at - i)));
}

/** A column's value at a sample. */
// @ts-ignore: decorator
@inline
export function routeValue(column: i32, index: i32): f64 {
  return field(sample(<usize>param(S_ROAD), index), column);
}

/** How far (x, y) lies ahead of a sample, along the sample's tangent. */
// @ts-ignore: decorator
@inline
function ahead(p: usize, x: f64, y: f64): f64 {
  return (x - field(p, Q_X)) * field(p, Q_COS) + (y - field(p, Q_Y)) * field(p, Q_SIN);
}

/**
 * Projects (x, y) onto the route, walking from sample `from`: the two samples between which `ahead` changes sign, and
 * linear interpolation between them. Tangents are shared by neighbouring stretches, so s never jumps.
 */
export function project(x: f64, y: f64, from: i32): void {
  const road = <usize>param(S_ROAD);
  const last = <i32>param(S_ROAD_POINTS) - 1;
  let i = max(0, min(last - 1, from));
  let here = ahead(sample(road, i), x, y);
  let next = ahead(sample(road, i + 1), x, y);
  while (next >= 0.0 && i < last - 1) {
    i++;
    here = next;
    next = ahead(sample(road, i + 1), x, y);
  }
  while (here < 0.0 && i > 0) {
    i--;
    next = here;
    here = ahead(sample(road, i), x, y);
  }
  let u = 0.0;
  let beyond = 0.0;
  if (here < 0.0) beyond = here;
  else if (next >= 0.0) {
    u = 1.0;
    beyond = next;
  } else u = here / (here - next);
  const p = sample(road, i);
  const cos = mix(p, Q_COS, u);
  const sin = mix(p, Q_SIN, u);
  projIndex = i;
  projS = (<f64>i + u) * param(S_ROAD_DS) + beyond;
  projLateral = (cos * (y - mix(p, Q_Y, u)) - sin * (x - mix(p, Q_X, u))) / sqrt(cos * cos + sin * sin);
  projHeading = field(p, Q_HEADING) + u * wrapAngle(field(p + ROAD_STRIDE * 8, Q_HEADING) - field(p, Q_HEADING));
}
