/**
 * The text: a plain textarea with line numbers that scroll along, the line of the mistake marked in both, and one sentence for what is wrong
 * and what was expected. Enter keeps the indentation; Tab leaves the field, as everywhere.
 */
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { DraftProblem } from '../../../workers/contracts/protocol.ts';
import { draftName, editorStore, setText } from '../../stores/editor.ts';

/** Height of a line, px; the same number stands in editor.css. */
const LINE = 20;
const PADDING = 8;

export function Source() {
  const text = useStore(editorStore, (state) => state.text);
  const check = useStore(editorStore, (state) => state.check);
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const band = useRef<HTMLDivElement>(null);
  const problem = check && !check.fits ? check.problem : null;
  const lines = text.split('\n').length;
  const follow = () => {
    const top = area.current?.scrollTop ?? 0;
    if (gutter.current) gutter.current.style.transform = `translateY(${-top}px)`;
    if (band.current)
      band.current.style.transform = `translateY(${PADDING + ((problem?.line ?? 1) - 1) * LINE - top}px)`;
  };
  useEffect(follow);
  return (
    <section className="panel source" aria-label="Source">
      <div className="sheet">
        <div className="numbers" aria-hidden="true">
          <div ref={gutter}>
            {Array.from({ length: lines }, (_, i) => (
              <span key={`${i + 1}`} className={problem?.line === i + 1 ? 'wrong' : ''}>
                {i + 1}
              </span>
            ))}
          </div>
        </div>
        <div className="writing">
          {problem && problem.line > 0 && <div ref={band} className="band-wrong" aria-hidden="true" />}
          <textarea
            ref={area}
            aria-label="Scenario text, YAML"
            aria-invalid={problem !== null}
            aria-describedby="verdict"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            wrap="off"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={indent}
            onScroll={follow}
          />
        </div>
      </div>
      <Verdict problem={problem} onGo={() => area.current && goToLine(area.current, problem?.line ?? 1)} />
    </section>
  );
}

function Verdict({ problem, onGo }: { readonly problem: DraftProblem | null; readonly onGo: () => void }) {
  const check = useStore(editorStore, (state) => state.check);
  const text = useStore(editorStore, (state) => state.text);
  return (
    <div id="verdict" className={problem ? 'verdictline wrong' : 'verdictline'} role="status" aria-label="Validation">
      {problem ? (
        <>
          <b className="bad">✕ </b>
          <span>
            {problem.line > 0 ? (
              <button type="button" className="link" onClick={onGo}>
                {draftName(text)}.yaml:{problem.line}
              </button>
            ) : (
              `${draftName(text)}.yaml`
            )}{' '}
            {problem.path && <span className="mono">{problem.path}</span>}
            {problem.path && ': '}
            {problem.problem}. <span className="dim">Expected {problem.expected}.</span>
          </span>
        </>
      ) : check?.fits ? (
        <span>
          <b className="ok">✓</b> {check.title}
          <span className="dim">
            {' '}
            · {check.actors === 1 ? '1 actor' : `${check.actors} actors`} in this seed · {check.timeLimitSeconds} s at
            most
          </span>
        </span>
      ) : (
        <span className="dim">Checking…</span>
      )}
    </div>
  );
}

/** Enter begins the next line under this one's first letter; a list item's dash counts as indentation. */
function indent(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
  const { value, selectionStart } = event.currentTarget;
  const line = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
  const depth = /^ *(- )?/.exec(line)?.[0].length ?? 0;
  if (depth === 0) return;
  event.preventDefault();
  // The only way to insert that the browser's own undo knows of.
  document.execCommand('insertText', false, `\n${' '.repeat(depth)}`);
}

function goToLine(area: HTMLTextAreaElement, line: number): void {
  const rows = area.value.split('\n');
  const from = rows.slice(0, line - 1).reduce((sum, row) => sum + row.length + 1, 0);
  area.focus();
  area.setSelectionRange(from, from + (rows[line - 1]?.length ?? 0));
  area.scrollTop = Math.max(0, (line - 6) * LINE);
}
