/** Every command by name (cmdk). */
import { Command as Cmdk } from 'cmdk';
import { COMMANDS } from '../commands.ts';
import { COMMAND_GROUPS, printStroke } from '../../commands/registry.ts';
import { openDialog } from '../../stores/view.ts';
import { Dialog } from './Dialog.tsx';

export default function Palette() {
  return (
    <Dialog title="All commands" bare width={520} className="palette">
      <Cmdk label="Commands">
        <Cmdk.Input data-autofocus placeholder="What to do?" aria-label="Search commands" />
        <Cmdk.List>
          <Cmdk.Empty>No command has that name.</Cmdk.Empty>
          {COMMAND_GROUPS.map((group) => (
            <Cmdk.Group key={group} heading={group}>
              {COMMANDS.filter((command) => command.group === group && command.id !== 'help.palette').map((command) => (
                <Cmdk.Item
                  key={command.id}
                  value={`${command.title} ${group}`}
                  disabled={!(command.enabled?.() ?? true)}
                  onSelect={() => {
                    openDialog(null);
                    setTimeout(command.run);
                  }}
                >
                  <span>{command.title}</span>
                  {command.keys.map((key) => (
                    <kbd key={key}>{printStroke(key)}</kbd>
                  ))}
                </Cmdk.Item>
              ))}
            </Cmdk.Group>
          ))}
        </Cmdk.List>
      </Cmdk>
    </Dialog>
  );
}
