/**
 * Commands: every action of the lab under one name, reachable by menu, palette and shortcut. A command is plain data that stands beside
 * what it does (`commands.ts` of a panel); the menu, the palette, the shortcut list and the key handler all read the list that is
 * collected of them (panels/commands.ts).
 */
export type CommandGroup = 'File' | 'Play' | 'Live' | 'Debug' | 'Train' | 'View' | 'Help';
export const COMMAND_GROUPS: readonly CommandGroup[] = ['File', 'Play', 'Live', 'Debug', 'Train', 'View', 'Help'];

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: CommandGroup;
  /** Where it stands in its group, the least first; no two of a group have the same. */
  readonly place: number;
  /** "Ctrl+K", "Shift+F10", "N", "ArrowLeft", "?"; Ctrl also stands for ⌘. */
  readonly keys: readonly string[];
  readonly run: () => void;
  /** Absent = always possible. */
  readonly enabled?: () => boolean;
}

/** The stroke of a keyboard event in the notation of `Command.keys`; a letter is upper case, Shift is named. */
export function strokeOf(event: {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}): string {
  const named = event.key === ' ' ? 'Space' : event.key;
  const key = named.length === 1 ? named.toUpperCase() : named;
  const printed = named.length === 1 && key === key.toLowerCase();
  return [
    event.ctrlKey || event.metaKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey && !printed ? 'Shift' : '',
    key,
  ]
    .filter(Boolean)
    .join('+');
}

/** A stroke as people read it: arrows as arrows. */
export function printStroke(stroke: string): string {
  const names: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };
  return stroke
    .split('+')
    .map((part) => names[part] ?? (part || '+'))
    .join(' ');
}

/** Whether an element takes typing for itself, so that plain letters are no shortcuts there. */
function takesTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || isTextInput(target))
  );
}
const isTextInput = (target: HTMLElement): boolean =>
  target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type);

/** Whether the focused element uses this key itself: Space and Enter press buttons. */
function pressesButton(target: EventTarget | null, stroke: string): boolean {
  return (
    (stroke === 'Space' || stroke === 'Enter') &&
    target instanceof HTMLElement &&
    target.closest('button, a, summary, [role="radio"], [role="tab"], [role="menuitem"], input') !== null
  );
}

/** Listens for shortcuts on `target`; returns how to stop. An open modal dialog keeps the keys to itself. */
export function listen(target: Window, commands: readonly Command[]): () => void {
  const byStroke = new Map(commands.flatMap((command) => command.keys.map((key) => [key, command] as const)));
  const onKey = (event: KeyboardEvent) => {
    const stroke = strokeOf(event);
    const command = byStroke.get(stroke);
    if (!command || event.defaultPrevented || event.isComposing) return;
    if (takesTyping(event.target) && !/^(Ctrl\+|Shift\+F\d|F\d)/.test(stroke)) return;
    if (pressesButton(event.target, stroke)) return;
    if (target.document.querySelector('dialog[open], [role="menu"]')) return;
    event.preventDefault();
    if (command.enabled?.() ?? true) command.run();
  };
  target.addEventListener('keydown', onKey);
  return () => target.removeEventListener('keydown', onKey);
}
