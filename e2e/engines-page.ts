/**
 * Shows what engines.worker.ts found, as JSON. The worker does the work because the lab runs its engines in workers.
 * `?engines=wasm,webgpu` picks engines (none when empty), `?bench` adds the timing and `?faults` the failures, `?only-bench`
 * leaves conformance out; the status reads "done" or "failed" at the end.
 */
import { wrap } from 'comlink';
import type { run } from './engines.worker.ts';

const query = new URLSearchParams(location.search);
const worker = new Worker(new URL('./engines.worker.ts', import.meta.url), { type: 'module' });
const show = (status: string, report: unknown) => {
  (document.getElementById('report') as HTMLElement).textContent = JSON.stringify(report, undefined, 2);
  (document.getElementById('status') as HTMLElement).textContent = status;
};

worker.addEventListener('error', ({ message, filename, lineno }) => {
  show('failed', { message: `${message} (${filename}:${lineno})` });
});
try {
  const report = await wrap<{ run: typeof run }>(worker).run({
    engines: query.get('engines')?.split(',').filter(Boolean) ?? ['wasm', 'webgpu', 'tfjs'],
    conformance: !query.has('only-bench'),
    bench: query.has('bench') || query.has('only-bench'),
    faults: query.has('faults'),
  });
  show('done', report);
} catch (error) {
  show('failed', { message: String(error) });
}
