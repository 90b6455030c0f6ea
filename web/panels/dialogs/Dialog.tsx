/**
 * A modal dialog: the browser's own <dialog> gives the focus trap, Escape and the top layer. It begins at the element marked
 * `data-autofocus` (React's autoFocus acts before the dialog is shown) and gives the focus back however it is closed.
 */
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { openDialog } from '../../stores/view.ts';
import { Icon } from '../../ui/Icon.tsx';

interface Props {
  readonly title: string;
  readonly className?: string;
  readonly width?: number;
  /** Without a visible title bar the title is only the accessible name. */
  readonly bare?: boolean;
  readonly children: ReactNode;
}

const close = () => openDialog(null);

export function Dialog({ title, className = '', width = 480, bare = false, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    if (!dialog) return;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => dialog.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={element}
      className={`dialog ${className}`}
      aria-label={title}
      style={{ '--width': `${width}px` } as React.CSSProperties}
      onClose={(event) => {
        if (!event.currentTarget.open) close();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      {!bare && (
        <header>
          <h2>{title}</h2>
          <button type="button" className="icon" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
      )}
      {children}
    </dialog>
  );
}
