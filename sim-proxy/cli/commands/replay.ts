/** `lab replay`: opens a drive, proves it by its state hashes, and prints what happened and what was thought. */
import { formatTrace } from '../../../core/tasks/driving/words/sentence.ts';
import { stagesOf } from '../../../core/tasks/driving/words/record.ts';
import { VOCABULARY } from '../../../core/tasks/driving/words/vocabulary.ts';
import { DT } from '../../../core/abi/layout.ts';
import { openEpisode, plain } from '../../node/episodes.ts';
import { type FlagValues, UsageError } from '../flags.ts';

const flags = { json: { type: 'boolean', help: 'Print one JSON object.', default: false } } as const;

export const command = {
  summary: 'Replay a link or an episode file: steps, score, state hashes, traces.',
  words: 'LINK-OR-FILE',
  flags,
  async run(values: FlagValues<typeof flags>, words: readonly string[]) {
    if (words.length !== 1) throw new UsageError('lab replay: say one replay link (#r1.…) or episode file.');
    const { episode, source, view, replay } = await openEpisode(words[0], new Date().toISOString());
    const { id, name, scenario, seed, policy, stateHashes, events, parent } = episode;
    const { steps } = replay.frames;
    const decisions = episode.decisions.map(({ step, tokens, edit, waypoints }) => ({
      step,
      text: formatTrace(tokens),
      stages: stagesOf(tokens).map(({ stage, start, end }) => ({ stage, text: formatTrace(tokens.slice(start, end)) })),
      tokens,
      waypoints,
      ...(edit && { edit: { ...edit, fromWord: VOCABULARY[edit.from]?.text, toWord: VOCABULARY[edit.to]?.text } }),
    }));
    if (values.json) {
      const score = replay.score;
      console.log(
        JSON.stringify({
          source,
          id,
          name,
          scenario: { id: scenario.id, hash: scenario.hash },
          seed,
          policy,
          steps,
          seconds: Math.round(steps * DT * 10) / 10,
          verified: true,
          stateHashes: stateHashes.map(([step, hash]) => ({ step, hash })),
          score,
          recordedScoreEqual: JSON.stringify(episode.score) === JSON.stringify(score),
          events,
          decisions,
          ...(view && { view }),
          ...(parent && { parent }),
        }),
      );
      return;
    }
    const { score: total, return: returned, minTtc, minGap, success, steps: _, ...parts } = replay.score;
    const time = (step: number) => `${(step * DT).toFixed(1).padStart(5)} s`;
    console.log(
      [
        `${plain(name)} (${id})`,
        `${scenario.id}, seed ${seed}, driven by ${plain(`${policy.name}${policy.engine ? ` on ${policy.engine}` : ''}`)}`,
        `${steps} steps (${(steps * DT).toFixed(1)} s), ${success ? 'goal reached' : 'goal not reached'}; every state hash is equal:`,
        ...stateHashes.map(([step, hash]) => `  step ${String(step).padStart(4)}  ${hash}`),
        `score ${total.toFixed(4)}, return ${returned.toFixed(3)}, smallest TTC ${minTtc?.toFixed(2) ?? 'none'} s, smallest gap ${minGap?.toFixed(2) ?? 'none'} m`,
        ...Object.entries(parts).map(([part, value]) => `  ${part.padEnd(12)} ${value.toFixed(4)}`),
        'events',
        ...events.map(({ step, text }) => `  ${time(step)}  ${plain(text)}`),
        'traces',
        ...decisions.flatMap(({ step, stages, edit }) => [
          `  ${time(step)}${edit ? `  edited: ${edit.fromWord} → ${edit.toWord}` : ''}`,
          ...stages.map(({ text }) => `           ${text}`),
        ]),
      ].join('\n'),
    );
  },
};
