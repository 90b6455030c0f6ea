// Poses along a line sampled at equal distances, the route or a lane. Each sample is a struct of float64 that begins with
// x, y, heading, and the cosine and sine of the heading; `stride` is its size in bytes. Twin: core/tasks/driving/roads/routes/route-geometry.ts.
// Results come back in module variables, since a kernel function returns one number.
import { wrapAngle } from './state';

export let poseX: f64 = 0;
export let poseY: f64 = 0;
export let poseHeading: f64 = 0;
/** Unit tangent at the pose: not exactly the cosine and sine of the interpolated heading. */
export let poseCos: f64 = 1;
export let poseSin: f64 = 0;

/** Fills in cos and sin of every sample's heading. */
export function world_prepare_line(samples: usize, count: i32, stride: usize): void {
  for (let i = 0; i < count; i++, samples += stride) {
    const heading = load<f64>(samples, 16);
    store<f64>(samples, Math.cos(heading), 24);
    store<f64>(samples, Math.sin(heading), 32);
  }
}

/** Pose at arc length `s`, `lateral` m to the left of the line; beyond the ends the line goes on straight. */
export function linePose(samples: usize, count: i32, stride: usize, ds: f64, s: f64, lateral: f64): void {
  const at = s / ds;
  const i = max(0.0, min(<f64>(count - 2), floor(at)));
  const u = at - i;
  const inside = max(0.0, min(1.0, u));
  const p = samples + <usize>(<i32>i) * stride;
  const q = p + stride;
  const heading = load<f64>(p, 16);
  poseHeading = heading;
  poseCos = load<f64>(p, 24);
  poseSin = load<f64>(p, 32);
  if (load<f64>(q, 16) != heading) {
    const cos = poseCos + inside * (load<f64>(q, 24) - poseCos);
    const sin = poseSin + inside * (load<f64>(q, 32) - poseSin);
    const norm = 1.0 / sqrt(cos * cos + sin * sin);
    poseCos = cos * norm;
    poseSin = sin * norm;
    poseHeading = heading + inside * wrapAngle(load<f64>(q, 16) - heading);
  }
  const beyond = (u - inside) * ds;
  poseX = load<f64>(p, 0) + inside * (load<f64>(q, 0) - load<f64>(p, 0)) + beyond * poseCos - lateral * poseSin;
  poseY = load<f64>(p, 8) + inside * (load<f64>(q, 8) - load<f64>(p, 8)) + beyond * poseSin + lateral * poseCos;
}
