/** A report as Markdown tables, for a person to read or paste. Sub-scores stay in JSON and CSV. */
import { REPORTED, type ReportedId, scoreInfo } from '../tasks/driving/scores/score-list.ts';
import type { PolicyLine, Report } from './report.ts';

/** Scores of the table of published ones. */
const SHOWN: readonly ReportedId[] = [
  'carla_1_0',
  'carla_2_0',
  'carla_2_1',
  'bench2drive_success',
  'nuplan',
  'pdms',
  'epdms',
  'comfort',
  'rss_violations',
  'route_completion',
];

const table = (head: readonly string[], body: readonly (readonly string[])[]) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...body].map((row) => `| ${row.join(' | ')} |`).join('\n');
const share = (value: number) => `${(100 * value).toFixed(1)} %`;
const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;

export function reportMarkdown({ lines, paired, scenarios, seeds }: Report): string {
  const policies = table(
    [
      'policy',
      'score',
      '95 % interval',
      'IQM',
      'success',
      'collisions / 100',
      'off road / 100',
      'red lights / 100',
      'format valid',
    ],
    lines.map((line) => [
      line.policy,
      line.score.mean.toFixed(4),
      `${line.score.low.toFixed(4)} … ${line.score.high.toFixed(4)}`,
      line.iqm.toFixed(4),
      `${share(line.success.mean)} (${share(line.success.low)} … ${share(line.success.high)})`,
      line.collisionsPer100.toFixed(2),
      line.offRoadPer100.toFixed(2),
      line.redLightsPer100.toFixed(2),
      line.formatValid === null ? '–' : `${(100 * line.formatValid).toFixed(2)} %`,
    ]),
  );
  const byScenario = table(
    ['scenario', ...lines.map((line) => line.policy)],
    scenarios.map((id) => [id, ...lines.map((line) => line.byScenario[id]?.toFixed(4) ?? '–')]),
  );
  const differences = paired.map(({ policy, baseline, difference, improvement, collisions }) =>
    [
      `${policy} − ${baseline}: ${signed(difference.mean)} (95 % ${signed(difference.low)} … ${signed(difference.high)}, ${difference.pairs} pairs, paired bootstrap)`,
      `probability of improvement ${improvement.mean.toFixed(3)} (95 % ${improvement.low.toFixed(3)} … ${improvement.high.toFixed(3)})`,
      `collisions only in the first ${collisions.onlyFirst}, only in the second ${collisions.onlySecond} (McNemar, exact: p = ${collisions.twoSided.toPrecision(2)})`,
    ].join('; '),
  );
  return [
    `${scenarios.length} scenarios × ${seeds} seeds. A score is whole for each drive, then averaged over seeds, then over scenarios.`,
    policies,
    ...published(lines),
    ...(differences.length > 0 ? [differences.map((line) => `- ${line}`).join('\n')] : []),
    byScenario,
  ]
    .join('\n\n')
    .concat('\n');
}

/** The published scores with their intervals; nothing when the drives were not scored. */
function published(lines: readonly PolicyLine[]): string[] {
  if (lines.some((line) => !line.scores)) return [];
  const ids = REPORTED.map(({ id }) => id).filter((id) => SHOWN.includes(id));
  return [
    table(
      ['policy', ...ids.map((id) => scoreInfo(id).title)],
      lines.map((line) => [
        line.policy,
        ...ids.map((id) => {
          const found = line.scores?.[id];
          const { digits } = scoreInfo(id);
          return found
            ? `${found.mean.toFixed(digits)} (${found.low.toFixed(digits)} … ${found.high.toFixed(digits)})`
            : '–';
        }),
      ]),
    ),
  ];
}
