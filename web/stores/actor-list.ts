/**
 * Everyone of a scene at a moment as lines of a list, in the order in which one looks for them: the ego, vehicles, walkers, lights, things
 * and what is nowhere in the picture; of each the nearest to the ego first, and who is not there now after those who are. Pure.
 */
import { SCENE_SPEED, SCENE_X, SCENE_Y, type SceneFrames, sceneRow } from '../../core/episode/scene-frames.ts';
import { LIGHT_GREEN, LIGHT_RED, LIGHT_YELLOW } from '../../core/abi/layout.ts';
import { shapeRow } from '../../core/tasks/driving/kinds/kinds.ts';
import type { ActorLine } from '../../workers/contracts/protocol.ts';

export const ACTOR_GROUPS = ['vehicles', 'walkers', 'lights', 'things', 'others'] as const;
export type ActorGroup = (typeof ACTOR_GROUPS)[number];

export interface ActorRow {
  readonly key: string;
  /** In the scene's actors; -1 for a light and for who is not in the picture. */
  readonly index: number;
  readonly name: string;
  /** "car", "traffic light". */
  readonly kind: string;
  readonly role: string;
  readonly group: ActorGroup;
  readonly ego: boolean;
  readonly here: boolean;
  /** Where to go to see it. */
  readonly firstStep: number;
  /** m/s; NaN for what does not move or is not there. */
  readonly speedMps: number;
  /** From the ego, or from whom is followed where there is none, m; NaN while either is not there. */
  readonly distanceM: number;
  /** Of a light: "red". */
  readonly state: string;
}

const LIGHTS: Readonly<Record<number, string>> = {
  [LIGHT_RED]: 'red',
  [LIGHT_YELLOW]: 'yellow',
  [LIGHT_GREEN]: 'green',
};

/** `lines`: what a recording lists beside its picture (spectator, sensors, signs). Whoever never came is left out. */
export function actorRows(
  frames: SceneFrames,
  step: number,
  followed: number,
  lines: readonly ActorLine[] = [],
): ActorRow[] {
  const at = (index: number): readonly [number, number] => {
    const actor = frames.actors[index];
    const row = actor ? sceneRow(actor, step) : -1;
    return row < 0 ? [Number.NaN, Number.NaN] : [actor.rows[row + SCENE_X], actor.rows[row + SCENE_Y]];
  };
  const [ox, oy] = at(frames.ego >= 0 ? frames.ego : followed);
  const away = (x: number, y: number) => Math.hypot(x - ox, y - oy);
  const rows: ActorRow[] = frames.actors.flatMap((actor, index) => {
    if (actor.rowCount === 0) return [];
    const row = sceneRow(actor, step);
    const {
      name: kind,
      kind: { group },
    } = shapeRow(actor.kind);
    return {
      key: actor.id,
      index,
      name: (actor.name ?? actor.label) || kind,
      kind,
      role: actor.role ?? '',
      group,
      ego: index === frames.ego,
      here: row >= 0,
      firstStep: actor.firstStep,
      speedMps: row < 0 || group === 'things' ? Number.NaN : actor.rows[row + SCENE_SPEED],
      distanceM: away(...at(index)),
      state: '',
    };
  });
  const names = new Map(lines.map((line) => [line.id, line]));
  frames.lights.forEach(({ id, x, y }, i) => {
    const state = LIGHTS[frames.lightStates[step * frames.lights.length + i]] ?? 'off';
    const name = names.get(id)?.name ?? `light ${id}`;
    const place = { here: true, firstStep: 0, speedMps: Number.NaN, distanceM: away(x, y) };
    rows.push({
      key: `light ${id}`,
      index: -1,
      name,
      kind: 'traffic light',
      role: '',
      group: 'lights',
      ego: false,
      ...place,
      state,
    });
  });
  const listed = new Set([...frames.actors, ...frames.lights].map(({ id }) => id));
  for (const { id, name, kind, role, firstStep, lastStep } of lines) {
    if (listed.has(id)) continue;
    const here = step >= firstStep && step <= lastStep;
    const place = { here, firstStep, speedMps: Number.NaN, distanceM: Number.NaN };
    rows.push({ key: id, index: -1, name, kind, role, group: 'others', ego: false, ...place, state: '' });
  }
  return rows;
}

/** The order of the list; who is as far is in the order of the scene. */
export function inOrder(rows: readonly ActorRow[]): ActorRow[] {
  const far = ({ distanceM }: ActorRow) => (Number.isNaN(distanceM) ? Number.POSITIVE_INFINITY : distanceM);
  const rank = ({ ego, group }: ActorRow) => (ego ? -1 : ACTOR_GROUPS.indexOf(group));
  return rows.toSorted(
    (a, b) => rank(a) - rank(b) || Number(b.here) - Number(a.here) || (far(a) === far(b) ? 0 : far(a) - far(b)),
  );
}

/** Those whose name, kind, role or light has every word of `text`, of one group or of all. */
export function findActors(rows: readonly ActorRow[], text: string, group: ActorGroup | 'all'): ActorRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (group !== 'all' && row.group !== group) return false;
    const all = `${row.name} ${row.kind} ${row.role} ${row.state} ${row.ego ? 'ego' : ''}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
