/**
 * The token stream: a listbox with one option a token, by stage, with a breakpoint gutter. The current token is the active
 * option; later ones are dimmed, since the cursor has not reached them. Arrows move, Home and End go to the trace's ends,
 * Enter goes to the alternatives.
 */
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { describeBreakpoint, sameBreakpoint } from '../../stores/breakpoints.ts';
import { breakpointAt, focusAlternatives, focusEdit } from '../../stores/debugger.ts';
import type { Breakpoint } from '../../stores/drive.ts';
import { useDrive } from '../../stores/hooks.ts';
import { toggleBreakpoint } from '../../stores/playback.ts';
import { useCursor } from '../../shown/hooks.ts';
import type { ThoughtStage, ThoughtWord } from '../../shown/facts.ts';
import type { Player } from '../../shown/player.ts';

const NONE: readonly number[] = [];

interface Props {
  readonly player: Player;
  readonly stages: readonly ThoughtStage[];
  /** Whether words can be opened up: edited, stopped at. */
  readonly opened: boolean;
}

export function Tokens({ player, stages, opened }: Props) {
  const tokens = useDrive((state) => state.episode?.decisions[state.decision]?.tokens ?? NONE);
  const edit = useDrive((state) => state.episode?.decisions[state.decision]?.edit);
  const decision = useCursor((cursor) => cursor.decision);
  const current = useCursor((cursor) => cursor.token);
  const breakpoints = useDrive((state) => state.breakpoints);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    box.current?.querySelector(`[data-at="${decision} ${current}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [current, decision]);

  const set = (index: number) => {
    if (!opened) return false;
    const here = breakpointAt(tokens, index);
    return here !== null && breakpoints.some((breakpoint) => sameBreakpoint(breakpoint, here));
  };
  const option = (word: ThoughtWord, heading = false) => {
    const isCurrent = word.index === current;
    const edited = opened && edit?.index === word.index;
    const marks = [
      heading ? 'stage-word' : 't',
      isCurrent && 'cur',
      word.index > current && 'fut',
      edited && 'ed',
      word.tone,
    ];
    return (
      // biome-ignore lint/a11y/useFocusableInteractive: the listbox holds the focus (aria-activedescendant)
      // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the listbox
      <span
        key={word.index}
        id={`token-${word.index}`}
        role="option"
        data-at={`${decision} ${word.index}`}
        aria-selected={isCurrent}
        aria-label={heading ? word.text.slice(1, -1) : undefined}
        className={marks.filter(Boolean).join(' ')}
        title={`${word.meaning}${edited ? ' (edited)' : ''}${set(word.index) ? ' · breakpoint' : ''}`}
        onClick={() => player.wordAt(word.index)}
        onDoubleClick={opened ? focusEdit : undefined}
      >
        {heading ? word.text.slice(1, -1) : word.text}
      </span>
    );
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a listbox of words, not a select
    <div
      ref={box}
      className="tokens mono scroll"
      role="listbox"
      aria-label="Tokens"
      aria-orientation="horizontal"
      aria-activedescendant={`token-${current}`}
      tabIndex={0}
      onKeyDown={(event) => onKey(event, player, opened)}
    >
      {stages.map((stage) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options
        <div key={(stage.heading ?? stage.lines[0][0]).index} role="group" aria-label={stage.stage} className="stage">
          <div className="stage-head">
            {stage.heading ? option(stage.heading, true) : stage.stage}
            {stage.end < current && <span aria-hidden="true">✓</span>}
          </div>
          {stage.lines.map((line) => (
            <div key={line[0].index} className="line">
              {opened && <Gutter words={line} current={current} tokens={tokens} isSet={set} />}
              {line.map((word) => option(word))}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

function onKey(event: KeyboardEvent, player: Player, opened: boolean): void {
  const moves: Readonly<Record<string, () => void>> = {
    ArrowRight: () => player.wordBy(1),
    ArrowDown: () => player.wordBy(1),
    ArrowLeft: () => player.wordBy(-1),
    ArrowUp: () => player.wordBy(-1),
    Home: () => player.wordAt(0),
    End: () => player.wordAt(Number.MAX_SAFE_INTEGER),
    ...(opened && { Enter: focusAlternatives }),
  };
  const move = event.shiftKey || event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
  if (!move) return;
  event.preventDefault();
  move();
}

interface GutterProps {
  readonly words: readonly ThoughtWord[];
  readonly current: number;
  readonly tokens: readonly number[];
  readonly isSet: (index: number) => boolean;
}

/** A dot where the line holds a breakpoint; the pointer sets and clears it (keys: B or F9 on the current token). */
function Gutter({ words, current, tokens, isSet }: GutterProps) {
  const held = words.find((word) => isSet(word.index));
  const target = held ?? words.find((word) => word.index === current) ?? words[0];
  const breakpoint: Breakpoint | null = breakpointAt(tokens, target.index);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the same by key: B or F9
    // biome-ignore lint/a11y/noStaticElementInteractions: the same by key: B or F9
    <span
      aria-hidden="true"
      className={held ? 'gutter set' : 'gutter'}
      title={breakpoint ? `${held ? 'Clear' : 'Stop at'} ${describeBreakpoint(breakpoint)} (B)` : undefined}
      onClick={() => breakpoint && toggleBreakpoint(breakpoint)}
    />
  );
}
