/** The thoughts of drive and ghost at the decision in force, word by word; words the other did not have are marked. */
import { Fragment } from 'react';
import { useDrive } from '../../stores/hooks.ts';
import { wordOf } from '../../stores/breakpoints.ts';
import { common } from './common.ts';

const NONE: readonly number[] = [];

export function TraceDiff() {
  const decision = useDrive((state) => state.decision);
  const own = useDrive((state) => state.episode?.decisions[state.decision]?.tokens ?? NONE);
  const theirs = useDrive((state) => state.ghost?.episode.decisions[state.decision]?.tokens ?? NONE);
  return (
    <div className="diff">
      <div className="head">
        <h3>Thoughts at decision {decision + 1}</h3>
      </div>
      <Words label="drive" tokens={own} other={theirs} />
      <Words label="ghost" tokens={theirs} other={own} />
    </div>
  );
}

interface WordsProps {
  readonly label: string;
  readonly tokens: readonly number[];
  readonly other: readonly number[];
}

function Words({ label, tokens, other }: WordsProps) {
  const marks = other.length > 0 ? common(tokens, other) : tokens.map(() => true);
  if (tokens.length === 0) return <p className="empty">The {label} has ended, or wrote no trace here.</p>;
  return (
    <p className="mono words">
      <span className={label === 'ghost' ? 'cf' : 'dim'}>{label}</span>{' '}
      {tokens.map((id, index) => {
        const key = `${index}`;
        return marks[index] ? (
          <span key={key}>{wordOf(id)} </span>
        ) : (
          <Fragment key={key}>
            <mark>{wordOf(id)}</mark>{' '}
          </Fragment>
        );
      })}
    </p>
  );
}
