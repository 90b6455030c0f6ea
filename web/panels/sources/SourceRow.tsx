/**
 * One source: its state in a shape, a word and a colour, what it runs, and how well its frames come; its name watches it, where there is
 * something to watch.
 */
import { useLive } from '../../stores/hooks.ts';
import { stopWatching, watchOn, watchSource } from '../../stores/live.ts';
import type { LiveSource, SourceStateName } from '../../../workers/contracts/proxy-protocol.ts';
import { latencyText, rateText } from '../../shown/live-figures.ts';

const STATES: Readonly<Record<SourceStateName, readonly [mark: string, word: string, tone: string]>> = {
  idle: ['○', 'ready', 'dim'],
  running: ['●', 'running', 'ok'],
  paused: ['‖', 'paused', 'warn'],
  reconnecting: ['◌', 'reconnecting', 'warn'],
  stuck: ['▲', 'stuck', 'warn'],
  failed: ['✕', 'failed', 'bad'],
  unknown: ['?', 'in a state that this page does not know', 'dim'],
};
const KINDS: Readonly<Record<LiveSource['kind'], string>> = {
  embedded: 'built in',
  carla: 'CARLA',
  push: 'pushed',
  environment: 'environment',
  unknown: 'source',
};

export function SourceState({ source, stale }: { readonly source: LiveSource; readonly stale: boolean }) {
  const [mark, word, tone] = stale ? (['◌', 'away', 'warn'] as const) : STATES[source.state];
  return (
    <span className={tone}>
      <span aria-hidden="true">{mark} </span>
      {word}
    </span>
  );
}

/** A simulator that serves environments and has never shown a frame of them. */
const isUnseen = ({ kind, capabilities, frames }: LiveSource): boolean =>
  kind === 'push' && capabilities.includes('environment') && frames === 0;

export function SourceRow({ source, stale }: { readonly source: LiveSource; readonly stale: boolean }) {
  const watched = useLive((state) => state.sourceId === source.id);
  const { name, kind, version, mapName, synchronous, watchers, problem } = source;
  const unseen = isUnseen(source) && !watched;
  const running = source.state !== 'idle' && source.state !== 'failed' && !unseen;
  return (
    <li className={watched ? 'source sel' : 'source'}>
      <div className="source-head">
        {unseen ? (
          <span className="grow clip open">{name}</span>
        ) : (
          <button
            type="button"
            className="grow clip open"
            aria-label={`Watch ${name}`}
            aria-current={watched || undefined}
            title={`Watch ${name}`}
            onClick={() => (watched ? watchOn() : void watchSource(source))}
          >
            {name}
          </button>
        )}
        <SourceState source={source} stale={stale} />
        {watched && (
          <button type="button" className="link" aria-label={`Stop watching ${name}`} onClick={stopWatching}>
            stop
          </button>
        )}
      </div>
      <p className="dim clip" title={mapName}>
        {[
          `${unseen ? 'served' : KINDS[kind]} ${version}`.trim(),
          mapName.split('/').at(-1),
          synchronous ? 'synchronous' : 'asynchronous',
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {unseen && <p className="dim">offers environments, no frames to watch</p>}
      {(running || watchers > 0) && (
        <p className="dim clip">
          {rateText(source.framesPerSecond)} · {watchers} {watchers === 1 ? 'watcher' : 'watchers'}
          {lossText(source)}
        </p>
      )}
      {watched && <WatchFigures />}
      {problem && <p className={source.state === 'failed' ? 'bad' : 'warn'}>{problem}</p>}
    </li>
  );
}

const lossText = ({ missedFrames, reconnects }: LiveSource): string =>
  `${missedFrames > 0 ? ` · ${missedFrames} missed` : ''}${reconnects > 0 ? ` · reconnected ${reconnects}×` : ''}`;

/** What arrives here, beside what the source sends. */
function WatchFigures() {
  const stats = useLive((state) => state.stats);
  const status = useLive((state) => state.status);
  if (status?.connection === 'reconnecting') {
    return (
      <p className="warn">
        reconnecting, attempt {status.attempt}: {status.problem}
      </p>
    );
  }
  if (!stats) return null;
  return (
    <p
      className="dim clip"
      title={`Latency: p50 ${latencyText(stats.latencyP50Ms)}, p95 ${latencyText(stats.latencyP95Ms)}`}
    >
      here {rateText(stats.framesPerSecond)} · {latencyText(stats.latencyP50Ms)} · {stats.skipped} dropped
    </p>
  );
}
