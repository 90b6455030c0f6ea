/** Engines as measured on this machine: which is used and why, and the way to fix another. */
import { useEffect } from 'react';
import type { EngineName } from '../../../core/models/engine.ts';
import { overrideEngine, measureAllEngines } from '../../stores/engine.ts';
import { useEngine } from '../../stores/hooks.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { Dialog } from './Dialog.tsx';

const NAMES: Readonly<Record<EngineName, readonly [string, string]>> = {
  wasm: ['WASM', 'hand-written SIMD; runs everywhere'],
  webgpu: ['WebGPU', 'hand-written kernels; whole batches on the GPU'],
  tfjs: ['TF.js', 'TensorFlow.js on the same GPU; loaded only when chosen'],
  ts: ['TypeScript', 'plain and readable; the oracle the others are checked against'],
};

export default function Engines() {
  const engine = useEngine((state) => state);
  const inUse = engine.used;
  useEffect(() => {
    if (engine.status === 'unmeasured') void measureAllEngines();
  }, [engine.status]);
  const best = Math.max(1, ...engine.measurements.map(({ decisionsPerSecond }) => decisionsPerSecond ?? 0));
  const choices: readonly (EngineName | null)[] = [null, 'wasm', 'webgpu', 'tfjs', 'ts'];
  return (
    <Dialog title="Engines" width={500} className="corner">
      <div className="body">
        {engine.status === 'measuring' && (
          <div className="progress busy" role="progressbar" aria-label="Measuring the engines">
            <i />
          </div>
        )}
        {engine.failure && (
          <FailureBox failure={engine.failure} kept="WASM goes on working." retry={() => void measureAllEngines()} />
        )}
        <fieldset className="engines">
          <legend className="hidden">Engine</legend>
          {choices.map((choice) => {
            const measured = engine.measurements.find((measurement) => measurement.engine === choice);
            const rate = measured?.decisionsPerSecond;
            const out = choice !== null && measured !== undefined && !measured.available;
            return (
              <label key={choice ?? 'auto'} className={out ? 'dim' : ''}>
                <input
                  type="radio"
                  name="engine"
                  checked={engine.override === choice}
                  disabled={out}
                  onChange={() => overrideEngine(choice)}
                />
                <span>
                  <b>{choice ? NAMES[choice][0] : 'Automatic'}</b>{' '}
                  {choice === inUse && <span className="ok">✓ in use</span>}
                  {measured?.software && <span className="warn"> ▲ software</span>}
                  <small className="dim">
                    {choice
                      ? (measured?.text ?? NAMES[choice][1])
                      : 'the fastest measured; a software adapter never wins by itself'}
                  </small>
                  {rate !== undefined && (
                    <span className="track">
                      <i style={{ width: `${Math.max(1, (rate / best) * 100)}%` }} />
                    </span>
                  )}
                </span>
                <span className="mono figure">
                  {rate === undefined
                    ? ''
                    : `${rate.toLocaleString('en', { maximumFractionDigits: rate < 10 ? 1 : 0 })}/s`}
                </span>
              </label>
            );
          })}
        </fieldset>
        <div className="acts">
          <span className="grow dim">decisions a second, measured for about 200 ms each</span>
          <button
            type="button"
            className="btn"
            disabled={engine.status === 'measuring'}
            onClick={() => void measureAllEngines()}
          >
            Measure again
          </button>
        </div>
      </div>
    </Dialog>
  );
}
