/** Starts the lab: settings, stores, keys, the page, and the first drive (a link's if the address carries one). */
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/panels.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { COMMANDS } from './panels/commands.ts';
import { listen } from './commands/registry.ts';
import { showWhatIsOpened } from './shown/lab.ts';
import { applyEngine, probeGpu } from './stores/engine.ts';
import { refreshEpisodes } from './stores/episodes.ts';
import { openFirst } from './stores/first.ts';
import { openLink } from './stores/open.ts';
import { followAddress } from './stores/pages.ts';
import { firstPicture } from './stores/first-picture.ts';
import { followThoughts } from './stores/thoughts.ts';
import { startView } from './stores/view.ts';

function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

startView(storage(), matchMedia('(prefers-color-scheme: dark)'), document.documentElement);
followAddress();
showWhatIsOpened();
void firstPicture.then(followThoughts);
listen(window, COMMANDS);
window.addEventListener('hashchange', () => {
  if (location.hash.startsWith('#r')) void openLink(location.hash);
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
void openFirst(location.hash)
  .then(() => firstPicture)
  .then(() => Promise.all([refreshEpisodes(), probeGpu(), applyEngine()]));
