/** Takes files dropped anywhere on the window, and says so while one hovers. */
import { useEffect, useState } from 'react';
import { listenForDrops } from '../../stores/files.ts';

export function DropOverlay() {
  const [hovers, setHovers] = useState(false);
  useEffect(() => listenForDrops(setHovers), []);
  if (!hovers) return null;
  return (
    <div className="drop" aria-live="polite">
      <b>Drop to open</b>
      <span className="dim">
        an episode, a recorded drive, or a CARLA recording with its map; it is checked first, nothing is overwritten
      </span>
    </div>
  );
}
