/** The scenario editor: the text with its mistakes marked as it is typed, beside the world that a seed draws from it. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import {
  deleteDraft,
  downloadDraft,
  draftName,
  editorStore,
  isSeed,
  openDraft,
  openEditor,
  runExpert,
  setSeed,
  startFrom,
} from '../../stores/editor.ts';
import { ScenarioOptions } from '../../ui/ScenarioOptions.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Source } from './Source.tsx';
import { EditorCanvas } from './EditorCanvas.tsx';
import './editor.css';

export default function Editor() {
  useEffect(() => {
    void openEditor();
    const onKey = (event: KeyboardEvent) => {
      const ctrl = event.ctrlKey || event.metaKey;
      if (!ctrl || document.querySelector('dialog[open]')) return;
      if (event.key === 'Enter') void runExpert();
      else if (event.key === 's') downloadDraft();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <div className="drafting">
      <Bar />
      <div className="editorbody">
        <Source />
        <EditorCanvas />
      </div>
    </div>
  );
}

function Bar() {
  const { shipped, drafts, current, start, seed, check, driving } = useStore(editorStore);
  const busy = driving.phase === 'running';
  return (
    <div className="toolbar" role="toolbar" aria-label="Scenario">
      <label className="named">
        Scenario
        <select
          className="field"
          value={current ?? `shipped:${start}`}
          onChange={({ target: { value } }) =>
            value.startsWith('shipped:') ? void startFrom(value.slice(8)) : openDraft(value)
          }
        >
          {drafts.length > 0 && (
            <optgroup label="Drafts">
              {drafts.map(({ id, text }) => (
                <option key={id} value={id}>
                  {draftName(text)}
                </option>
              ))}
            </optgroup>
          )}
          <ScenarioOptions scenarios={shipped} prefix="shipped:" />
        </select>
      </label>
      {current && (
        <button
          type="button"
          className="icon"
          aria-label="Delete this draft"
          title="Delete this draft"
          onClick={deleteDraft}
        >
          <Icon name="delete" />
        </button>
      )}
      <span className="dim grow clip">{current ? 'draft, kept in this browser' : 'unchanged'}</span>
      <label className="named" title="What the seed draws from the ranges">
        Seed
        <input
          className="field mono seedfield"
          type="number"
          min={0}
          max={4294967295}
          value={Number.isNaN(seed) ? '' : seed}
          aria-invalid={!isSeed(seed)}
          onChange={(event) => setSeed(event.target.valueAsNumber)}
        />
      </label>
      <button
        type="button"
        className="btn"
        onClick={downloadDraft}
        aria-keyshortcuts="Control+S"
        title="Save the text as a file (Ctrl S)"
      >
        <Icon name="export" /> Download .yaml
      </button>
      <button
        type="button"
        className="btn primary"
        onClick={() => void runExpert()}
        disabled={busy || !check?.fits || !isSeed(seed)}
        aria-keyshortcuts="Control+Enter"
        title="Let the expert drive this scenario (Ctrl Enter)"
      >
        {busy ? 'Driving…' : 'Run expert'}
      </button>
    </div>
  );
}
