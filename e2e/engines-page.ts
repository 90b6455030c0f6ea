/**
 * Shows what engines.worker.ts found, as JSON. The worker does the work because the lab runs its engines in workers.
 * `?engines=wasm,webgpu` picks engines, `?bench` adds the timing; the status reads "done" or "failed" at the end.
 */
import type { EnginesReport, EnginesTask } from './engines.worker.ts';

const query = new URLSearchParams(location.search);
const task: EnginesTask = {
  engines: query.get('engines')?.split(',') ?? ['wasm', 'webgpu', 'tfjs'],
  conformance: !query.has('only-bench'),
  bench: query.has('bench') || query.has('only-bench'),
};
const show = (status: string, report: unknown) => {
  (document.getElementById('report') as HTMLElement).textContent = JSON.stringify(report, undefined, 2);
  (document.getElementById('status') as HTMLElement).textContent = status;
};
const worker = new Worker(new URL('./engines.worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }: MessageEvent<EnginesReport>) => show('done', data);
worker.onerror = (event) => show('failed', { message: event.message, at: `${event.filename}:${event.lineno}` });
worker.postMessage(task);
