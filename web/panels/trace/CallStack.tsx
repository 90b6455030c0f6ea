/** Where the cursor stands, as a debugger's call stack: token in stage in decision in episode, innermost first. */
import { stageOf } from '../../../core/tasks/driving/words/sentence.ts';
import { VOCABULARY } from '../../../core/tasks/driving/words/vocabulary.ts';
import { decisionWord } from '../../stores/breakpoints.ts';
import { seek } from '../../stores/drive.ts';
import { useDrive } from '../../stores/hooks.ts';
import { goToToken } from '../../stores/playback.ts';

export function CallStack() {
  const episode = useDrive((state) => state.episode);
  const decision = useDrive((state) => state.decision);
  const token = useDrive((state) => state.token);
  if (!episode) return <p className="empty">No drive is open.</p>;
  const record = episode.decisions[decision];
  const tokens = record?.tokens ?? [];
  const stage = tokens.length > 0 ? stageOf(tokens, token) : null;
  const stageStart = tokens.findIndex((_, index) => stageOf(tokens, index) === stage);
  const verb = decisionWord(tokens);
  const word = VOCABULARY[tokens[token]];
  return (
    <ol className="stack" aria-label="Call stack">
      {word && (
        <Frame
          name={word.text}
          text={word.meaning}
          at={`token ${token + 1}`}
          current
          onClick={() => goToToken(decision, token)}
        />
      )}
      {stage && (
        <Frame name={stage} text="" at={`token ${stageStart + 1}`} onClick={() => goToToken(decision, stageStart)} />
      )}
      {record && (
        <Frame
          name={`decision ${decision + 1}`}
          text={verb ?? ''}
          at={`step ${record.step}`}
          onClick={() => goToToken(decision, 0)}
        />
      )}
      <Frame name={episode.name} text={episode.policy.name} at="step 0" onClick={() => seek(0)} />
    </ol>
  );
}

interface FrameProps {
  readonly name: string;
  readonly text: string;
  readonly at: string;
  readonly current?: boolean;
  readonly onClick: () => void;
}

function Frame({ name, text, at, current, onClick }: FrameProps) {
  return (
    <li>
      <button type="button" aria-current={current || undefined} onClick={onClick}>
        <span className="mono clip name">{name}</span>
        <span className="dim clip grow">{text}</span>
        <span className="dim mono">{at}</span>
      </button>
    </li>
  );
}
