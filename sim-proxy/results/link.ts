/** How long replay links are: the shipped drive's, and those of the shipped policy's drives on held-out seeds. */
import { join } from 'node:path';
import { policyRecord } from '../../core/episode/policy-record.ts';
import { checkpointIdentity } from '../../core/models/identity.ts';
import { createWasmEngine } from '../../core/models/engines/wasm/wasm.ts';
import { driveEpisode } from '../../core/episode/drive.ts';
import { driveOne, engineDriver } from '../../core/tasks/driving/policy/driver.ts';
import { HELD_OUT_SEED } from '../../core/learn/seeds.ts';
import { POLICY_CONFIG } from '../../core/tasks/driving/policy/config.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import { DT } from '../../core/abi/layout.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';
import { readPolicyFile } from '../node/checkpoints.ts';
import { linkOf, openEpisode } from '../node/episodes.ts';
import { rangeText, spread } from './measure.ts';
import { shippedScenarios } from '../node/scenarios.ts';
import type { ResultRow, Section } from './section.ts';

const SEEDS = 5;
const BAR = 2000;
/** Drives of this length count as drives of about 20 s. */
const ABOUT_20_S = [18, 22] as const;
const DATE = '2026-01-01T00:00:00Z';
const SHIPPED = join(import.meta.dirname, '../../public/shipped');

interface Length {
  readonly seconds: number;
  readonly characters: number;
}
export interface LinkData {
  readonly shipped: Length;
  readonly drives: readonly Length[];
}

export const link: Section<LinkData> = {
  id: 'link',
  title: 'Replay link',

  async measure() {
    const { episode } = await openEpisode(join(SHIPPED, 'drive.json'), DATE);
    const { flat, hash, name } = await readPolicyFile(join(SHIPPED, 'policy.safetensors'));
    const engine = createWasmEngine(POLICY_CONFIG, flat, { maxBatch: 1 });
    const worlds = createWasmWorlds(1);
    const driver = driveOne(engineDriver(engine, { residual: true }));
    const policy = policyRecord(checkpointIdentity(hash, name), 'wasm');
    const drives: Length[] = [];
    for (const scenario of shippedScenarios().values()) {
      for (let i = 0; i < SEEDS; i++) {
        const spec = instantiate(scenario, HELD_OUT_SEED + i);
        drives.push(lengthOf(await driveEpisode({ worlds, spec, driver, policy, now: DATE })));
      }
    }
    worlds.dispose();
    engine.dispose();
    return { shipped: lengthOf(episode), drives };
  },

  rows({ shipped, drives }) {
    const engine = 'WASM';
    const row = (what: string, lengths: readonly Length[], over: string): ResultRow => ({
      what,
      bar: `≤ ${BAR} characters`,
      measured: rangeText(spread(lengths.map(({ characters }) => characters))),
      met: lengths.every(({ characters }) => characters <= BAR),
      over,
      engine,
    });
    const long = drives.filter(({ seconds }) => seconds >= ABOUT_20_S[0] && seconds <= ABOUT_20_S[1]);
    return [
      {
        ...row('replay link of the shipped drive', [shipped], `1 drive of ${shipped.seconds.toFixed(1)} s`),
        measured: `${shipped.characters}`,
      },
      ...(long.length === 0
        ? []
        : [
            row(
              `replay links of the shipped policy's drives of ${ABOUT_20_S.join(' to ')} s`,
              long,
              `${long.length} of ${drives.length} drives, ${SEEDS} held-out seeds × ${drives.length / SEEDS} scenarios`,
            ),
          ]),
    ];
  },
};

const lengthOf = (episode: Parameters<typeof linkOf>[0]): Length => ({
  seconds: (episode.controls.length / 2) * DT,
  characters: linkOf(episode).length,
});
