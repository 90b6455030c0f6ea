/** Who acts on what the ego does, who follows a log whatever it does, who stands: a score means little without knowing. */
import type { WorldSpec } from '../tasks/driving/world/spec/spec.ts';

export type Conduct = 'reactive' | 'replayed' | 'fixed';

export type ActorCounts = Readonly<Record<Conduct, number>>;

/** Of an `ActorSpec`'s behaviour. */
export const conductOf = (behaviour: string): Conduct =>
  behaviour === 'replay' ? 'replayed' : behaviour === 'parked' ? 'fixed' : 'reactive';

export function countActors({ actors }: Pick<WorldSpec, 'actors'>): ActorCounts {
  const counts = { reactive: 0, replayed: 0, fixed: 0 };
  for (const { behaviour } of actors) counts[conductOf(behaviour)]++;
  return counts;
}
