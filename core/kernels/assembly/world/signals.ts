// Traffic lights: a signal is a function of time, the light is the next signal on the ego's route. Twin: twin-signals.ts.
import { DT, EGO_LENGTH, LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW } from '../../../abi/layout';
import { LIGHT_BEHIND, S_LIGHT_COUNT, S_LIGHTS, S_SIGNALS } from '../../../abi/world-fields';
import { param } from './state';

/** State of a signal at a step: green → yellow → red, again and again. */
export function signalAt(signal: i32, step: f64): i32 {
  const at = S_SIGNALS + 4 * signal;
  const green = param(at);
  const toRed = green + param(at + 1);
  const cycle = toRed + param(at + 2);
  const time = step * DT + param(at + 3);
  const phase = time - floor(time / cycle) * cycle;
  return phase < green ? LIGHT_GREEN : phase < toRed ? LIGHT_YELLOW : LIGHT_RED;
}

// @ts-ignore: decorator
@inline
export function stopLine(light: i32): f64 {
  return param(S_LIGHTS + 2 * light);
}

/** The first light of the route whose stop line the ego at `s` has not left LIGHT_BEHIND behind it, or -1. */
export function nextLight(s: f64): i32 {
  const count = <i32>param(S_LIGHT_COUNT);
  for (let i = 0; i < count; i++) if (stopLine(i) - (s + EGO_LENGTH / 2.0) >= -LIGHT_BEHIND) return i;
  return -1;
}

/** State of light `index` of the route at a step; LIGHT_NONE for -1. */
export function lightAt(index: i32, step: f64): i32 {
  return index < 0 ? LIGHT_NONE : signalAt(<i32>param(S_LIGHTS + 2 * index + 1), step);
}
