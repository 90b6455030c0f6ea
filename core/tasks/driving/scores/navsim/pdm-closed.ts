/**
 * The progress reference of PDMS and EPDMS: what a planner like PDM-Closed would have covered from a row of the drive on.
 *
 * PDM-Closed (Dauner et al. 2023, "Parting with Misconceptions about Learning-based Vehicle Motion Planning"; NAVSIM `pdm_closed_planner.py`):
 * 15 proposals, 5 desired speeds (20 … 100 % of the limit) × 3 offsets from the centreline (−1, 0, 1 m), each unrolled by IDM
 * (a 1.5, b 3, gap 1 m, headway 1.5 s, exponent 10) behind the nearest of what stands or drives ahead, others forecast at constant
 * velocity, a red light a standing leader; the proposal with the best PDM score is driven.
 * Differences, on purpose: proposals move along the route exactly (no bicycle and tracker in between), easing to their offset over 10 m.
 * Proposals are tried from the fastest; the first without a fault is the best, since all that follow cover less.
 */
import { wrapAngle } from '../../../../base/geometry.ts';
import { projectToRoute, routeColumn, routePose } from '../../roads/routes/route-geometry.ts';
import { IDM_PRESETS, idmAcceleration } from '../../peers/idm.ts';
import { trackComfort } from '../comfort.ts';
import { contacts } from '../collisions.ts';
import { type ActorTrack, type DriveTrack, type RoutePath, within } from '../track.ts';
import { navsimTtcCost } from '../ttc.ts';

const PROPOSAL_SPEEDS = [1, 0.8, 0.6, 0.4, 0.2] as const;
const PROPOSAL_OFFSETS = [0, 1, -1] as const;
/** Metres over which a proposal closes most (63 %) of the way to its offset. */
const EASE_METRES = 10;
const HARDEST_BRAKE = 8;
/** Others farther off than this cannot matter within 4 s, m. */
const SIGHT = 120;

export interface PdmReference {
  /** Along the route, m. */
  readonly metres: number;
  /** NC · DAC of the proposal among where the others really went. */
  readonly multiplier: number;
  readonly speedShare: number;
  readonly offset: number;
}

/** What is ahead on the route at one step of the forecast. */
interface Ahead {
  readonly s: number;
  readonly lateral: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  readonly speed: number;
}

/** The reference from the first row of `stretch`, as long as it; undefined when the track does not know its route. */
export function pdmClosed(stretch: DriveTrack): PdmReference | undefined {
  const { path } = stretch.route;
  if (!path) return undefined;
  const forecast = forecastOf(stretch);
  const ahead = aheadOf(forecast, path, stretch);
  const proposals = PROPOSAL_SPEEDS.flatMap((speedShare) =>
    PROPOSAL_OFFSETS.map((offset) => unroll(stretch, ahead, speedShare, offset)),
  ).sort((a, b) => b.metres - a.metres);
  const judged: (Proposal & { readonly drive: DriveTrack; readonly multiplier: number; readonly bounds: number })[] =
    [];
  for (const proposal of proposals) {
    const drive = { ...driveOf(proposal, stretch, path), actors: forecast };
    const multiplier = multiplierOf(drive);
    const bounds = 5 * +!navsimTtcCost(drive) + 2 * +trackComfort(drive).comfortable;
    judged.push({ ...proposal, drive, multiplier, bounds });
    if (multiplier === 1 && bounds === 7) break;
  }
  const furthest = Math.max(1e-9, ...judged.map(({ metres, multiplier }) => metres * multiplier));
  const score = ({ metres, multiplier, bounds }: (typeof judged)[number]) =>
    multiplier * ((5 * metres) / furthest + bounds);
  const best = judged.reduce((a, b) => (score(b) > score(a) ? b : a));
  const { metres, speedShare, offset } = best;
  return { metres, multiplier: multiplierOf({ ...best.drive, actors: stretch.actors }), speedShare, offset };
}

/** NC · DAC. */
function multiplierOf(drive: DriveTrack): number {
  const atFault = contacts(drive).filter((contact) => contact.atFault);
  const noCollision = Math.min(1, ...atFault.map(({ actor }) => (actor.kind === 'static' ? 0.5 : 0)));
  return drive.area.nonDrivable.includes(1) ? 0 : noCollision;
}

/** Everyone near at the first row, moving on at constant velocity. */
function forecastOf({ actors, rows, dtSeconds, x, y }: DriveTrack): ActorTrack[] {
  return actors
    .filter((actor) => actor.present[0] && within(actor.x[0] - x[0], actor.y[0] - y[0], SIGHT))
    .map((actor) => {
      const [heading, speed] = [actor.headingRad[0], actor.speedMps[0]];
      const line = (start: number, rate: number) =>
        Float64Array.from({ length: rows }, (_, row) => start + rate * row * dtSeconds);
      return {
        ...actor,
        x: line(actor.x[0], speed * Math.cos(heading)),
        y: line(actor.y[0], speed * Math.sin(heading)),
        headingRad: new Float64Array(rows).fill(heading),
        speedMps: new Float64Array(rows).fill(speed),
        present: new Uint8Array(rows).fill(1),
      };
    });
}

