/** A page beside the lab: its header with the way back, and the page itself. */
import { lazy, Suspense } from 'react';
import { keysOf } from '../../commands/commands.ts';
import { printStroke } from '../../commands/registry.ts';
import { useView } from '../../stores/hooks.ts';
import { goTo } from '../../stores/pages.ts';
import { openDialog, type Page, THEMES, viewStore } from '../../stores/view.ts';
import { Boundary } from '../Boundary.tsx';
import { MenuButton } from '../header/MenuButton.tsx';
import { Icon } from '../Icon.tsx';
import '../../styles/pages.css';

const PAGES = {
  reports: { title: 'Reports', Body: lazy(() => import('../reports/Reports.tsx')) },
  editor: { title: 'Scenario editor', Body: lazy(() => import('../editor/Editor.tsx')) },
} as const;

export default function PageFrame({ page }: { readonly page: Exclude<Page, 'lab'> }) {
  const theme = useView((state) => state.theme);
  const { title, Body } = PAGES[page];
  const back = keysOf('view.lab').map(printStroke).join(', ');
  return (
    <>
      <header className="header">
        <MenuButton />
        <h1>Traceway</h1>
        <button type="button" className="btn" onClick={() => goTo('lab')} title={`Back to the lab (${back})`}>
          <span aria-hidden="true">←</span> Back to the lab
        </button>
        <nav aria-label="Pages" className="pagenav grow">
          {(Object.keys(PAGES) as (keyof typeof PAGES)[]).map((name) => (
            <a key={name} href={`#/${name}`} aria-current={name === page ? 'page' : undefined}>
              {PAGES[name].title}
            </a>
          ))}
        </nav>
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
      </header>
      <main className="page">
        <Boundary key={page} name={title}>
          <Suspense fallback={<p className="empty">Loading…</p>}>
            <Body />
          </Suspense>
        </Boundary>
      </main>
    </>
  );
}
