/** The top line: what is open, how it is shown, what computes it, and the three jobs' buttons. */
import { chooseFile } from '../../stores/files.ts';
import { useEngine, useEpisodes, useTraining, useView } from '../../stores/hooks.ts';
import { useCan, useShown } from '../../shown/hooks.ts';
import { startTraining, stopTraining } from '../../stores/training.ts';
import { openDialog, PRESETS, viewStore } from '../../stores/view.ts';
import { Segments } from '../../ui/Segments.tsx';
import { HeaderTools } from './HeaderTools.tsx';
import { MenuButton } from './MenuButton.tsx';

const ENGINE_NAMES = { ts: 'TypeScript', wasm: 'WASM', webgpu: 'WebGPU', tfjs: 'TF.js' } as const;
const PRESET_NAMES = { watch: 'Watch', debug: 'Debug', train: 'Train', compare: 'Compare' } as const;

export function Header() {
  const of = useShown(({ player }) => player?.title().of);
  const by = useShown(({ player }) => player?.title().by);
  const shares = useCan('share');
  const preset = useView((state) => state.preset);
  const active = useTraining((state) => state.active);
  return (
    <header className="header">
      <MenuButton />
      <h1>Traceway</h1>
      <div className="crumb grow clip">
        {of === undefined ? (
          'no drive open'
        ) : (
          <>
            {of} · <b>{by}</b>
          </>
        )}
      </div>
      <Segments
        label="Preset"
        className="presets"
        options={PRESETS.map((name) => ({ value: name, text: PRESET_NAMES[name] }))}
        value={preset}
        onChange={(value) => viewStore.setState({ preset: value })}
      />
      <EngineChip />
      <SavedChip />
      <button type="button" className="btn" onClick={chooseFile} title="Open an episode or a recorded drive (Ctrl O)">
        Open file
      </button>
      <button
        type="button"
        className="btn keyed"
        data-key="S"
        onClick={() => openDialog('share')}
        disabled={!shares}
        aria-keyshortcuts="S"
        title="Share this drive as a link (S)"
      >
        Share
      </button>
      {active ? (
        <button
          type="button"
          className="btn danger"
          onClick={() => void stopTraining()}
          title="Stop training; its checkpoint is kept"
        >
          Stop
        </button>
      ) : (
        <button
          type="button"
          className="btn primary"
          onClick={() => void startTraining()}
          title="Train a driver of your own, here in the tab"
        >
          Train
        </button>
      )}
      <HeaderTools />
    </header>
  );
}

function EngineChip() {
  const engine = useEngine((state) => state);
  const inUse = engine.used;
  const measured = engine.measurements.find((measurement) => measurement.engine === inUse);
  const gpu = engine.measurements.find((measurement) => measurement.engine === 'webgpu');
  const rate = measured?.decisionsPerSecond;
  const noGpu = gpu ? !gpu.available : engine.hasGpu === false;
  return (
    <div role="status" aria-label="Engine">
      <button
        type="button"
        className={noGpu ? 'chip amber' : 'chip'}
        onClick={() => openDialog('engine')}
        title={
          noGpu
            ? `${gpu?.text ?? 'This browser gives no WebGPU adapter.'} Everything works on ${ENGINE_NAMES[inUse]}.`
            : engine.description || 'Engines, as measured here'
        }
      >
        <span className="lamp" aria-hidden="true" />
        {ENGINE_NAMES[inUse]}
        <span className="wide">
          {engine.status === 'measuring' ? ' · measuring' : rate ? ` · ${compact(rate)} decisions/s` : ''}
          {noGpu ? ' · no WebGPU' : ''}
        </span>
      </button>
    </div>
  );
}

function SavedChip() {
  const status = useEpisodes((state) => state.status);
  const count = useEpisodes((state) => state.list.length);
  const text = status === 'failed' ? 'not saved' : `${count} saved`;
  return (
    <span className={status === 'failed' ? 'chip amber wide' : 'chip wide'}>
      {status === 'failed' && <span className="lamp" aria-hidden="true" />}
      {text}
    </span>
  );
}

const compact = (value: number): string =>
  new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
