/**
 * The timeline's skeleton, for drives, recordings and live sources alike: a head, lanes of the whole time below it, a slider and one
 * playhead through all of them. The lanes are drawn when their data change; while it plays only the playhead moves, without React.
 */
import { type ReactNode, useEffect, useRef } from 'react';
import { type Slider, Scrubber } from './Scrubber.tsx';
import './timeline.css';

interface Props {
  readonly head: ReactNode;
  /** Names of the lanes while there is nothing to show. */
  readonly names: readonly string[];
  readonly lanes: ReactNode;
  /** null: nothing is open. */
  readonly slider: Slider | null;
  /** Calls with the playhead's share of the time, 0..1, at once and whenever it moves; returns how to stop. */
  readonly follow: (place: (share: number) => void) => () => void;
}

export function TimelineFrame({ head, names, lanes, slider, follow }: Props) {
  return (
    <section className="timeline" aria-label="Time">
      <div className="timeline-head">{head}</div>
      <div className="timeline-lanes">
        {slider ? (
          <>
            {lanes}
            <Scrubber {...slider} />
            <Playhead follow={follow} />
          </>
        ) : (
          names.map((name) => (
            <div className="timeline-lane" key={name}>
              <span className="timeline-name">{name}</span>
            </div>
          ))
        )}
      </div>
    </section>
  );
}

function Playhead({ follow }: Pick<Props, 'follow'>) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => follow((share) => line.current?.style.setProperty('--at', String(Math.min(1, share)))), [follow]);
  return <div className="timeline-playhead" ref={line} />;
}
