/** What a live actor is drawn as, and what it is called: by the source's kind, its type's name and its size. */
import { kindRow, type SceneKind, shapeOf, shapeOfBlueprint } from '../../core/tasks/driving/kinds/kinds.ts';
import type { LiveActor } from '../../workers/contracts/proxy-protocol.ts';

/** LiveActor.kind beyond core's own. */
const SENSOR = 6;
const SPECTATOR = 7;

/** null for what is no thing in the world. A source's kind is coarse: the type's name says more of vehicles and fixed things. */
export function liveKind({ kind, type, length, width }: LiveActor): SceneKind | null {
  if (kind === SENSOR || kind === SPECTATOR) return null;
  const row = kindRow(kind);
  if (!row) return length > 0 && width > 0 ? 'box' : null;
  const named = row.looks.length > 1 ? shapeOfBlueprint(row.carla.type, type)?.key : undefined;
  return named ?? shapeOf(kind, length, width);
}

/** "A1", or "lincoln.mkz_2017 87" for who has a role that many share or none; the role of a hero. */
export function liveLabel({ id, type, role }: LiveActor): string {
  const named = role && !/^(autopilot|hero|ego)$/.test(role);
  if (!/^(vehicle|walker|static)\./.test(type)) return named ? role : role || `${type || 'actor'} ${id}`;
  const [, ...rest] = type.split('.');
  const name = rest.join('.').replace(/^pedestrian\./, 'walker ');
  return role === 'hero' ? `hero, ${name}` : `${name} ${id}`;
}
