/** A lane of one figure over the time, its zero drawn; a counterfactual's dashed over it. */
import { memo, useMemo } from 'react';
import { type TimeLane, type LineOf, linePath, zeroOf } from '../../shown/lanes.ts';

interface Props {
  readonly lane: Extract<TimeLane, { readonly kind: 'line' }>;
  /** What the lane covers. */
  readonly steps: number;
}

export const LineLane = memo(({ lane, steps }: Props) => {
  const { name, range } = lane;
  const [own, ghost] = useMemo(() => {
    const path = ({ value, ...line }: LineOf) => linePath(value, { range: lane.range, ...line, total: steps });
    return [path(lane.own), lane.ghost ? path(lane.ghost) : null];
  }, [lane, steps]);
  return (
    <div className={`timeline-lane timeline-line ${name}`}>
      <span className="timeline-name">{name}</span>
      <div className="timeline-track">
        {/* A box 1000 × 100, y down. */}
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          <path className="base" d={`M0 ${zeroOf(range).toFixed(1)}H1000`} />
          <path d={own} />
          {ghost && <path className="ghost" d={ghost} />}
        </svg>
      </div>
    </div>
  );
});
