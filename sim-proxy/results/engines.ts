/** Every engine against the oracle in Chromium, and generation on its software GPU (e2e/engines-report.mjs). */
import { rangeText, spread } from './measure.ts';
import { jsonOf, type ResultRow, type Section } from './section.ts';

interface Finding {
  readonly engine: string;
  readonly description?: string;
  readonly failure?: string;
  readonly rows?: readonly { readonly name: string; readonly maxRelativeError: number | null; readonly bar: number }[];
}
export interface EnginesData {
  readonly findings: readonly Finding[];
  readonly bench?: {
    readonly batch: number;
    readonly tokens: number;
    readonly engines: readonly { readonly engine: string; readonly milliseconds: readonly number[] }[];
  };
}

const BAR = 1e-4;
const RATIO_BAR = 10;

export const engines: Section<EnginesData> = {
  id: 'engines',
  title: 'Engines in Chromium',

  measure: () => jsonOf<EnginesData>('e2e/engines-report.mjs', ['engines=wasm,webgpu,tfjs&bench'], 420_000),

  rows({ findings, bench }) {
    const rows = findings.map(({ engine, description, rows: all = [], failure }): ResultRow => {
      // Infinity is null in JSON: a row that failed outright.
      const worst = Math.max(...all.map(({ maxRelativeError }) => maxRelativeError ?? Number.POSITIVE_INFINITY));
      const shown = Number.isFinite(worst) ? worst.toExponential(1) : 'differs';
      return {
        what: `conformance of \`${engine}\` with \`ts\`: generation, heads${all.some(({ name }) => name.includes('SFT')) ? ', SFT steps' : ''}`,
        bar: '≤ 1e-4 relative',
        measured: failure ? `failed: ${failure.split('\n')[0]}` : `${shown}, the largest of ${all.length} comparisons`,
        met: failure === undefined && all.length > 0 && worst <= BAR,
        over: '1 run, fixed seeds',
        engine: description ?? engine,
      };
    });
    const times = (name: string) => bench?.engines.find(({ engine }) => engine === name)?.milliseconds;
    const [webgpu, tfjs] = [times('webgpu'), times('tfjs')];
    if (!bench || !webgpu || !tfjs) return rows;
    const ratio = spread(tfjs.map((ms, i) => ms / webgpu[i]));
    const shown = (name: string) => `${rangeText(spread(times(name) ?? []))} ms \`${name}\``;
    return [
      ...rows,
      {
        what: `generation, batch ${bench.batch}, ${bench.tokens} tokens: \`webgpu\` over \`tfjs\``,
        bar: `≥ ${RATIO_BAR}×`,
        measured: `${rangeText(ratio)}×; ${bench.engines.map(({ engine }) => shown(engine)).join(', ')}`,
        met: ratio.median >= RATIO_BAR,
        over: `${webgpu.length} rounds, taken in turn`,
        engine: findings.find(({ engine }) => engine === 'webgpu')?.description ?? 'webgpu',
      },
    ];
  },
};
