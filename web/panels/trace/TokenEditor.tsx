/** Edits the word at the cursor: a combobox of the words the grammar allows there. Enter forks with the chosen word. */
import { type KeyboardEvent, useId, useState } from 'react';
import { allowedNext } from '../../../core/tasks/driving/words/sentence.ts';
import { VOCABULARY } from '../../../core/tasks/driving/words/vocabulary.ts';
import { wordOf } from '../../stores/breakpoints.ts';
import { debuggerStore } from '../../stores/debugger.ts';
import { forkAt } from '../../stores/fork.ts';
import { useDrive } from '../../stores/hooks.ts';

const close = () => {
  debuggerStore.setState({ editing: false });
  document.querySelector<HTMLElement>('[role="listbox"][aria-label="Tokens"]')?.focus();
};

export function TokenEditor() {
  const decision = useDrive((state) => state.decision);
  const token = useDrive((state) => state.token);
  const tokens = useDrive((state) => state.episode?.decisions[state.decision]?.tokens);
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  if (!tokens) return null;
  const now = tokens[token];
  const words = allowedNext(tokens.slice(0, token))
    .filter((word) => word !== now)
    .map((word) => VOCABULARY[word])
    .filter((word) => `${word.text} ${word.meaning}`.toLowerCase().includes(text.trim().toLowerCase()));
  const at = Math.min(active, words.length - 1);
  const take = (word: number) => {
    close();
    void forkAt(decision, token, word);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && words.length > 0) setActive((at + by + words.length) % words.length);
    else if (event.key === 'Enter' && words[at]) take(words[at].id);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
  };
  return (
    <div className="editor">
      <div className="head">
        <h3>Edit “{wordOf(now)}”</h3>
        <span className="note">Enter forks · Esc leaves it</span>
      </div>
      <input
        className="field mono"
        role="combobox"
        aria-label={`Word instead of ${wordOf(now)}`}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={words[at] ? `${id}-${words[at].id}` : undefined}
        aria-autocomplete="list"
        placeholder={`${words.length} words may stand here`}
        // biome-ignore lint/a11y/noAutofocus: the user just asked to edit
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={(event) => {
          if (!event.relatedTarget) debuggerStore.setState({ editing: false });
        }}
      />
      {words.length === 0 ? (
        <p className="empty">No allowed word matches.</p>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: the list of a combobox
        // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox
        <div className="words scroll mono" role="listbox" id={`${id}-list`} aria-label="Allowed words">
          {words.map((word, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the combobox
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox
            <div
              key={word.id}
              id={`${id}-${word.id}`}
              role="option"
              aria-selected={index === at}
              ref={index === at ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => take(word.id)}
            >
              <span>{word.text}</span>
              <span className="dim clip">{word.meaning}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
