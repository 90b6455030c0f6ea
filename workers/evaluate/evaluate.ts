/** Handle of the evaluation worker. */
import { proxy, type Remote, wrap } from 'comlink';
import type { EvaluateService } from '../contracts/protocol.ts';

export function createEvaluate(): EvaluateService {
  const thread = new Worker(new URL('./evaluate.worker.ts', import.meta.url), { type: 'module', name: 'evaluation' });
  const remote = wrap<EvaluateService>(thread) as Remote<EvaluateService>;
  return {
    run: (request, onProgress) => remote.run(request, proxy(onProgress) as unknown as typeof onProgress),
    cancel: () => remote.cancel(),
    compare: (a, b, score) => remote.compare(a, b, score),
    correlate: (request, onProgress) => remote.correlate(request, proxy(onProgress) as unknown as typeof onProgress),
    exportReport: (format) => remote.exportReport(format),
  };
}
