import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { decisionWordIndex } from '../../tasks/driving/words/sentence.ts';
import { wordId } from '../../tasks/driving/words/vocabulary.ts';
import { instantiate } from '../../tasks/driving/scenario/instantiate/instantiate.ts';
import { WAYPOINTS } from '../../abi/layout.ts';
import { decodeRecipe, encodeRecipe, hashSteps, type Recipe, type ReplayView } from './codec.ts';
import type { EpisodeDriver } from '../../tasks/driving/policy/driver.ts';
import type { Episode } from '../episode.ts';
import { sealEnvelope, openEnvelope } from './link-envelope.ts';
import { drive, expert, lab, NOW, shipped } from '../testing-lab.ts';
import { decodeLink, encodeLink, LinkError } from './link.ts';
import { replaySteps } from '../../tasks/driving/world/replay-steps.ts';

const VIEW: ReplayView = { step: 20, camera: 'top', breakpoints: [{ kind: 'ttc', value: '1.5' }] };

/** Drives like the expert, but thinks a little otherwise and plans unevenly, as a trained model does. */
const model: EpisodeDriver = {
  async plan(observation, forced) {
    const plan = await expert.plan(observation, forced);
    const tokens = plan.tokens.map((token, i) => (i % 9 === 4 && token > 60 ? token - 1 : token));
    const t = (i: number) => ((i >> 1) + 1) / 10;
    const waypoints = Array.from(
      plan.waypoints,
      (value, i) => value + 0.05 * Math.sin(7 * value) * t(i) + 0.1 * t(i) ** 2,
    );
    return { ...plan, tokens, waypoints, logProbs: tokens.map(() => -0.01), value: 1 };
  },
};
const policy = {
  kind: 'checkpoint',
  name: 'SFT + PPO (shipped)',
  checkpointHash: 'ab'.repeat(32),
  engine: 'wasm',
} as const;

let episode: Episode;
let link: string;
beforeAll(async () => {
  episode = await drive('hidden_pedestrian', 2);
  link = encodeLink(episode, VIEW, lab);
});

