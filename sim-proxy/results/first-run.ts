/**
 * The drive that the first run shows, and the one thought to change in it.
 *
 * Rule. The policy drives seeds 0, 1, 2, … of a scenario. A drive is a candidate when it reaches the goal without infraction
 * and decides to yield. Its first `yield` is replaced by `proceed`, the policy writes the rest of that trace and drives on.
 * The best candidate is, in this order: the counterfactual collides; the yield is followed by a near miss with the very actor
 * it yields to; the score drops most; the return drops most; the seed is lowest. Only when no drive collides after that edit are its later yields tried.
 */
import { driveEpisode, type Fork } from '../../core/episode/drive.ts';
import type { Episode, EpisodePolicy } from '../../core/episode/episode.ts';
import type { Engine } from '../../core/models/engine.ts';
import { driveOne, engineDriver } from '../../core/tasks/driving/policy/driver.ts';
import { decisionWordIndex } from '../../core/tasks/driving/words/sentence.ts';
import { VOCABULARY, wordId } from '../../core/tasks/driving/words/vocabulary.ts';
import { instantiate } from '../../core/tasks/driving/scenario/instantiate/instantiate.ts';
import type { Scenario } from '../../core/tasks/driving/scenario/scenario.ts';
import { createWasmWorlds } from '../../core/tasks/driving/world/wasm/wasm.ts';

export interface FirstRun {
  /** Index of the decision to edit and of its decision word. */
  readonly decision: number;
  readonly token: number;
  readonly from: string;
  readonly to: string;
  /** Step of that decision: where playback pauses. */
  readonly breakpoint: number;
  /** Counterfactual minus drive. */
  readonly returnDelta: number;
  readonly scoreDelta: number;
  readonly ghostCollides: boolean;
  readonly nearMissAverted: boolean;
  readonly scenario: string;
  readonly seed: number;
  readonly episode: string;
  readonly counterfactual: string;
  /** How this drive was found: drives tried, those that yield and reach the goal, and those of them that then collide. */
  readonly search: { readonly seeds: number; readonly candidates: number; readonly collide: number };
}

export interface FirstRunRequest {
  readonly engine: Engine;
  readonly policy: EpisodePolicy;
  readonly scenario: Scenario;
  /** Seeds 0 … seeds − 1 are tried. */
  readonly seeds: number;
  /** ISO 8601, the date of the record. */
  readonly now: string;
}

const FROM = 'yield';
const TO = 'proceed';

interface Candidate {
  readonly drive: Episode;
  readonly decision: number;
  readonly ghost: Episode;
}

/** Searches by the rule above. Throws when no drive yields and reaches the goal. */
export async function findFirstRun(request: FirstRunRequest): Promise<{ drive: Episode; firstRun: FirstRun }> {
  const { engine, policy, scenario, seeds, now } = request;
  const worlds = createWasmWorlds(1);
  const driver = driveOne(engineDriver(engine, { residual: true }));
  const drive = (seed: number, fork?: Fork) =>
    driveEpisode({ worlds, spec: instantiate(scenario, seed), driver, policy, now, fork });
  const edited = async (parent: Episode, decision: number): Promise<Candidate> => {
    const index = decisionWordIndex(parent.decisions[decision].tokens);
    const ghost = await drive(parent.seed, { parent, decision, index, to: wordId(TO) as number });
    return { drive: parent, decision, ghost };
  };
  try {
    const parents: Episode[] = [];
    const candidates: Candidate[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      const parent = await drive(seed);
      const first = yields(parent)[0];
      if (!isClean(parent) || first === undefined) continue;
      parents.push(parent);
      candidates.push(await edited(parent, first));
    }
    const collide = candidates.filter(({ ghost }) => collides(ghost)).length;
    if (collide === 0)
      for (const parent of parents)
        for (const decision of yields(parent).slice(1)) candidates.push(await edited(parent, decision));
    const best = candidates.toSorted(byRule)[0];
    if (!best) throw new Error(`Of ${seeds} drives of ${scenario.id} none yields and reaches the goal.`);
    const search = { seeds, candidates: parents.length, collide };
    return { drive: best.drive, firstRun: describe(best, search) };
  } finally {
    worlds.dispose();
  }
}

function describe(best: Candidate, search: FirstRun['search']): FirstRun {
  const { drive, decision, ghost } = best;
  return {
    decision,
    token: decisionWordIndex(drive.decisions[decision].tokens),
    from: FROM,
    to: TO,
    breakpoint: drive.decisions[decision].step,
    returnDelta: ghost.score.return - drive.score.return,
    scoreDelta: ghost.score.score - drive.score.score,
    ghostCollides: collides(ghost),
    nearMissAverted: avertsNearMiss(best),
    scenario: drive.scenario.id,
    seed: drive.seed,
    episode: drive.id,
    counterfactual: ghost.id,
    search,
  };
}

/** Indices of the decisions to yield. */
function yields({ decisions }: Episode): number[] {
  const word = wordId(FROM);
  return decisions.flatMap(({ tokens }, i) => (tokens[decisionWordIndex(tokens)] === word ? [i] : []));
}

const isClean = ({ score }: Episode) => score.success && score.noCollision * score.onRoad * score.noRedLight === 1;
const collides = ({ score }: Episode) => score.noCollision === 0;

/** Whether a near miss follows with the actor that the decision yields to (the word after the decision word). */
function avertsNearMiss({ drive, decision }: Candidate): boolean {
  const { step: decided, tokens } = drive.decisions[decision];
  const yieldsTo = VOCABULARY[tokens[decisionWordIndex(tokens) + 1]]?.text;
  return drive.events.some(({ kind, step, actor }) => kind === 'near-miss' && step > decided && actor === yieldsTo);
}

function byRule(a: Candidate, b: Candidate): number {
  const drop = (c: Candidate, of: 'score' | 'return') => c.drive.score[of] - c.ghost.score[of];
  return (
    Number(collides(b.ghost)) - Number(collides(a.ghost)) ||
    Number(avertsNearMiss(b)) - Number(avertsNearMiss(a)) ||
    drop(b, 'score') - drop(a, 'score') ||
    drop(b, 'return') - drop(a, 'return') ||
    a.drive.seed - b.drive.seed ||
    a.decision - b.decision
  );
}
