/** Every shortcut, by group; made from the commands themselves. */
import { COMMANDS } from '../commands.ts';
import { COMMAND_GROUPS, printStroke } from '../../commands/registry.ts';
import { Dialog } from './Dialog.tsx';

export default function Shortcuts() {
  return (
    <Dialog title="Keyboard shortcuts" width={720}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region takes the focus */}
      <div className="body keys" tabIndex={0} role="group" aria-label="Shortcuts by group">
        {COMMAND_GROUPS.map((group) => {
          const commands = COMMANDS.filter((command) => command.group === group && command.keys.length > 0);
          return (
            commands.length > 0 && (
              <section key={group} aria-label={group}>
                <h3>{group}</h3>
                <ul>
                  {commands.map((command) => (
                    <li key={command.id}>
                      <span>{command.title}</span>
                      {command.keys.map((key) => (
                        <kbd key={key}>{printStroke(key)}</kbd>
                      ))}
                    </li>
                  ))}
                </ul>
              </section>
            )
          );
        })}
      </div>
    </Dialog>
  );
}
