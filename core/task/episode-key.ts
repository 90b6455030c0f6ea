/** 32 bits that name an episode, whatever suite it is part of: what its policy samples from. */
import { mixSeed } from '../base/random.ts';

export function episodeKey(scenarioId: string, seed: number): number {
  let key = mixSeed(seed, 0);
  for (let i = 0; i < scenarioId.length; i++) key = mixSeed(key, scenarioId.charCodeAt(i));
  return key;
}
