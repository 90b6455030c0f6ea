/** A lane of one figure over the time, its zero drawn; a counterfactual's dashed over it. */
interface Props {
  readonly name: string;
  /** SVG paths in a box 1000 × 100, y down (lanes.ts). */
  readonly own: string;
  readonly ghost?: string | null;
  /** Height of zero in that box. */
  readonly zero?: number;
}

export function LineLane({ name, own, ghost, zero = 96 }: Props) {
  return (
    <div className={`timeline-lane timeline-line ${name}`}>
      <span className="timeline-name">{name}</span>
      <div className="timeline-track">
        <svg viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden="true">
          <path className="base" d={`M0 ${zero.toFixed(1)}H1000`} />
          <path d={own} />
          {ghost && <path className="ghost" d={ghost} />}
        </svg>
      </div>
    </div>
  );
}
