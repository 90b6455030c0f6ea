/** A lane of small marks, told apart by shape and colour; a click jumps there. */
import type { EventShape, Mark } from '../../shown/lanes.ts';

const SHAPES: Readonly<Record<EventShape, string>> = {
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
  readonly name: string;
  readonly marks: readonly Mark[];
  /** What the lane covers; marks beyond are not shown. */
  readonly steps: number;
  readonly seek: (step: number) => void;
}

export function MarkLane({ name, marks, steps, seek }: Props) {
  return (
    <div className="timeline-lane timeline-events">
      <span className="timeline-name">{name}</span>
      <ul className="timeline-track" aria-label="Events">
        {marks
          .filter(({ step }) => step <= steps)
          .map(({ key, step, text, shape, tone, hollow }) => (
            <li key={key} style={{ left: `${(100 * step) / Math.max(1, steps)}%` }}>
              <button type="button" title={text} aria-label={text} data-tone={tone} onClick={() => seek(step)}>
                <svg viewBox="0 0 12 12" aria-hidden="true" className={hollow ? 'hollow' : undefined}>
                  <path d={SHAPES[shape]} fillRule="evenodd" />
                </svg>
              </button>
            </li>
          ))}
      </ul>
    </div>
  );
}
