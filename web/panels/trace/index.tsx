/**
 * The trace debugger: the decision's tokens by stage, what the model preferred and looked at for the current one, the call
 * stack, watches, breakpoints, branches, and the checks of the whole trace.
 */
import { useDebugger, useDrive } from '../../stores/hooks.ts';
import { resume } from '../../stores/playback.ts';
import { useCan, useCursor, usePlayer, useShown } from '../../shown/hooks.ts';
import type { ThoughtStage } from '../../shown/facts.ts';
import type { Capability } from '../../shown/player.ts';
import { actionBy } from '../../shown/stages.ts';
import { thinkAgain } from '../../stores/thoughts.ts';
import { FailureBox } from '../../ui/Failure.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Alternatives } from './Alternatives.tsx';
import { Checks } from './Checks.tsx';
import { Inspector } from './Inspector.tsx';
import { LooksAt } from './LooksAt.tsx';
import { TokenEditor } from './TokenEditor.tsx';
import { Tokens } from './Tokens.tsx';
import './trace.css';

const NONE: readonly ThoughtStage[] = [];

export function Trace() {
  const player = usePlayer();
  const stages = useShown((shown) => shown.player?.words() ?? NONE);
  const decision = useCursor((cursor) => cursor.decision);
  const token = useCursor((cursor) => cursor.token);
  const opened = useCan('breakpoints');
  const thought = useDrive((state) => (opened ? state.thoughts.get(state.decision) : undefined));
  const words = (stages.at(-1)?.end ?? -1) + 1;
  const entropy = thought?.tokens[token]?.entropy;
  return (
    <section className="panel trace" aria-label="Trace">
      <div className="head">
        <h2>Trace</h2>
        <span>{player && `· decision ${decision + 1}`}</span>
        <span className="note">
          {words > 0 && `token ${token + 1} of ${words}`}
          {entropy !== undefined && ` · H ${entropy.toFixed(2)}`}
        </span>
      </div>
      <div className="toolbar">
        <Tool
          label="Step back"
          title="Previous token (Shift F10, Shift N)"
          icon="step-back"
          needs="decisions"
          onClick={() => player?.wordBy(-1)}
        />
        <Tool
          label="Step token"
          title="Next token (F10, N)"
          icon="step"
          needs="decisions"
          onClick={() => player?.wordBy(1)}
        />
        <Tool
          label="Step decision"
          title="Next decision (Shift →)"
          icon="decision"
          needs="decisions"
          onClick={() => player?.leapBy(1)}
        />
        <Tool
          label="Run to action"
          title="End of this trace (Shift F11, O)"
          icon="action"
          needs="decisions"
          onClick={() => player && actionBy(player, 1)}
        />
        <Tool
          label="Resume"
          title="To the next breakpoint (F8, R)"
          icon="resume"
          needs="breakpoints"
          onClick={() => resume(1)}
        />
        <span className="grow" />
        {thought && (
          <span className="dim clip" title={CONDITIONS[thought.byModel ? 'model' : 'rule']}>
            {thought.byModel ? 'conditions the action' : 'written by rule'}
          </span>
        )}
      </div>
      {player && words > 0 ? (
        <Tokens player={player} stages={stages} opened={opened} />
      ) : (
        <p className="empty grow">
          {player
            ? 'This policy writes no trace. Step through its decisions all the same.'
            : 'Open a drive to see what it thinks.'}
        </p>
      )}
      {(opened || !player) && <Opened words={words} />}
    </section>
  );
}

/** What a drive's words can be opened up to. */
function Opened({ words }: { readonly words: number }) {
  const thought = useDrive((state) => state.thoughts.get(state.decision));
  const thinking = useDrive((state) => state.thinking);
  const forking = useDrive((state) => state.forking);
  const editing = useDebugger((state) => state.editing);
  return (
    <>
      {thinking.phase === 'failed' && (
        <FailureBox
          failure={thinking.failure}
          kept="The words are those of the record; only what the model preferred is missing."
          retry={thinkAgain}
        />
      )}
      {forking.phase === 'failed' && <FailureBox failure={forking.failure} kept="The original drive is untouched." />}
      {editing && words > 0 ? <TokenEditor /> : <Alternatives />}
      <LooksAt />
      <Inspector />
      <Checks checks={thought?.checks ?? []} />
    </>
  );
}

const CONDITIONS = {
  model: 'The waypoint head reads the hidden state at the last token, so this trace conditions the action.',
  rule: 'The expert decides by rule; its trace is written from that decision and does not condition it.',
} as const;

interface ToolProps {
  readonly label: string;
  readonly title: string;
  readonly icon: 'step-back' | 'step' | 'decision' | 'action' | 'resume';
  readonly needs: Capability;
  readonly onClick: () => void;
}

function Tool({ label, title, icon, needs, onClick }: ToolProps) {
  const disabled = !useCan(needs);
  return (
    <button type="button" className="icon" aria-label={label} title={title} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
