/** The debugger's smaller panes behind tabs: call stack, watches, breakpoints, branches. */
import { type KeyboardEvent, useState } from 'react';
import { useDrive } from '../../stores/hooks.ts';
import { Branches } from './Branches.tsx';
import { Breakpoints } from './Breakpoints.tsx';
import { CallStack } from './CallStack.tsx';
import { Watches } from './Watches.tsx';

const PANES = [
  { name: 'Stack', Pane: CallStack },
  { name: 'Watches', Pane: Watches },
  { name: 'Breakpoints', Pane: Breakpoints },
  { name: 'Branches', Pane: Branches },
] as const;
/** Below this height, px, the panes start folded, so that the tokens have room. */
const ROOMY = 820;
type PaneName = (typeof PANES)[number]['name'];

export function Inspector() {
  const [open, setOpen] = useState<PaneName | null>(window.innerHeight < ROOMY ? null : 'Stack');
  const counts: Partial<Record<PaneName, number>> = {
    Breakpoints: useDrive((state) => state.breakpoints.length),
    Branches: useDrive((state) => Math.max(0, state.family.length - 1)),
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || event.shiftKey) return;
    event.preventDefault();
    const from = Math.max(
      0,
      PANES.findIndex(({ name }) => name === open),
    );
    const at = (from + by + PANES.length) % PANES.length;
    setOpen(PANES[at].name);
    (event.currentTarget.children[at] as HTMLElement).focus();
  };
  const Pane = PANES.find(({ name }) => name === open)?.Pane;
  return (
    <div className="inspector">
      <div className="tabs" role="tablist" aria-label="Inspector" onKeyDown={onKeyDown}>
        {PANES.map(({ name }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === open}
            aria-controls={name === open ? 'inspector-pane' : undefined}
            tabIndex={name === (open ?? PANES[0].name) ? 0 : -1}
            title={name === open ? 'Fold' : undefined}
            onClick={() => setOpen(name === open ? null : name)}
          >
            {name}
            {counts[name] ? <span className="count">{counts[name]}</span> : null}
          </button>
        ))}
      </div>
      {Pane && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling tab panel takes the focus
        <div className="pane scroll" role="tabpanel" id="inspector-pane" aria-labelledby={`tab-${open}`} tabIndex={0}>
          <Pane />
        </div>
      )}
    </div>
  );
}
