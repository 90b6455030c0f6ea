/**
 * What else could stand at the cursor: the model's top choices with their probabilities, or, for a trace written by rule,
 * the words the grammar allows. Enter or a click takes one: the drive forks there.
 */
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { allowedNext } from '../../../core/tasks/driving/words/sentence.ts';
import { wordOf } from '../../stores/breakpoints.ts';
import { focusEdit } from '../../stores/debugger.ts';
import { forkAt } from '../../stores/fork.ts';
import { useDebugger, useDrive } from '../../stores/hooks.ts';
import { formatProbability } from '../../ui/format.ts';

const SHOWN = 4;

interface Choice {
  readonly id: number;
  readonly word: string;
  readonly probability: number | null;
}

export function Alternatives() {
  const decision = useDrive((state) => state.decision);
  const token = useDrive((state) => state.token);
  const tokens = useDrive((state) => state.episode?.decisions[state.decision]?.tokens);
  const thought = useDrive((state) => state.thoughts.get(state.decision));
  const forking = useDrive((state) => state.forking);
  const wanted = useDebugger((state) => state.focusAlternatives);
  const list = useRef<HTMLUListElement>(null);
  const seen = useRef(wanted);
  useEffect(() => {
    if (wanted === seen.current) return;
    seen.current = wanted;
    list.current?.querySelector('button')?.focus();
  }, [wanted]);

  const taken = tokens?.[token];
  const preferred = thought?.tokens[token]?.alternatives ?? [];
  const choices: readonly Choice[] =
    preferred.length > 0
      ? preferred.slice(0, SHOWN)
      : tokens
        ? allowedNext(tokens.slice(0, token))
            .slice(0, SHOWN)
            .map((id) => ({ id, word: wordOf(id), probability: null }))
        : [];
  const allowed = new Set(tokens ? allowedNext(tokens.slice(0, token)) : []);
  const busy = forking.phase === 'running';
  return (
    <>
      <div className="head">
        <h3>Alternatives</h3>
        <span className="note">{busy ? `${forking.text}…` : 'Enter takes · E edits'}</span>
        {busy && (
          <span className="hidden" role="status">
            {forking.text}
          </span>
        )}
      </div>
      <ul ref={list} className="bars four mono" aria-label="Alternatives" onKeyDown={rove}>
        {choices.map((choice, index) => {
          const isTaken = choice.id === taken;
          return (
            <li key={choice.id}>
              <button
                type="button"
                className={isTaken ? 'bar taken' : 'bar'}
                tabIndex={index === 0 ? 0 : -1}
                aria-current={isTaken || undefined}
                disabled={busy || !allowed.has(choice.id)}
                title={
                  !allowed.has(choice.id)
                    ? 'The grammar does not allow this word here'
                    : isTaken
                      ? 'What was written; E edits it to any allowed word'
                      : `Fork: “${choice.word}” instead`
                }
                onClick={() => (isTaken ? focusEdit() : void forkAt(decision, token, choice.id))}
              >
                <span className="clip">{choice.word}</span>
                <span className="track">
                  {choice.probability !== null && (
                    <i style={{ width: `${Math.max(0.8, choice.probability * 100)}%` }} />
                  )}
                </span>
                <span className="figure">
                  {choice.probability === null ? 'allowed' : formatProbability(choice.probability)}
                </span>
              </button>
            </li>
          );
        })}
        {choices.length === 0 && <li className="empty">–</li>}
      </ul>
    </>
  );
}

/** Up and down within the list; Escape back to the tokens. */
function rove(event: KeyboardEvent<HTMLUListElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === 'Escape') document.querySelector<HTMLElement>('[role="listbox"][aria-label="Tokens"]')?.focus();
  if (!by || event.shiftKey) return;
  event.preventDefault();
  buttons[(at + by + buttons.length) % buttons.length]?.focus();
}
