/** Scores as the Reports page writes them, and the words for what cost points. */
import { type ReportedId, scoreInfo } from '../../../core/tasks/driving/scores/score-list.ts';
import type { ScoreCost } from '../../../workers/contracts/protocol.ts';

/** A value on its score's scale; "–" where there is none. */
export function scoreFigure(value: number | null | undefined, id: ReportedId): string {
  if (value === null || value === undefined) return '–';
  return value.toFixed(scoreInfo(id).digits).replace('-', '−');
}

const TEXTS: Readonly<Record<ScoreCost['part'], string>> = {
  noCollision: 'collision',
  onRoad: 'off the road',
  noRedLight: 'ran a red light',
  progress: 'route not finished',
  ttc: 'time to collision below the bound',
  speed: 'above the speed limit',
  comfort: 'uncomfortable',
  unfinished: 'steps never driven',
};
const OTHERS: Readonly<Record<string, string>> = {
  drivableArea: 'off the drivable area',
  makingProgress: 'hardly any progress',
  drivingDirection: 'against traffic',
  trafficLight: 'ran a red light',
  laneKeeping: 'off the lane’s centre',
  historyComfort: 'uncomfortable, with what went before',
  rss: 'unsafe by RSS',
  overlap: 'in a box',
  offroad: 'off the road',
  wrongWay: 'among oncoming lanes',
  offRoute: 'off the route',
  infeasible: 'no bicycle drives that',
  lonAccel: 'longitudinal acceleration',
  latAccel: 'lateral acceleration',
  lonJerk: 'longitudinal jerk',
  yawAccel: 'yaw acceleration',
  yawRate: 'yaw rate',
};

/** "comfort.lonAccel", "collision-vehicle" and "noCollision" as words; `navsim` measures progress against PDM-Closed. */
export function partText(part: string, navsim = false): string {
  if (navsim && part === 'progress') return 'less way than PDM-Closed';
  const [head, tail] = part.split('.');
  const name = tail ?? head;
  const known = (TEXTS as Readonly<Record<string, string>>)[name] ?? OTHERS[name];
  const text = known ?? name.replaceAll('-', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return tail ? `uncomfortable: ${text}` : text;
}
