/** Every breakpoint, and a form for new ones: a word, a decision, or a bound on the time to collision. */
import { useState } from 'react';
import { VOCABULARY, wordsOf } from '../../../core/tasks/driving/words/vocabulary.ts';
import { describeBreakpoint, sameBreakpoint } from '../../stores/breakpoints.ts';
import type { Breakpoint, BreakpointKind } from '../../stores/drive.ts';
import { useDrive } from '../../stores/hooks.ts';
import { toggleBreakpoint } from '../../stores/playback.ts';
import { Icon } from '../../ui/Icon.tsx';

export function Breakpoints() {
  const breakpoints = useDrive((state) => state.breakpoints);
  const stoppedAt = useDrive((state) => state.stoppedAt);
  return (
    <>
      <ul className="watches" aria-label="Breakpoints">
        {breakpoints.map((breakpoint) => (
          <li key={`${breakpoint.kind} ${breakpoint.value}`}>
            <span className="dot" aria-hidden="true" />
            <span className="grow clip mono">{describeBreakpoint(breakpoint)}</span>
            {stoppedAt && sameBreakpoint(stoppedAt, breakpoint) && <span className="warn">stopped here</span>}
            <button
              type="button"
              className="icon"
              aria-label={`Remove ${describeBreakpoint(breakpoint)}`}
              onClick={() => toggleBreakpoint(breakpoint)}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <AddForm breakpoints={breakpoints} />
    </>
  );
}

const FIRST: Readonly<Record<BreakpointKind, string>> = { decision: 'yield', token: 'crosses', ttc: '2' };

function AddForm({ breakpoints }: { readonly breakpoints: readonly Breakpoint[] }) {
  const [kind, setKind] = useState<BreakpointKind>('ttc');
  const [value, setValue] = useState(FIRST.ttc);
  const seconds = Number(value);
  const valid = kind !== 'ttc' || (value.trim() !== '' && seconds > 0 && seconds <= 8);
  return (
    <form
      className="addrow"
      onSubmit={(event) => {
        event.preventDefault();
        const breakpoint = { kind, value: kind === 'ttc' ? String(seconds) : value };
        if (valid && !breakpoints.some((other) => sameBreakpoint(other, breakpoint))) toggleBreakpoint(breakpoint);
      }}
    >
      <select
        className="field"
        aria-label="Kind of breakpoint"
        value={kind}
        onChange={(event) => {
          const next = event.target.value as BreakpointKind;
          setKind(next);
          setValue(FIRST[next]);
        }}
      >
        <option value="ttc">TTC below</option>
        <option value="decision">decision</option>
        <option value="token">token</option>
      </select>
      {kind === 'ttc' ? (
        <input
          className="field mono"
          inputMode="decimal"
          aria-label="Seconds"
          aria-invalid={!valid}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
      ) : (
        <select
          className="field mono"
          aria-label="Word"
          value={value}
          onChange={(event) => setValue(event.target.value)}
        >
          {(kind === 'decision' ? wordsOf('decision') : VOCABULARY).map((word) => (
            <option key={word.id} value={word.text}>
              {word.text}
            </option>
          ))}
        </select>
      )}
      <button type="submit" className="btn small" disabled={!valid}>
        Add
      </button>
    </form>
  );
}
