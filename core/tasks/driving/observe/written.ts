/**
 * What is written of the observation's table (observation.ts): the constants by which the kernel and the decoders read it, as a part
 * of core/abi/layout.ts, and docs/observation.md. Only scripts/abi.mjs and the test that both are fresh import this file.
 */
import { OBSERVATION_SIZE, type ObservedNumber, PLACED_SLICES, ROUTE_AHEAD, SCALES } from './observation.ts';

const constant = (name: string, value: number | string) => `export const ${name} = ${value};`;
const upper = (name: string) => name.toUpperCase();
/** A literal that AssemblyScript takes as f64. */
const f64 = (value: number) => (Number.isInteger(value) ? `${value}.0` : `${value}`);

/** The observation's part of core/abi/layout.ts. */
export function observationConstants(): string {
  const lines = [
    '/* Observation: one flat Float32Array in the ego frame, each number scaled to about [-1, 1]; docs/observation.md.',
    ' * A slice that is there several times has its numbers counted from the start of the point or the actor. */',
  ];
  for (const { name, times, start, stride, numbers } of PLACED_SLICES) {
    const slice = `OBS_${upper(name)}`;
    lines.push(constant(slice, start));
    if (name === 'route') lines.push(constant(`${slice}_POINTS`, times));
    lines.push(constant(times > 1 ? `${slice}_STRIDE` : `${slice}_SIZE`, stride));
    const from = times > 1 ? 0 : start;
    numbers.forEach((number, i) => lines.push(constant(`${slice}_${upper(number.name)}`, from + i)));
  }
  lines.push(constant('OBS_DIM', OBSERVATION_SIZE), '', '/** Scales: observation = physical / scale. */');
  for (const [name, { value }] of Object.entries(SCALES)) lines.push(constant(`SCALE_${name}`, f64(value)));
  return lines.join('\n');
}

const HEAD = `# The observation

${OBSERVATION_SIZE} numbers (float32) in the ego frame: x forward, y left, SI units, radians. A number is the physical value divided by its scale.
Written from \`core/tasks/driving/observe/observation.ts\` by \`npm run kernels\`.

Actor slots: the six present actors nearest to the ego, where what lies behind its rear bumper counts twice as far, in the scenario's order.
Whoever is hidden by boxes, or farther than the weather lets the ego see, leaves its slot all zeros. The route's points lie
${ROUTE_AHEAD.join(', ')} m beyond the ego's arc length. Sensor noise is added to an actor's x, y, vx and vy and to the ego's lateral offset.
`;

const bound = (value: number) =>
  Math.abs(value) === Math.PI ? `${value < 0 ? '−' : ''}π` : String(value).replace('-', '−').replace('Infinity', '∞');

function row({ name, in: by, range, meaning }: ObservedNumber, at: string): string {
  const scaled = by in SCALES ? SCALES[by as keyof typeof SCALES] : undefined;
  const unit = scaled ? scaled.unit : by;
  const [low, high] = range.map(bound);
  return `| ${at} | ${name} | ${scaled ? scaled.value : '–'} | ${unit} | ${low} … ${high} | ${meaning} |`;
}

/** Text of docs/observation.md. */
export function observationMarkdown(): string {
  const sections = PLACED_SLICES.map(({ name, times, start, stride, numbers }) => {
    const last = start + times * stride - 1;
    const often = times > 1 ? `, ${times} × ${stride}: first number + ${stride} · i + the place given` : '';
    const rows = numbers.map((number, i) => row(number, times > 1 ? `+${i}` : String(start + i)));
    return [
      `## ${name}: ${start} to ${last}${often}`,
      '',
      '| at | number | scale | unit | range | meaning |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n');
  });
  return [HEAD, ...sections].join('\n');
}
