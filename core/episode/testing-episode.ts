/** An episode for tests: every optional field present somewhere, numbers that survive only an exact round trip. */
import { WAYPOINTS } from '../abi/layout.ts';
import type { Episode } from './episode.ts';

export function sampleEpisode(): Episode {
  const waypoints = Array.from({ length: WAYPOINTS * 2 }, (_, i) => (i % 2 === 0 ? 0.7 * (i / 2 + 1) : -0.0123 * i));
  return {
    format: 'traceway-episode/1',
    id: '0123456789abcdef',
    name: 'Yield to A2 → “proceed”',
    createdAt: '2025-01-02T03:04:05.678Z',
    scenario: { id: 'hidden_pedestrian', hash: 'a1'.repeat(32), inline: 'id: x\ntitle: "ü"\n' },
    seed: 4294967295,
    policy: { kind: 'checkpoint', checkpointHash: 'b2'.repeat(32), name: 'SFT + PPO', engine: 'wasm' },
    controls: Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? ((i * 7) % 220) - 160 : ((i * 13) % 500) - 250)),
    decisions: [
      { step: 0, tokens: [1, 2, 3], logProbs: [-0.1, -1e-9, -0.30000000000000004], waypoints },
      {
        step: 5,
        tokens: [4, 9],
        edit: { index: 1, from: 8, to: 9 },
        waypoints,
        confidence: Array.from({ length: WAYPOINTS }, (_, i) => 1 / (i + 1)),
        residual: [0.1, -0.2, 0, 1e-7],
        value: 1.25,
      },
    ],
    stateHashes: [
      [50, '00112233445566ff'],
      [60, 'fedcba9876543210'],
    ],
    events: [{ step: 12, kind: 'near-miss', actor: 'A2', text: 'Near miss with A2, TTC 0.9 s' }],
    score: {
      score: 0.87,
      noCollision: 1,
      onRoad: 1,
      noRedLight: 1,
      progress: 0.9,
      ttc: 0.8,
      speed: 1,
      comfort: 0.75,
      return: -3.5,
      steps: 60,
      success: true,
      minTtc: null,
      minGap: 0.4,
    },
    parent: { episodeId: 'fedcba9876543210', decision: 1, edit: { index: 1, from: 8, to: 9 }, returnDelta: -2.75 },
  };
}
