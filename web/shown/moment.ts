/** The moment on the screen in figures and words, shared by the read-outs, the timeline and its live text. */
import type { Episode } from '../../core/episode/episode.ts';
import { DT } from '../../core/abi/layout.ts';
import {
  type DriveStates,
  STATE_ACCEL,
  STATE_REWARD,
  STATE_SPEED,
  STATE_STEER,
  STATE_STRIDE,
  STATE_TTC,
} from '../../workers/contracts/protocol.ts';
import { decisionWord } from '../stores/breakpoints.ts';
import { decisionAt } from '../stores/drive.ts';

export interface MomentFigures {
  readonly step: number;
  readonly seconds: number;
  readonly speedMps: number;
  readonly accelMps2: number;
  readonly steerDegrees: number;
  /** Infinity when nothing is in the way. */
  readonly ttcSeconds: number;
  readonly reward: number;
  /** −1 for a drive without decisions. */
  readonly decision: number;
  /** Longitudinal decision in force ("yield"), or null without a trace. */
  readonly word: string | null;
}

/** The exact figures of one step. */
export function figuresAt(episode: Episode, frames: DriveStates, step: number): MomentFigures {
  const row = Math.min(Math.max(0, step), frames.steps);
  const value = (field: number) => frames.ego[row * STATE_STRIDE + field];
  const decision = decisionAt(episode, row);
  return {
    step: row,
    seconds: row * DT,
    speedMps: value(STATE_SPEED),
    accelMps2: value(STATE_ACCEL),
    steerDegrees: (value(STATE_STEER) * 180) / Math.PI,
    ttcSeconds: value(STATE_TTC),
    reward: value(STATE_REWARD),
    decision: episode.decisions.length > 0 ? decision : -1,
    word: decisionWord(episode.decisions[decision]?.tokens),
  };
}

/** "7.0 s, step 70, 6.4 m/s, decision 14: yield, TTC 1.8 s". */
export function momentText(at: MomentFigures): string {
  const ttc = Number.isFinite(at.ttcSeconds) ? `TTC ${at.ttcSeconds.toFixed(1)} s` : 'no collision ahead';
  const decision = at.decision < 0 ? '' : ` decision ${at.decision + 1}${at.word ? `: ${at.word}` : ''},`;
  return `${at.seconds.toFixed(1)} s, step ${at.step}, ${at.speedMps.toFixed(1)} m/s,${decision} ${ttc}`;
}
