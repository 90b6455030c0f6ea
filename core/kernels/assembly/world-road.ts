// The route: poses by arc length and projection onto it. Twin: core/world/geometry-route.ts.
// Results come back in module variables, since a kernel function returns one number.
import { ROAD_STRIDE, S_ROAD, S_ROAD_DS, S_ROAD_POINTS } from './world-fields';
import { param, wrapAngle } from './world-state';

export let poseX: f64 = 0;
export let poseY: f64 = 0;
export let poseHeading: f64 = 0;

export let projIndex: i32 = 0;
export let projS: f64 = 0;
export let projLateral: f64 = 0;
export let projHeading: f64 = 0;

// @ts-ignore: decorator
@inline
function sample(road: usize, index: i32): usize {
  return road + <usize>(index * ROAD_STRIDE * 8);
}

/** Fills in cos and sin of every sample's heading. */
export function world_prepare_road(road: usize, points: i32): void {
  for (let i = 0; i < points; i++) {
    const p = sample(road, i);
    const heading = load<f64>(p, 16);
    store<f64>(p, Math.cos(heading), 32);
    store<f64>(p, Math.sin(heading), 40);
  }
}

/** Pose at arc length `s`, `lateral` m left of the lane centre; beyond the ends the road goes on straight. */
export function routePose(world: i32, s: f64, lateral: f64): void {
  const road = <usize>param(world, S_ROAD);
  const last = <i32>param(world, S_ROAD_POINTS) - 1;
  const ds = param(world, S_ROAD_DS);
  const at = s / ds;
  const i = <i32>max(0.0, min(<f64>(last - 1), floor(at)));
  const u = at - <f64>i;
  const inside = max(0.0, min(1.0, u));
  const p = sample(road, i);
  const q = sample(road, i + 1);
  const cos = load<f64>(p, 32) + inside * (load<f64>(q, 32) - load<f64>(p, 32));
  const sin = load<f64>(p, 40) + inside * (load<f64>(q, 40) - load<f64>(p, 40));
  const norm = 1.0 / sqrt(cos * cos + sin * sin);
  const beyond = (u - inside) * ds;
  const x = load<f64>(p, 0) + inside * (load<f64>(q, 0) - load<f64>(p, 0));
  const y = load<f64>(p, 8) + inside * (load<f64>(q, 8) - load<f64>(p, 8));
  poseX = x + (beyond * cos - lateral * sin) * norm;
  poseY = y + (beyond * sin + lateral * cos) * norm;
  poseHeading = load<f64>(p, 16) + inside * wrapAngle(load<f64>(q, 16) - load<f64>(p, 16));
}

/** How far (x, y) lies ahead of a sample, along the sample's tangent. */
// @ts-ignore: decorator
@inline
function ahead(road: usize, index: i32, x: f64, y: f64): f64 {
  const p = sample(road, index);
  return (x - load<f64>(p, 0)) * load<f64>(p, 32) + (y - load<f64>(p, 8)) * load<f64>(p, 40);
}

/**
 * Projects (x, y) onto the route, walking from sample `from`: the two samples between which `ahead` changes sign, and
 * linear interpolation between them. Tangents are shared by neighbouring stretches, so s never jumps.
 */
export function project(world: i32, x: f64, y: f64, from: i32): void {
  const road = <usize>param(world, S_ROAD);
  const last = <i32>param(world, S_ROAD_POINTS) - 1;
  const ds = param(world, S_ROAD_DS);
  let i = max(0, min(last - 1, from));
  let here = ahead(road, i, x, y);
  let next = ahead(road, i + 1, x, y);
  while (next >= 0.0 && i < last - 1) {
    i++;
    here = next;
    next = ahead(road, i + 1, x, y);
  }
  while (here < 0.0 && i > 0) {
    i--;
    next = here;
    here = ahead(road, i, x, y);
  }
  let u = 0.0;
  let beyond = 0.0;
  if (here < 0.0) beyond = here;
  else if (next >= 0.0) {
    u = 1.0;
    beyond = next;
  } else u = here / (here - next);
  const p = sample(road, i);
  const q = sample(road, i + 1);
  const cos = load<f64>(p, 32) + u * (load<f64>(q, 32) - load<f64>(p, 32));
  const sin = load<f64>(p, 40) + u * (load<f64>(q, 40) - load<f64>(p, 40));
  const ex = x - load<f64>(p, 0) - u * (load<f64>(q, 0) - load<f64>(p, 0));
  const ey = y - load<f64>(p, 8) - u * (load<f64>(q, 8) - load<f64>(p, 8));
  projIndex = i;
  projS = (<f64>i + u) * ds + beyond;
  projLateral = (cos * ey - sin * ex) / sqrt(cos * cos + sin * sin);
  projHeading = load<f64>(p, 16) + u * wrapAngle(load<f64>(q, 16) - load<f64>(p, 16));
}
