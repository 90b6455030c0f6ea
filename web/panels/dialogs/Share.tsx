/** Sharing: the replay link of the open drive, how far it carries, and the file for when it is too long. */
import { useEffect, useRef, useState } from 'react';
import type { Failure } from '../../../workers/contracts/protocol.ts';
import { driveStore } from '../../stores/drive.ts';
import { useDrive } from '../../stores/hooks.ts';
import { saveEpisodeFile } from '../../stores/files.ts';
import { ask, lab } from '../../stores/services.ts';
import { viewStore } from '../../stores/view.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { Dialog } from './Dialog.tsx';

/** Lengths in characters that chat programs and browsers carry. */
const CHAT = 1800;
const BROWSER = 8000;

type State =
  | { readonly phase: 'making' }
  | { readonly phase: 'made'; readonly link: string }
  | { readonly phase: 'failed'; readonly failure: Failure };

/** The page's own address with the drive in its fragment, which is never sent to a server. */
const addressWith = (fragment: string): string =>
  `${location.origin}${location.pathname}#${fragment.replace(/^#/, '')}`;

export default function Share() {
  const [state, setState] = useState<State>({ phase: 'making' });
  const [copied, setCopied] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const make = async () => {
    const { episode, step, breakpoints } = driveStore.getState();
    if (!episode) return;
    driveStore.setState({ playing: false });
    const { camera } = viewStore.getState();
    // A link knows chase, top and free.
    const view = { step, camera: camera === 'driver' ? ('chase' as const) : camera, breakpoints };
    const result = await ask(() => lab().shareLink(episode, view));
    setState(
      result.ok
        ? { phase: 'made', link: addressWith(result.value.fragment) }
        : { phase: 'failed', failure: result.failure },
    );
    setTimeout(() => box.current?.select());
  };
  const makeOnce = useRef(make);
  const recorded = useDrive(({ episode }) => episode?.recording !== undefined);
  useEffect(() => void (recorded || makeOnce.current()), [recorded]);
  const copy = async () => {
    if (state.phase !== 'made') return;
    try {
      await navigator.clipboard.writeText(state.link);
    } catch {
      box.current?.select();
      document.execCommand('copy');
    }
    setCopied(true);
  };
  if (recorded) return <ShareRecording />;
  return (
    <Dialog title="Share this drive" width={520}>
      <div className="body">
        {state.phase === 'failed' && (
          <FailureBox
            failure={state.failure}
            kept="The drive itself is untouched; the file below carries it too."
            retry={() => void make()}
          />
        )}
        {state.phase === 'making' && (
          <div className="progress busy" role="progressbar" aria-label="Making the link">
            <i />
          </div>
        )}
        <textarea
          ref={box}
          className="field mono"
          aria-label="Replay link"
          readOnly
          rows={5}
          value={state.phase === 'made' ? state.link : ''}
          onFocus={(event) => event.target.select()}
        />
        {state.phase === 'made' && <Meter length={state.link.length} />}
        <p className="dim">
          The link carries the recipe: scenario, seed, controls, thoughts and where you stand. Whoever opens it sees the
          same states bit for bit; nothing goes to a server.
        </p>
        <div className="acts">
          <span className="grow ok" role="status">
            {copied && '✓ Copied'}
          </span>
          <button type="button" className="btn" onClick={() => void saveEpisodeFile()}>
            Save as file
          </button>
          <button type="button" className="btn primary" disabled={state.phase !== 'made'} onClick={() => void copy()}>
            Copy
          </button>
        </div>
      </div>
    </Dialog>
  );
}

/** A recording has no link; its file holds everything. */
function ShareRecording() {
  return (
    <Dialog title="Share this recording" width={460}>
      <div className="body">
        <p>
          A link carries the controls of a drive in the lab’s own world, and a recording has none: send the file, which
          holds the recording and its map. A drive of your own in its place (Drive it yourself) can be sent as a link.
        </p>
        <div className="acts">
          <button type="button" className="btn primary" data-autofocus onClick={() => void saveEpisodeFile()}>
            Save as file
          </button>
        </div>
      </div>
    </Dialog>
  );
}

/** How long the link is against what chats and browsers carry; logarithmic, so that both bounds can be seen. */
function Meter({ length }: { readonly length: number }) {
  const at = (characters: number) =>
    `${Math.min(100, (Math.log(Math.max(characters, 100) / 100) / Math.log(160)) * 100)}%`;
  const [text, tone, fill] =
    length <= CHAT
      ? ['✓ fits any chat', 'ok', '']
      : length <= BROWSER
        ? ['▲ works in browsers; some chats cut it', 'warn', 'browser']
        : ['✕ too long for a link in most places; send the file', 'bad', 'over'];
  return (
    <div className="meter">
      <div className="scale" aria-hidden="true">
        <i className={fill} style={{ width: at(length) }} />
        <u style={{ left: at(CHAT) }} title="1,800: any chat" />
        <u style={{ left: at(BROWSER) }} title="8,000: browsers" />
      </div>
      <div>
        {length.toLocaleString('en')} characters · <span className={tone}>{text}</span>
      </div>
    </div>
  );
}
