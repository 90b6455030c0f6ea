/** Flags that the parts of `lab carla` share. */
import type { FlagValues } from '../../flags.ts';

export const flags = {
  host: { type: 'string', help: 'Where CARLA runs.', default: '127.0.0.1' },
  port: { type: 'integer', help: 'Its RPC port.', default: 2000, min: 1, max: 65_535 },
  timeout: { type: 'integer', help: 'Deadline of each answer, ms.', default: 5000, min: 100, max: 600_000 },
  ticks: { type: 'integer', help: 'watch, record: frames to take.', default: 20, min: 1, max: 10_000_000 },
  sync: {
    type: 'boolean',
    help: 'watch, record: step the server (0.05 s) instead of listening to its own clock.',
    default: false,
  },
  out: { type: 'string', help: 'record: the file to write.', default: 'recording.log' },
  policy: {
    type: 'string',
    help: 'evaluate: expert, random, a .safetensors file, or several with commas between: they drive the same.',
    default: 'expert',
  },
  scenarios: {
    type: 'string',
    help: 'evaluate: all, or of straight_clear, straight_cloudy, straight_night, straight_rain, turn_clear.',
    default: 'all',
  },
  routes: { type: 'string', help: 'evaluate: a leaderboard route file (XML) instead of scenarios.' },
  route: { type: 'string', help: 'evaluate: only this route of the file.' },
  openscenario: { type: 'string', help: 'evaluate: an OpenSCENARIO 1.x file, played live around the policy.' },
  seeds: { type: 'integer', help: 'evaluate: drives a scenario.', default: 1, min: 1, max: 1000 },
  'load-map': { type: 'boolean', help: 'evaluate: load the map that a route names.', default: false },
  json: {
    type: 'boolean',
    help: 'info, record, evaluate: one JSON object; watch: one JSON line a frame.',
    default: false,
  },
} as const;
export type CarlaFlags = FlagValues<typeof flags>;
export const STEP_S = 0.05;
