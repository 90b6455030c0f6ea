/**
 * A player: something that can be shown over time, whoever drove it and wherever it comes from. A drive of the lab, a recording, a live
 * source and a table of blocks are one each, in a file beside this one. Panels and commands know this interface and no more: what a
 * player can do stands in `can`, what it holds is asked of it, and `shown.ts` says which one is on the screen.
 *
 * Time is counted in steps, 0..`steps`, fractional while it moves. A player has one cursor and tells its listeners whenever the cursor
 * or anything else it says has changed. What it gives besides (scene, lanes, curves) is the same object until it means something else,
 * so a panel compares by identity and draws only what is new.
 */
import type { ActorLine } from '../../workers/contracts/protocol.ts';
import type { LayerMaker } from '../viewer/layer.ts';
import type { Scene } from '../viewer/scene.ts';
import type { Curves, Readout, StepText, ThoughtStage } from './facts.ts';
import type { TimeLane } from './lanes.ts';

/** What not every player can do, or has; a panel or a command that needs one asks for it. */
export type Capability =
  | 'decisions' // moves by decisions, and by words where there are any
  | 'thoughts' // its words can be opened up: alternatives, attention, watches
  | 'breakpoints' // playing stops where something holds
  | 'fork' // a word can be changed and driven on from
  | 'share' // there is a link, or a file in its place
  | 'export' // there is a file
  | 'recorded' // another simulator's: file, map, its actors' controls
  | 'source' // comes from a source that is watched: more may come, it can be held, left and asked things
  | 'record'; // what comes can be kept

export interface Cursor {
  readonly position: number;
  /** Whole step that `position` lies in. */
  readonly step: number;
  /** The last step, so far; −1 before there is one. */
  readonly steps: number;
  readonly playing: boolean;
  /** Stands at the newest moment and goes along with it; of what has no end yet. */
  readonly now: boolean;
  /** Index of the decision in force, and of the word of it that one stands at; 0 without any. */
  readonly decision: number;
  readonly token: number;
  /** Index of the actor that the camera follows; −1 for nobody, the whole picture. */
  readonly follow: number;
}

export interface Player {
  /** "drive", "recording", "source", … */
  readonly kind: string;
  can(what: Capability): boolean;
  /** What is open, and whose it is. */
  title(): { readonly of: string; readonly by: string };
  /** Where it stands, in one sentence that changes no faster than one can listen. */
  sentence(): string;

  cursor(): Cursor;
  subscribe(changed: () => void): () => void;
  play(): void;
  pause(): void;
  seek(position: number): void;
  /** By whole steps, stopping there; by the larger unit (a decision, a second); by or to a word of the thought in force; to the last step. */
  stepBy(steps: number): void;
  leapBy(by: 1 | -1): void;
  wordBy(by: 1 | -1): void;
  wordAt(token: number): void;
  toEnd(): void;

  /** What the viewer draws; null before there is anything. */
  scene(): Scene | null;
  /** Draw it in the place of the layers that draw drives. */
  readonly layers?: readonly LayerMaker[];
  follow(actor: number): void;
  mayFollow(actor: number): boolean;
  /** Actors that a list names beside those of the scene. */
  others(): readonly ActorLine[];

  /** What was thought at the decision in force. */
  words(): readonly ThoughtStage[];
  /** What the timeline shows of the whole time, and of where it stands: "decision 3 of 20 · step 12". */
  lanes(): readonly TimeLane[];
  place(): string;
  at(step: number): StepText;
  /** The step at a time, s. */
  stepAt(seconds: number): number;
  readouts(): readonly Readout[];
  /** Curves over time of whoever is followed; null while they are fetched, or there are none. */
  curves(): Curves | null;
  /** Something else is shown: stops what runs. */
  dispose(): void;
}
