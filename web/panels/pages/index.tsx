/** A page beside the lab: its header with the way back, and the page itself. */
import { lazy, Suspense } from 'react';
import { keysOf } from '../commands.ts';
import { printStroke } from '../../commands/registry.ts';
import { goTo } from '../../stores/pages.ts';
import type { Page } from '../../stores/view.ts';
import { Boundary } from '../../ui/Boundary.tsx';
import { HeaderTools } from '../header/HeaderTools.tsx';
import { MenuButton } from '../header/MenuButton.tsx';
import './pages.css';

const PAGES = {
  reports: { title: 'Reports', Body: lazy(() => import('../reports/Reports.tsx')) },
  editor: { title: 'Scenario editor', Body: lazy(() => import('../editor/index.tsx')) },
} as const;

export default function PageFrame({ page }: { readonly page: Exclude<Page, 'lab'> }) {
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
        <HeaderTools />
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
