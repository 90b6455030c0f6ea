/** The end of every page's top line: theme and command palette. */
import { keysOf } from '../commands.ts';
import { printStroke } from '../../commands/registry.ts';
import { useView } from '../../stores/hooks.ts';
import { openDialog, THEMES, viewStore } from '../../stores/view.ts';
import { Icon } from '../../ui/Icon.tsx';

export function HeaderTools() {
  const theme = useView((state) => state.theme);
  return (
    <>
      <button
        type="button"
        className="icon"
        aria-label={`Theme: ${theme}`}
        title={`Theme: ${theme} (${keysOf('view.theme').map(printStroke).join(', ')})`}
        onClick={() => viewStore.setState({ theme: THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] })}
      >
        <Icon name={theme === 'system' ? 'system' : theme === 'dark' ? 'moon' : 'sun'} />
      </button>
      <button
        type="button"
        aria-label="Ctrl K, all commands"
        title="All commands"
        onClick={() => openDialog('palette')}
      >
        <kbd>Ctrl K</kbd>
      </button>
    </>
  );
}
