/** The menu of all commands. Its code is fetched when the pointer or the focus first comes near. */
import { lazy, Suspense, useState } from 'react';
import { Icon } from '../../ui/Icon.tsx';

const load = () => import('./Menu.tsx');
const Menu = lazy(load);

export function MenuButton() {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className="icon"
      aria-label="Menu"
      aria-haspopup="menu"
      onClick={() => setWanted(true)}
      onPointerEnter={load}
    >
      <Icon name="menu" />
    </button>
  );
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <Menu />
    </Suspense>
  );
}