/** The link with something in its recipe changed, check sum and all. */
function forge(change: (recipe: Recipe) => Partial<Recipe>): string {
  const recipe = decodeRecipe(openEnvelope(link));
  return sealEnvelope(encodeRecipe({ ...recipe, ...change(recipe) }));
}
function failure(text: string): LinkError {
  try {
    decodeLink(text, NOW, lab);
  } catch (error) {
    if (error instanceof LinkError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('replay link', () => {
  test('of an expert’s drive gives back the whole record and the view', () => {
    expect(decodeLink(link, episode.createdAt, lab)).toEqual({ episode, view: VIEW });
    expect(encodeLink(decodeLink(link, NOW, lab).episode, VIEW, lab)).toBe(link);
  });

  test('of a 20 s drive with its thoughts fits 2,000 characters, the expert’s in 500', async () => {
    const expertDrive = await drive('signalled_crossing', 1);
    const modelDrive = await drive('hidden_pedestrian', 3, { driver: model, policy });
    const waits = await drive('crossing_lead', 1, { driver: model, policy });
    const lengths = [expertDrive, modelDrive, waits].map((one) => encodeLink(one, VIEW, lab).length);
    console.info(`link lengths: expert ${lengths[0]}, model ${lengths[1]} and ${lengths[2]} characters`);
    expect(lengths[0]).toBeLessThan(500);
    expect(Math.max(...lengths)).toBeLessThan(1600);
  });

  test('of a model’s drive keeps controls, thoughts, states, events and score exactly and plans to 0.2 m', async () => {
    const sent = await drive('crossing_pedestrian', 3, { driver: model, policy });
    const { episode: got } = decodeLink(encodeLink(sent, VIEW, lab), NOW, lab);
    for (const key of ['id', 'name', 'scenario', 'seed', 'controls', 'stateHashes', 'events', 'score'] as const) {
      expect(got[key]).toEqual(sent[key]);
    }
    expect(got.decisions.map(({ tokens }) => tokens)).toEqual(sent.decisions.map(({ tokens }) => tokens));
    expect(got.policy).toEqual({ ...policy, checkpointHash: 'ab'.repeat(8) });
    sent.decisions.forEach(({ waypoints }, d) => {
      for (let i = 0; i < 2 * WAYPOINTS; i++) {
        expect(Math.abs(got.decisions[d].waypoints[i] - waypoints[i])).toBeLessThan(0.2);
      }
    });
  });

  test('of a counterfactual keeps the edit and its parent', async () => {
    const decision = 6;
    const index = decisionWordIndex(episode.decisions[decision].tokens);
    const fork = { parent: episode, decision, index, to: wordId('stop') ?? -1 };
    const forked = await drive('hidden_pedestrian', 2, { fork });
    const { episode: got } = decodeLink(encodeLink(forked, VIEW, lab), NOW, lab);
    expect(got.parent).toEqual(forked.parent);
    expect(got.decisions.map(({ edit }) => edit)).toEqual(forked.decisions.map(({ edit }) => edit));
    expect({ ...got, decisions: [] }).toEqual({ ...forked, decisions: [] });
  });

  test('of a scenario of one’s own carries it', async () => {
    const inline = JSON.stringify(shipped.get('straight_road'));
    const own = await drive('straight_road', 4, { inline });
    const elsewhere = { ...lab, scenario: () => undefined };
    expect(decodeLink(encodeLink(own, VIEW, elsewhere), NOW, elsewhere).episode).toEqual(own);
  });

  test('that takes longer to replay than the caller allows is given up', () => {
    let asked = 0;
    const hurried = { ...lab, outOfTime: () => ++asked > 30 };
    expect(() => decodeLink(link, NOW, hurried)).toThrow('takes too long');
    expect(asked).toBe(31);
  });

  test('is not made of a drive that does not replay to its own hashes', () => {
    const controls = episode.controls.with(20, episode.controls[20] - 1);
    expect(() => encodeLink({ ...episode, controls }, VIEW, lab)).toThrow('diverged at step 50');
  });
});

describe('a link with a correct check sum and wrong contents is refused in one sentence', () => {
  test.each([
    ['diverged', 'diverged at step 50', (r) => ({ controls: r.controls.with(9, r.controls[9] + 1) })],
    ['diverged', 'diverged at step 50', (r) => ({ hashes: r.hashes.with(0, '00000000') })],
    ['diverged', 'diverged', (r) => ({ seed: r.seed + 1 })],
    ['diverged', 'diverged', longer],
    ['trace', 'another version', () => ({ traceCheck: '00000000' })],
    ['trace', 'damaged', (r) => ({ decisions: r.decisions.with(0, { ...r.decisions[0], trace: [1, 60, 0, 0] }) })],
    ['format', 'left over', (r) => ({ decisions: r.decisions.with(0, { ...r.decisions[0], trace: [0, 0] }) })],
    [
      'format',
      'no token',
      (r) => ({ decisions: r.decisions.with(0, { ...r.decisions[0], edit: { index: 47, from: 0 } }) }),
    ],
    ['format', 'outside', (r) => ({ view: { ...r.view, step: 1999 } })],
    ['format', 'step of the view', (r) => ({ view: { ...r.view, step: 4294967295 } })],
    ['format', 'name', () => ({ name: 'x'.repeat(200) })],
    ['scenario', 'no scenario', (r) => ({ scenario: { ...r.scenario, id: 'moon' } })],
    ['scenario', 'hash differs', (r) => ({ scenario: { ...r.scenario, hash: '0000000000000000' } })],
    ['scenario', 'cannot be used', (r) => ({ scenario: { ...r.scenario, inline: 'road: [' } })],
    ['scenario', 'cannot be used', (r) => ({ scenario: { ...r.scenario, inline: 'a: &a [1]\nb: [*a, *a]' } })],
  ] as [string, string, (recipe: Recipe) => Partial<Recipe>][])('%s: %s', (reason, words, change) => {
    const error = failure(forge(change));
    expect(error.message).toContain(words);
    expect(error.reason).toBe(reason);
    expect(error.where).not.toBe('');
    expect(error.message).toMatch(/^[A-Z].*\.$/);
  });

  test('thousands of damaged recipes end in a proven drive or a LinkError', async () => {
    const short = await drive('straight_road', 9);
    const steps = 12;
    const hashAt = episodeHashes(short, steps);
    const cut: Episode = {
      ...short,
      controls: short.controls.slice(0, steps * 2),
      decisions: short.decisions.filter(({ step }) => step < steps),
      stateHashes: hashAt,
    };
    const bytes = openEnvelope(encodeLink(cut, { ...VIEW, step: 3 }, lab));
    const patch = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    let accepted = 0;
    fc.assert(
      fc.property(patch, (changes) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        try {
          const { episode: read } = decodeLink(sealEnvelope(damaged), NOW, lab);
          expect(read.controls).toEqual(cut.controls);
          accepted++;
        } catch (error) {
          if (!(error instanceof LinkError)) throw error;
        }
      }),
      { numRuns: 2500 },
    );
    expect(accepted).toBeGreaterThan(0);
  });
});

/** Steps beyond the end of the drive. */
function longer({ controls }: Recipe): Partial<Recipe> {
  const twice = [...controls, ...controls];
  const hashes = hashSteps(twice.length / 2).map((step) => '0'.repeat(step === twice.length / 2 ? 16 : 8));
  return { controls: twice, hashes };
}

/** The hash of a drive cut short after `steps`. */
function episodeHashes(full: Episode, steps: number): [number, string][] {
  const { worlds, scenario } = lab;
  const found = scenario(full.scenario.id);
  if (!found) throw new Error('no scenario');
  let hash = '';
  for (const state of replaySteps(worlds, instantiate(found, full.seed), full.controls.slice(0, steps * 2))) {
    if (state.step === steps) hash = worlds.hash(0);
  }
  return [[steps, hash]];
}
