/** What a player says of a moment: figures, words, curves. Plain data that panels draw. */
import type { Curve } from '../../core/io/recordings/scene-curves.ts';

/** One step in figures and words. */
export interface StepText {
  /** Since the first step. */
  readonly seconds: number;
  /** Of a slider: "7.0 s, step 70, 6.4 m/s". */
  readonly value: string;
  /** Under the pointer, after the seconds: "step 70 · 6.4 m/s". */
  readonly line: string;
}

/** A word that was thought. */
export interface ThoughtWord {
  readonly index: number;
  readonly text: string;
  readonly meaning: string;
  /** Colours it. */
  readonly tone: string;
}
/** A stage of a thought in lines of words, under a word of its own where it has one ("<plan>"). */
export interface ThoughtStage {
  readonly stage: string;
  readonly heading: ThoughtWord | null;
  readonly lines: readonly (readonly ThoughtWord[])[];
  /** Index of the stage's last word. */
  readonly end: number;
}

/** A figure over the picture. */
export interface Readout {
  readonly name: string;
  readonly value: string;
  readonly tone?: string;
  readonly title?: string;
}

export interface Curves {
  readonly own: readonly Curve[];
  /** A counterfactual's, beside them. */
  readonly ghost: readonly Curve[];
}
