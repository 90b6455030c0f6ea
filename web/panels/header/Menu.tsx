/** Every command, by group, as a menu with submenus (Radix). Opens at once, since it is loaded by the click that asks for it. */
import { DropdownMenu } from 'radix-ui';
import { COMMANDS } from '../commands.ts';
import { COMMAND_GROUPS, printStroke } from '../../commands/registry.ts';
import { Icon } from '../../ui/Icon.tsx';

export default function Menu() {
  return (
    <DropdownMenu.Root defaultOpen>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="icon" aria-label="Menu">
          <Icon name="menu" />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={6}>
          {COMMAND_GROUPS.map((group) => (
            <DropdownMenu.Sub key={group}>
              <DropdownMenu.SubTrigger>
                <span>{group}</span>
                <span aria-hidden="true">›</span>
              </DropdownMenu.SubTrigger>
              <DropdownMenu.Portal>
                <DropdownMenu.SubContent className="menu" sideOffset={4} alignOffset={-5}>
                  {COMMANDS.filter((command) => command.group === group).map((command) => (
                    <DropdownMenu.Item
                      key={command.id}
                      disabled={!(command.enabled?.() ?? true)}
                      onSelect={() => setTimeout(command.run)}
                    >
                      <span>{command.title}</span>
                      {command.keys[0] && <kbd>{printStroke(command.keys[0])}</kbd>}
                    </DropdownMenu.Item>
                  ))}
                </DropdownMenu.SubContent>
              </DropdownMenu.Portal>
            </DropdownMenu.Sub>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
