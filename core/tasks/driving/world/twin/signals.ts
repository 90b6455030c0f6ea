/** Traffic lights: a signal is a function of time, the light is the next signal on the ego's route. */
import * as F from '../../../../abi/world-fields.ts';
import { DT, EGO_LENGTH, LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW } from '../../../../abi/layout.ts';
import type { WorldSpec } from '../spec/spec.ts';
import type { SignalSpec } from '../../roads/road-spec.ts';

/** State of a signal at a step: green → yellow → red, again and again. */
export function signalAt(signal: SignalSpec, step: number): number {
  const cycle = signal.green + signal.yellow + signal.red;
  const time = step * DT + signal.offset;
  const phase = time - Math.floor(time / cycle) * cycle;
  return phase < signal.green ? LIGHT_GREEN : phase < signal.green + signal.yellow ? LIGHT_YELLOW : LIGHT_RED;
}

/** Index in `lights` of the first light whose stop line the ego at `s` has not left LIGHT_BEHIND behind it, or -1. */
export function nextLight(
  { lights }: { readonly lights: readonly { readonly stopLineS: number }[] },
  s: number,
): number {
  for (let i = 0; i < lights.length; i++) if (lights[i].stopLineS - (s + EGO_LENGTH / 2) >= -F.LIGHT_BEHIND) return i;
  return -1;
}

/** State of light `index` of the route at a step; LIGHT_NONE for -1. */
export function lightAt(spec: WorldSpec, index: number, step: number): number {
  return index < 0 ? LIGHT_NONE : signalAt(spec.signals[spec.lights[index].signal], step);
}
