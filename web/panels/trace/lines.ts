/** How a trace is laid out: a heading per stage, one line per actor spoken of, and which actor each word belongs to. */
import { readFields, stageOf } from '../../../core/tasks/driving/words/sentence.ts';
import { VOCABULARY, type TraceStage } from '../../../core/tasks/driving/words/vocabulary.ts';

export interface TraceWord {
  readonly index: number;
  readonly id: number;
  readonly text: string;
  readonly meaning: string;
  /** Observation slot of the actor it speaks of, −1 for none. */
  readonly slot: number;
}
export interface StageLines {
  readonly stage: TraceStage;
  /** The stage's own word ("<plan>"), absent in damaged traces. */
  readonly heading: TraceWord | null;
  readonly lines: readonly (readonly TraceWord[])[];
  /** Index of the stage's last token. */
  readonly end: number;
}

/** The trace by stage and line. Any array of ids is laid out; words out of place simply follow. */
export function layOut(tokens: readonly number[]): readonly StageLines[] {
  const slots = new Map(readFields(tokens).map((field) => [field.index, field.slot]));
  const stages: { stage: TraceStage; heading: TraceWord | null; lines: TraceWord[][]; end: number }[] = [];
  tokens.forEach((id, index) => {
    const word = VOCABULARY[id];
    const entry: TraceWord = {
      index,
      id,
      text: word?.text ?? `#${id}`,
      meaning: word?.meaning ?? 'not in the vocabulary',
      slot: slots.get(index) ?? -1,
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
