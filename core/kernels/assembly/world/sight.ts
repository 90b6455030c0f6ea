// Who sees whom: weather's range and boxes that stand in the way. Twin: isVisible in core/tasks/driving/world/twin/observe.ts.
// The present actors are listed once a look, so that absent ones cost nothing afterwards.
import { MAX_ACTORS } from '../../../abi/layout';
import {
  A_HEADING, A_PRESENT, A_X, A_Y, D_X, D_Y, P_LENGTH, P_LIT, P_WIDTH, S_ACTOR_COUNT, S_SIGHT, S_SIGHT_UNLIT,
} from '../../../abi/world-fields';
import { cutsSight } from './geometry';
import { actorAt, actorSpec, direction, field, get, param } from './state';

/** A box that can hide others: centre relative to the ego, cos and sin of its heading, half sizes, its actor's number. */
const BLOCKER_BYTES = 56;
const blockers = memory.data(MAX_ACTORS * BLOCKER_BYTES, 8);
let blockersEnd: usize = 0;

/** Lists the boxes near enough to hide anything in sight. */
export function prepareSight(): void {
  const farthest = max(param(S_SIGHT), param(S_SIGHT_UNLIT));
  const count = <i32>param(S_ACTOR_COUNT);
  let at: usize = blockers;
  for (let i = 0; i < count; i++) {
    const a = actorAt(i);
    if (field(a, A_PRESENT) == 0.0) continue;
    const p = actorSpec(i);
    const dx = field(a, A_X) - get(D_X);
    const dy = field(a, A_Y) - get(D_Y);
    const halfL = field(p, P_LENGTH) / 2.0;
    const halfW = field(p, P_WIDTH) / 2.0;
    // A corner of something just in range may lie beyond it: its own half diagonal, taken as 20 m at most.
    const reach = farthest + 20.0 + halfL + halfW;
    if (dx * dx + dy * dy > reach * reach) continue;
    const unit = direction(i, field(a, A_HEADING));
    store<f64>(at, dx, 0);
    store<f64>(at, dy, 8);
    store<f64>(at, load<f64>(unit), 16);
    store<f64>(at, load<f64>(unit, 8), 24);
    store<f64>(at, halfL, 32);
    store<f64>(at, halfW, 40);
    store<i32>(at, i, 48);
    at += BLOCKER_BYTES;
  }
  blockersEnd = at;
}

/** Whether a sight line to the point (tx, ty), relative to the ego, is cut by an actor other than `target`. */
function blocked(target: i32, tx: f64, ty: f64): bool {
  const length2 = tx * tx + ty * ty;
  for (let at: usize = blockers; at < blockersEnd; at += BLOCKER_BYTES) {
    const dx = load<f64>(at, 0);
    const dy = load<f64>(at, 8);
    const halfL = load<f64>(at, 32);
    const halfW = load<f64>(at, 40);
    const across = tx * dy - ty * dx;
    const reach = halfL + halfW;
    if (across * across > reach * reach * length2 || load<i32>(at, 48) == target) continue;
    if (cutsSight(tx, ty, dx, dy, load<f64>(at, 16), load<f64>(at, 24), halfL, halfW)) return true;
  }
  return false;
}

/** Present, in range, and its centre or one of its corners in free sight of the ego's centre. After prepareSight. */
export function visible(i: i32): bool {
  const a = actorAt(i);
  if (field(a, A_PRESENT) == 0.0) return false;
  const p = actorSpec(i);
  const dx = field(a, A_X) - get(D_X);
  const dy = field(a, A_Y) - get(D_Y);
  const range = param(field(p, P_LIT) != 0.0 ? S_SIGHT : S_SIGHT_UNLIT);
  if (dx * dx + dy * dy > range * range) return false;
  if (!blocked(i, dx, dy)) return true;
  const unit = direction(i, field(a, A_HEADING));
  const cos = load<f64>(unit);
  const sin = load<f64>(unit, 8);
  const halfL = field(p, P_LENGTH) / 2.0;
  const halfW = field(p, P_WIDTH) / 2.0;
  for (let corner = 0; corner < 4; corner++) {
    const l = corner & 1 ? halfL : -halfL;
    const w = corner & 2 ? halfW : -halfW;
    if (!blocked(i, dx + l * cos - w * sin, dy + l * sin + w * cos)) return true;
  }
  return false;
}
