/** The bottom line: where what is shown stands, in words that are announced, and a few keys. */
import { useStore } from 'zustand';
import { useShown } from '../../shown/hooks.ts';
import { paceStore } from '../../stores/pace.ts';

export function Footer() {
  const speed = useStore(paceStore, (state) => state.speed);
  const text = useShown(({ player }) => player?.sentence() ?? 'no drive open');
  return (
    <footer className="footer">
      <div role="status" aria-label="Drive" className="grow clip">
        {text}
      </div>
      <span className="wide dim">{speed}× speed</span>
      <span className="wide">
        <kbd>Space</kbd> play <kbd>N</kbd> token <kbd>B</kbd> breakpoint <kbd>E</kbd> edit <kbd>?</kbd> keys
      </span>
    </footer>
  );
}
