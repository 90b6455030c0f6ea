/** What a live actor is drawn as, and what it is called: by the source's kind, its type's name and its size. */
import type { SceneKind } from '../../core/episode/scene-frames.ts';
import { KIND_BICYCLE, KIND_EMERGENCY, KIND_PEDESTRIAN, KIND_STATIC, KIND_VEHICLE } from '../../core/abi/layout.ts';
import type { LiveActor } from '../../workers/contracts/proxy-protocol.ts';

/** LiveActor.kind beyond core's own. */
const SENSOR = 6;
const SPECTATOR = 7;
const NAMED: readonly (readonly [RegExp, SceneKind])[] = [
  [/crossbike|century|omafiets|bicycle/, 'bicycle'],
  [/harley|ninja|yzf|vespa|zx125|motorcycle/, 'motorcycle'],
  [/ambulance|firetruck|police/, 'emergency'],
  [/fusorosa|\bbus\b/, 'bus'],
  [/carlacola|hgv|truck/, 'truck'],
  [/sprinter|\.t2|\bvan\b/, 'van'],
];

/** null for what is no thing in the world. */
export function liveKind({ kind, type, length, width }: LiveActor): SceneKind | null {
  switch (kind) {
    case KIND_PEDESTRIAN:
      return 'pedestrian';
    case KIND_BICYCLE:
      return 'bicycle';
    case KIND_EMERGENCY:
      return 'emergency';
    case KIND_VEHICLE:
      return NAMED.find(([pattern]) => pattern.test(type))?.[1] ?? bySize(length);
    case KIND_STATIC:
      return staticKind(type, length, width);
    case SENSOR:
    case SPECTATOR:
      return null;
    default:
      return length > 0 && width > 0 ? 'box' : null;
  }
}

const bySize = (length: number): SceneKind => (length > 7 ? 'truck' : length > 5.6 ? 'van' : 'car');

function staticKind(type: string, length: number, width: number): SceneKind {
  if (/cone/.test(type) || Math.max(length, width) < 0.8) return 'cone';
  if (/barrier/.test(type) || Math.min(length, width) < 0.8) return 'barrier';
  return length > 3.5 ? 'van' : 'box';
}

/** "A1", or "lincoln.mkz_2017 87" for who has a role that many share or none; the role of a hero. */
export function liveLabel({ id, type, role }: LiveActor): string {
  const named = role && !/^(autopilot|hero|ego)$/.test(role);
  if (!/^(vehicle|walker|static)\./.test(type)) return named ? role : role || `${type || 'actor'} ${id}`;
  const [, ...rest] = type.split('.');
  const name = rest.join('.').replace(/^pedestrian\./, 'walker ');
  return role === 'hero' ? `hero, ${name}` : `${name} ${id}`;
}
