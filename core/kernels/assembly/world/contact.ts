// Ego against the actors: collision, time to collision, gap. One pass over the actors; what is too far away to matter is left
// out by its distance before any box is looked at. Twin: core/tasks/driving/world/twin/outcome.ts.
import { EGO_LENGTH, EGO_WIDTH } from '../../../abi/layout';
import { slipTangent } from './ego';
import {
  A_HEADING, A_PRESENT, A_SPEED, A_X, A_Y, D_HEADING, D_SPEED, D_STEER, D_X, D_Y, P_LENGTH, P_WIDTH, S_ACTOR_COUNT,
  TTC_HORIZON, TTC_MARGIN, TTC_STANDING,
} from '../../../abi/world-fields';
import { boxGap, contactTime, overlaps } from './geometry';
import { actorAt, actorSpec, direction, EGO, field, get, param } from './state';

/** Half the ego's length and width, and a bound on its half diagonal. */
const HALF_L = EGO_LENGTH / 2.0;
const HALF_W = EGO_WIDTH / 2.0;
const EGO_REACH = HALF_L + HALF_W;

/** First actor whose box overlaps the ego's, or -1. */
export let contactActor: i32 = -1;
/** Seconds until the ego touches an actor when both keep their velocity; Infinity beyond TTC_HORIZON. */
export let contactTtc: f64 = Infinity;
/** Smallest box-to-box distance to any present actor, or the bound that was asked for when none is nearer. */
export let contactGap: f64 = Infinity;

/** Looks at every present actor; gaps of `gapBound` or more need not be known exactly. */
export function findContacts(gapBound: f64): void {
  const x = get(D_X);
  const y = get(D_Y);
  const speed = get(D_SPEED);
  const unit = direction(EGO, get(D_HEADING));
  const egoCos = load<f64>(unit);
  const egoSin = load<f64>(unit, 8);
  const tangent = slipTangent(get(D_STEER));
  const along = speed / sqrt(1.0 + tangent * tangent);
  const vx = along * (egoCos - egoSin * tangent);
  const vy = along * (egoSin + egoCos * tangent);
  const moves = speed >= TTC_STANDING;
  let hit = -1;
  let soonest = Infinity;
  const count = <i32>param(S_ACTOR_COUNT);
  for (let i = 0; i < count; i++) {
    const a = actorAt(i);
    if (field(a, A_PRESENT) == 0.0) continue;
    const p = actorSpec(i);
    const dx = field(a, A_X) - x;
    const dy = field(a, A_Y) - y;
    const distance2 = dx * dx + dy * dy;
    const halfL = field(p, P_LENGTH) * 0.5;
    const halfW = field(p, P_WIDTH) * 0.5;
    const pace = field(a, A_SPEED);
    const reach = EGO_REACH + halfL + halfW;
    const meet = TTC_HORIZON * (speed + pace) + TTC_MARGIN;
    const near = reach + gapBound;
    const mayMeet = moves && distance2 <= meet * meet && dx * egoCos + dy * egoSin >= -HALF_L;
    if (!mayMeet && distance2 >= near * near) continue;
    const towards = direction(i, field(a, A_HEADING));
    const cos = load<f64>(towards);
    const sin = load<f64>(towards, 8);
    if (hit < 0 && distance2 < reach * reach && overlaps(egoCos, egoSin, HALF_L, HALF_W, dx, dy, cos, sin, halfL, halfW))
      hit = i;
    if (mayMeet) {
      const time = contactTime(
        egoCos, egoSin, HALF_L, HALF_W, dx, dy, cos, sin, halfL, halfW, pace * cos - vx, pace * sin - vy,
      );
      soonest = min(soonest, max(0.0, time));
    }
    if (distance2 < near * near)
      gapBound = min(gapBound, boxGap(egoCos, egoSin, HALF_L, HALF_W, dx, dy, cos, sin, halfL, halfW));
  }
  contactActor = hit;
  contactTtc = soonest <= TTC_HORIZON ? soonest : Infinity;
  contactGap = gapBound;
}
