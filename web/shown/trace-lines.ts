/** How a trace is laid out: a heading per stage, one line per actor spoken of, and the kind of actor each word belongs to. */
import { kindRow } from '../../core/tasks/driving/kinds/kinds.ts';
import { readFields, stageOf } from '../../core/tasks/driving/words/sentence.ts';
import { type TraceStage, VOCABULARY } from '../../core/tasks/driving/words/vocabulary.ts';
import type { ThoughtStage, ThoughtWord } from './facts.ts';

/**
 * The trace by stage and line. Any array of ids is laid out; words out of place simply follow. `kinds`: of the actor in each observation
 * slot.
 */
export function layOut(tokens: readonly number[], kinds: readonly number[] = []): readonly ThoughtStage[] {
  const slots = new Map(readFields(tokens).map((field) => [field.index, field.slot]));
  const stages: { stage: TraceStage; heading: ThoughtWord | null; lines: ThoughtWord[][]; end: number }[] = [];
  tokens.forEach((id, index) => {
    const word = VOCABULARY[id];
    const entry: ThoughtWord = {
      index,
      text: word?.text ?? `#${id}`,
      meaning: word?.meaning ?? 'not in the vocabulary',
      tone: toneOf(kinds[slots.get(index) ?? -1]),
    };
    const stage = stageOf(tokens, index);
    const isHeading = word !== undefined && word.class === stage;
    let current = stages.at(-1);
    if (!current || (isHeading && index > 0)) {
      current = { stage, heading: isHeading ? entry : null, lines: [], end: index };
      stages.push(current);
      if (isHeading) return;
    }
    current.end = index;
    const startsLine = word?.class === 'actor' && (stage === 'perceive' || stage === 'predict');
    if (startsLine || current.lines.length === 0) current.lines.push([entry]);
    else current.lines[current.lines.length - 1].push(entry);
  });
  return stages;
}

/** Colour class of the actor a word speaks of; the word itself says which actor, so the colour never stands alone. */
const toneOf = (kind: number | undefined): string => (kind !== undefined && kindRow(kind)?.word) || '';
