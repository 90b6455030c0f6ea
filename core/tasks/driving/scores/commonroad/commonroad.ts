/**
 * CommonRoad's inverse duration cost 1/max(T, 0.1): the longer until a time to collision or the like, the cheaper, bounded at 10.
 * **Quirk.** The published function has `min` where the bound needs `max` (commonroad-drivability-checker, `inverse_duration_cost`): it costs
 * 10 at least and explodes as T → 0. `form: 'commonroad-exact'` reproduces it.
 */
export function inverseDurationCost(seconds: number, form: 'corrected' | 'commonroad-exact' = 'corrected'): number {
  return 1 / (form === 'corrected' ? Math.max(seconds, 0.1) : Math.min(seconds, 0.1));
}
