/** A small scatter plot: points, two axes with three ticks each; the table beside it says the same in words. */
interface Props {
  readonly points: readonly { readonly id: string; readonly offline: number; readonly closedLoop: number }[];
  readonly x: string;
  readonly y: string;
}

const WIDTH = 320;
const HEIGHT = 220;
const LEFT = 48;
const BOTTOM = 34;
const TOP = 10;

/** Lowest, middle and highest of the values, spread a little when they are all the same. */
function ticks(values: readonly number[]): readonly [number, number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? 0.06 * (high - low) : 0.5;
  return [low - room, (low + high) / 2, high + room];
}
const text = (value: number): string => String(Number(value.toPrecision(3))).replace('-', '−');

export function Scatter({ points, x, y }: Props) {
  const across = ticks(points.map((point) => point.offline));
  const up = ticks(points.map((point) => point.closedLoop));
  const atX = (value: number) => LEFT + ((WIDTH - LEFT - 12) * (value - across[0])) / (across[2] - across[0]);
  const atY = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * (value - up[0])) / (up[2] - up[0]);
  return (
    <svg className="scatter" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${y} against ${x}`}>
      {across.map((tick) => (
        <g key={tick}>
          <line className="grid" x1={atX(tick)} x2={atX(tick)} y1={TOP} y2={HEIGHT - BOTTOM} />
          <text x={atX(tick)} y={HEIGHT - BOTTOM + 13} textAnchor="middle">
            {text(tick)}
          </text>
        </g>
      ))}
      {up.map((tick) => (
        <g key={tick}>
          <line className="grid" x1={LEFT} x2={WIDTH - 12} y1={atY(tick)} y2={atY(tick)} />
          <text x={LEFT - 6} y={atY(tick) + 3.5} textAnchor="end">
            {text(tick)}
          </text>
        </g>
      ))}
      <text x={(LEFT + WIDTH - 12) / 2} y={HEIGHT - 5} textAnchor="middle">
        {x}
      </text>
      <text transform={`translate(11 ${(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)`} textAnchor="middle">
        {y}
      </text>
      {points.map(({ id, offline, closedLoop }, i) => (
        <circle
          key={id}
          className={i === points.length - 1 ? 'last' : ''}
          cx={atX(offline)}
          cy={atY(closedLoop)}
          r={i === points.length - 1 ? 5 : 3.5}
        >
          <title>{`${id}: ${text(offline)}, ${text(closedLoop)}`}</title>
        </circle>
      ))}
    </svg>
  );
}
