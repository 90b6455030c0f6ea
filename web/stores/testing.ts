/** Material for store tests: a drive of 20 steps and four decisions, its traces written out, its TTC falling to 1 s. */
import type { Episode } from '../../core/episode/episode.ts';
import { EXAMPLE } from '../../core/tasks/driving/words/testing.ts';
import { readTrace, TraceError } from '../../core/tasks/driving/words/sentence.ts';
import { type DriveStates, STATE_STRIDE, STATE_TTC } from '../../workers/contracts/protocol.ts';

/** Token ids of a trace in words. */
function ids(text: string): number[] {
  const tokens = readTrace(text);
  if (tokens instanceof TraceError) throw tokens;
  return tokens;
}

export const YIELDS = ids(EXAMPLE);
export const PROCEEDS = ids(
  '<perceive> v:6 lim:8 lat:0 road:straight <predict> <plan> proceed clear <act> v:8 a:1 keep_lane <end>',
);

/** Decisions at steps 0, 5, 10, 15: proceed, proceed, yield, yield. */
export function testEpisode(): Episode {
  const traces = [PROCEEDS, PROCEEDS, YIELDS, YIELDS];
  return {
    format: 'traceway-episode/1',
    id: 'test',
    name: 'test drive',
    createdAt: '2026-01-01T00:00:00Z',
    scenario: { id: 'hidden_pedestrian', hash: '' },
    seed: 1,
    policy: { kind: 'expert', name: 'expert' },
    controls: [],
    decisions: traces.map((tokens, i) => ({ step: i * 5, tokens, waypoints: [] })),
    stateHashes: [],
    events: [],
    score: {} as Episode['score'],
  };
}

/** 20 steps; TTC is infinite up to step 6, then falls by 0.5 s a step to 1 s and stays. */
export function testFrames(): DriveStates {
  const steps = 20;
  const ego = new Float64Array((steps + 1) * STATE_STRIDE);
  for (let step = 0; step <= steps; step++) {
    ego[step * STATE_STRIDE + STATE_TTC] = step <= 6 ? Number.POSITIVE_INFINITY : Math.max(1, 4 - 0.5 * (step - 7));
  }
  return {
    steps,
    dt: 0.1,
    ego,
    actors: new Float64Array(0),
    actorInfo: [],
    road: {} as DriveStates['road'],
    lights: [],
    signals: 0,
    signalStates: new Uint8Array(0),
    weather: {} as DriveStates['weather'],
    verified: true,
  };
}
