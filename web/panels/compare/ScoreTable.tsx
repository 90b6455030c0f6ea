/** A score opened into its parts: score = collision · road · light · (5 progress + 5 TTC + 4 speed + 2 comfort) / 16. */
import type { ReactNode } from 'react';
import type { DriveEventKind, Episode } from '../../../core/episode/episode.ts';
import { SCORE_WEIGHTS, type ScoreBreakdown } from '../../../core/tasks/driving/scores/lab/score.ts';
import { type DriveStates, STATE_STRIDE, STATE_TTC } from '../../../workers/contracts/protocol.ts';
import { seek } from '../../stores/drive.ts';
import { useDrive } from '../../stores/hooks.ts';
import { signed } from '../../ui/format.ts';

interface Part {
  readonly name: string;
  readonly of: (score: ScoreBreakdown) => number | null;
  readonly digits?: number;
  readonly weight?: string;
  /** Event that cost the points. */
  readonly event?: DriveEventKind;
}
const PARTS: readonly Part[] = [
  { name: 'score', of: (s) => s.score },
  { name: 'no collision', of: (s) => s.noCollision, weight: '×', event: 'collision' },
  { name: 'on the road', of: (s) => s.onRoad, weight: '×', event: 'off-road' },
  { name: 'no red light run', of: (s) => s.noRedLight, weight: '×', event: 'red-light' },
  { name: 'progress', of: (s) => s.progress, weight: `${SCORE_WEIGHTS.progress}/16`, event: 'timeout' },
  { name: 'time to collision', of: (s) => s.ttc, weight: `${SCORE_WEIGHTS.ttc}/16`, event: 'near-miss' },
  { name: 'speed limit', of: (s) => s.speed, weight: `${SCORE_WEIGHTS.speed}/16` },
  { name: 'comfort', of: (s) => s.comfort, weight: `${SCORE_WEIGHTS.comfort}/16`, event: 'hard-brake' },
  { name: 'return', of: (s) => s.return },
  { name: 'smallest TTC, s', of: (s) => s.minTtc, digits: 1 },
  { name: 'smallest gap, m', of: (s) => s.minGap, digits: 1 },
  { name: 'steps', of: (s) => s.steps, digits: 0 },
];

const figure = (value: number | null, digits = 2): string =>
  value === null ? '–' : value.toFixed(digits).replace('-', '−');

/** Step of the smallest time to collision, or null. */
function closestStep(frames: DriveStates): number | null {
  let best = Number.POSITIVE_INFINITY;
  let at: number | null = null;
  for (let step = 0; step <= frames.steps; step++) {
    const ttc = frames.ego[step * STATE_STRIDE + STATE_TTC];
    if (ttc < best) {
      best = ttc;
      at = step;
    }
  }
  return at;
}

/** The step a part lost its points at, or null. */
function stepOf(part: Part, { events }: Episode, frames: DriveStates | null): number | null {
  if (part.name.startsWith('smallest TTC')) return frames && closestStep(frames);
  return events.find(({ kind }) => kind === part.event)?.step ?? null;
}

/** Text that leads to the step it speaks of, when there is one. */
function StepLink({ step, children }: { readonly step: number | null; readonly children: ReactNode }) {
  if (step === null) return children;
  return (
    <button type="button" className="link" title={`Go to step ${step}`} onClick={() => seek(step)}>
      {children}
    </button>
  );
}

export function ScoreTable({ episode, other }: { readonly episode: Episode; readonly other: Episode | null }) {
  const frames = useDrive((state) => state.frames);
  const ghostFrames = useDrive((state) => state.ghost?.frames ?? null);
  return (
    <table className="score">
      <caption className="hidden">Score, part by part</caption>
      <thead>
        <tr>
          <th scope="col">part</th>
          <th scope="col">drive</th>
          {other && (
            <>
              <th scope="col" className="cf">
                ghost
              </th>
              <th scope="col">difference</th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {PARTS.map((part) => {
          const own = part.of(episode.score);
          const theirs = other && part.of(other.score);
          const step = stepOf(part, episode, frames);
          const theirStep = other && stepOf(part, other, ghostFrames);
          const delta = own !== null && theirs !== null ? theirs - own : null;
          return (
            <tr key={part.name} className={part.name === 'score' ? 'total' : ''}>
              <th scope="row">
                <StepLink step={step}>{part.name}</StepLink>
                {part.weight && <span className="dim"> {part.weight}</span>}
              </th>
              <td>{figure(own, part.digits)}</td>
              {other && (
                <>
                  <td className="cf">
                    <StepLink step={theirStep}>{figure(theirs, part.digits)}</StepLink>
                  </td>
                  <td className={delta === null || delta === 0 ? 'dim' : delta < 0 ? 'bad' : 'ok'}>
                    {delta === null || delta === 0 ? '=' : signed(delta, part.digits)}
                  </td>
                </>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
