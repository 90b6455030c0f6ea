/** The dialog that is open; each is a chunk of its own. */
import { type ComponentType, lazy, type LazyExoticComponent, Suspense } from 'react';
import type { DialogName } from '../../stores/view.ts';

const DIALOGS: Readonly<Record<Exclude<DialogName, null>, LazyExoticComponent<ComponentType>>> = {
  palette: lazy(() => import('./Palette.tsx')),
  shortcuts: lazy(() => import('./Shortcuts.tsx')),
  share: lazy(() => import('./Share.tsx')),
  engine: lazy(() => import('./Engines.tsx')),
  'new-drive': lazy(() => import('./NewDrive.tsx')),
};

export default function Dialogs({ dialog }: { readonly dialog: Exclude<DialogName, null> }) {
  const Shown = DIALOGS[dialog];
  return (
    <Suspense fallback={null}>
      <Shown />
    </Suspense>
  );
}
