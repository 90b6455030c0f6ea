/** Events as small marks, told apart by shape and colour; a click jumps there. The ghost's own are hollow. */
import type { DriveEvent, Episode } from '../../../core/episode/episode.ts';
import { DT } from '../../../core/world/layout.ts';
import { type Ghost, seek } from '../../stores/drive.ts';
import { EVENT_MARKS, type EventShape } from './lanes.ts';

export const SHAPES: Readonly<Record<EventShape, string>> = {
  circle: 'M6 2a4 4 0 1 1 0 8a4 4 0 1 1 0-8Z',
  square: 'M2.2 2.2H9.8V9.8H2.2Z',
  diamond: 'M6 1.2L10.8 6L6 10.8L1.2 6Z',
  triangle: 'M6 1.6L11 10.4H1Z',
  bar: 'M4.9 1H7.1V11H4.9Z',
  cross: 'M2.6 1L6 4.4L9.4 1L11 2.6L7.6 6L11 9.4L9.4 11L6 7.6L2.6 11L1 9.4L4.4 6L1 2.6Z',
  flag: 'M2.5 1H4V1.6H10.5L8.6 4.2L10.5 6.8H4V11H2.5Z',
  ring: 'M6 1.4a4.6 4.6 0 1 1 0 9.2a4.6 4.6 0 1 1 0-9.2ZM6 3.6a2.4 2.4 0 1 0 0 4.8a2.4 2.4 0 1 0 0-4.8Z',
};

interface Props {
  readonly episode: Episode;
  readonly steps: number;
  readonly ghost: Ghost | null;
}

export function EventLane({ episode, steps, ghost }: Props) {
  const own = new Set(episode.events.map(({ step, kind, actor }) => `${step} ${kind} ${actor}`));
  const others = ghost?.episode.events.filter(({ step, kind, actor }) => !own.has(`${step} ${kind} ${actor}`)) ?? [];
  return (
    <div className="timeline-lane timeline-events">
      <span className="timeline-name">events</span>
      <ul className="timeline-track" aria-label="Events">
        {episode.events.map((event) => (
          <Mark key={`${event.step}-${event.kind}-${event.actor}-${event.text}`} event={event} steps={steps} />
        ))}
        {others.map((event) => (
          <Mark
            key={`ghost-${event.step}-${event.kind}-${event.actor}-${event.text}`}
            event={event}
            steps={steps}
            ghost
          />
        ))}
      </ul>
    </div>
  );
}

function Mark({
  event,
  steps,
  ghost,
}: {
  readonly event: DriveEvent;
  readonly steps: number;
  readonly ghost?: boolean;
}) {
  const { shape, tone } = EVENT_MARKS[event.kind];
  const text = `${(event.step * DT).toFixed(1)} s${ghost ? ', ghost' : ''}: ${event.text}`;
  if (event.step > steps) return null;
  return (
    <li style={{ left: `${(100 * event.step) / steps}%` }}>
      <button type="button" title={text} aria-label={text} data-tone={tone} onClick={() => seek(event.step)}>
        <svg viewBox="0 0 12 12" aria-hidden="true" className={ghost ? 'hollow' : undefined}>
          <path d={SHAPES[shape]} fillRule="evenodd" />
        </svg>
      </button>
    </li>
  );
}
