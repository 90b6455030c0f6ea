/** The bottom line: where the drive stands, in words, and a few keys. Words are announced a decision at a time while playing. */
import { useEffect, useState } from 'react';
import { DT } from '../../../core/abi/layout.ts';
import { driveSentence } from '../../stores/debugger.ts';
import { type DriveState, driveStore } from '../../stores/drive.ts';
import { useDrive, useLive } from '../../stores/hooks.ts';
import { liveSentence } from '../../stores/live-state.ts';

export function Footer() {
  const speed = useDrive((state) => state.speed);
  const live = useLive((state) => state.sourceId !== null);
  return (
    <footer className="footer">
      {live ? <LiveStatus /> : <DriveStatus />}
      <span className="wide dim">{speed}× speed</span>
      <span className="wide">
        <kbd>Space</kbd> play <kbd>N</kbd> token <kbd>B</kbd> breakpoint <kbd>E</kbd> edit <kbd>?</kbd> keys
      </span>
    </footer>
  );
}

function DriveStatus() {
  const [text, setText] = useState(() => driveSentence(driveStore.getState()));
  useEffect(
    () =>
      driveStore.subscribe((state, before) => {
        const moved = state.playing && before.playing ? saidAt(state) !== saidAt(before) : state.step !== before.step;
        if (moved || state.frames !== before.frames || state.playing !== before.playing) setText(driveSentence(state));
      }),
    [],
  );
  return (
    <div role="status" aria-label="Drive" className="grow clip">
      {text}
    </div>
  );
}

/** What the words change with while playing: the decision, or without one the second. */
const saidAt = ({ episode, decision, step }: DriveState): number =>
  episode?.decisions.length ? decision : Math.floor(step / STEPS_A_SECOND);
const STEPS_A_SECOND = Math.round(1 / DT);

/** Said when something changes, not with every frame. */
function LiveStatus() {
  const text = useLive(liveSentence);
  return (
    <div role="status" aria-label="Drive" className="grow clip">
      {text}
    </div>
  );
}
