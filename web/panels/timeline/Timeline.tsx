/**
 * The timeline: transport and figures above, lanes of the whole drive below, one playhead through all of them. The lanes are
 * drawn once a drive; while it plays only the playhead moves, without React.
 */
import { useEffect, useRef } from 'react';
import { driveStore } from '../../stores/drive.ts';
import { useDrive } from '../../stores/hooks.ts';
import { EventLane } from './EventLane.tsx';
import { BreakpointLane, DecisionLane, LineLane } from './Lanes.tsx';
import { Scrubber } from './Scrubber.tsx';
import { Transport } from './Transport.tsx';
import './timeline.css';

export function Timeline() {
  const episode = useDrive((state) => state.episode);
  const frames = useDrive((state) => state.frames);
  const ghost = useDrive((state) => state.ghost);
  const breakpoints = useDrive((state) => state.breakpoints);
  const open = episode !== null && frames !== null;
  return (
    <section className="timeline" aria-label="Time">
      <Transport />
      <div className="timeline-lanes">
        {open ? (
          <>
            <EventLane episode={episode} steps={frames.steps} ghost={ghost} />
            {!episode.recording && (
              <DecisionLane name="decisions" episode={episode} total={frames.steps} steps={frames.steps} />
            )}
            {ghost && (
              <DecisionLane name="ghost" episode={ghost.episode} total={frames.steps} steps={ghost.frames.steps} />
            )}
            {!episode.recording && <LineLane name="reward" frames={frames} ghost={ghost} />}
            <LineLane name="TTC" frames={frames} ghost={ghost} />
            {breakpoints.length > 0 && <BreakpointLane episode={episode} frames={frames} breakpoints={breakpoints} />}
            <Scrubber episode={episode} frames={frames} />
            <Playhead steps={frames.steps} />
          </>
        ) : (
          ['events', 'decisions', 'reward', 'TTC'].map((name) => (
            <div className="timeline-lane" key={name}>
              <span className="timeline-name">{name}</span>
            </div>
          ))
        )}
      </div>
    </section>
  );
}

/** The line at the present moment; it follows the store by itself. */
function Playhead({ steps }: { readonly steps: number }) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = (position: number) => {
      line.current?.style.setProperty('--at', String(steps > 0 ? Math.min(1, position / steps) : 0));
    };
    place(driveStore.getState().position);
    return driveStore.subscribe((state, before) => {
      if (state.position !== before.position) place(state.position);
    });
  }, [steps]);
  return <div className="timeline-playhead" ref={line} />;
}