/** [rows] what the forecast has ahead on the route. */
function aheadOf(forecast: readonly ActorTrack[], path: RoutePath, stretch: DriveTrack): Ahead[][] {
  const near = forecast.map(() => Math.floor(stretch.route.s[0] / path.ds));
  return Array.from({ length: stretch.rows }, (_, row) =>
    forecast.map((actor, i) => {
      const at = projectToRoute(path, actor.x[row], actor.y[row], near[i]);
      near[i] = at.index;
      const turn = actor.headingRad[row] - at.headingRad;
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      return {
        s: at.s,
        lateral: at.lateral,
        halfLength: (Math.abs(cos) * actor.length + Math.abs(sin) * actor.width) / 2,
        halfWidth: (Math.abs(sin) * actor.length + Math.abs(cos) * actor.width) / 2,
        speed: Math.max(0, actor.speedMps[row] * cos),
      };
    }),
  );
}

interface Proposal {
  readonly speedShare: number;
  readonly offset: number;
  readonly metres: number;
  /** [rows] route coordinates and speed. */
  readonly s: Float64Array;
  readonly lateral: Float64Array;
  readonly speed: Float64Array;
}

/** One proposal along the route, over the stretch's rows. */
function unroll(
  stretch: DriveTrack,
  ahead: readonly (readonly Ahead[])[],
  speedShare: number,
  offset: number,
): Proposal {
  const { rows, dtSeconds: dt, length, width, route } = stretch;
  const idm = { ...IDM_PRESETS.pdmClosed, desiredSpeedMps: Math.max(0.1, speedShare * route.speedLimitMps[0]) };
  const [s, lateral, speed] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  [s[0], lateral[0], speed[0]] = [route.s[0], route.lateral[0], stretch.speedMps[0]];
  const stop = route.redStopS?.[0] ?? Number.NaN;
  for (let row = 0; row < rows - 1; row++) {
    const v = speed[row];
    const front = s[row] + length / 2;
    let least = idmAcceleration(idm, v);
    for (const other of ahead[row]) {
      if (other.s <= s[row] || Math.abs(other.lateral - offset) >= other.halfWidth + width / 2) continue;
      least = Math.min(least, idmAcceleration(idm, v, Math.max(0.1, other.s - other.halfLength - front), other.speed));
    }
    if (stop > front) least = Math.min(least, idmAcceleration(idm, v, Math.max(0.1, stop - front), 0));
    const next = Math.max(0, v + Math.max(-HARDEST_BRAKE, least) * dt);
    const way = ((v + next) / 2) * dt;
    speed[row + 1] = next;
    s[row + 1] = s[row] + way;
    lateral[row + 1] = lateral[row] + (offset - lateral[row]) * (1 - Math.exp(-way / EASE_METRES));
  }
  return { speedShare, offset, metres: s[rows - 1] - s[0], s, lateral, speed };
}

/** The proposal as a drive without actors. */
function driveOf({ s, lateral, speed }: Proposal, stretch: DriveTrack, path: RoutePath): DriveTrack {
  const { rows, dtSeconds: dt, width, route } = stretch;
  const column = () => new Float64Array(rows);
  const [x, y, headingRad, accelMps2, yawRateRadps] = [column(), column(), column(), column(), column()];
  const nonDrivable = new Uint8Array(rows);
  let lean = 0;
  accelMps2[0] = stretch.accelMps2[0];
  for (let row = 0; row < rows; row++) {
    const at = routePose(path, s[row], lateral[row]);
    if (row < rows - 1 && s[row + 1] - s[row] > 1e-6)
      lean = Math.atan2(lateral[row + 1] - lateral[row], s[row + 1] - s[row]);
    [x[row], y[row], headingRad[row]] = [at.x, at.y, at.headingRad + lean];
    nonDrivable[row] = +(
      lateral[row] + width / 2 > routeColumn(path, path.edgeLeft, s[row]) ||
      lateral[row] - width / 2 < -routeColumn(path, path.edgeRight, s[row])
    );
    if (row === 0) continue;
    accelMps2[row] = (speed[row] - speed[row - 1]) / dt;
    yawRateRadps[row] = wrapAngle(headingRad[row] - headingRad[row - 1]) / dt;
  }
  if (rows > 1) yawRateRadps[0] = yawRateRadps[1];
  const none = new Uint8Array(rows);
  return {
    ...stretch,
    x,
    y,
    headingRad,
    speedMps: speed,
    accelMps2,
    yawRateRadps,
    route: { ...route, s, lateral },
    area: { multipleLanes: none, nonDrivable, oncoming: none, intersection: none, redLight: none },
  };
}
