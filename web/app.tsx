/** The frame: header, three columns over what stands at the bottom, footer, and whatever floats above them; panels by the catalogue. */
import { lazy, type RefObject, Suspense, useEffect, useState } from 'react';
import { Group, type GroupImperativeHandle, type Layout, Panel, Separator, useGroupRef } from 'react-resizable-panels';
import { Boundary } from './ui/Boundary.tsx';
import { type Dock, type PanelEntry, panelIn, type PanelProps } from './panels/catalog.ts';
import { DropOverlay } from './panels/drop/index.tsx';
import { Footer } from './panels/footer/index.tsx';
import { Header } from './panels/header/index.tsx';
import { Notices } from './panels/notices/index.tsx';
import { usePlayer } from './shown/hooks.ts';
import { firstPicture } from './stores/first-picture.ts';
import { useView } from './stores/hooks.ts';
import { viewStore } from './stores/view.ts';

const PageFrame = lazy(() => import('./panels/pages/index.tsx'));
const Dialogs = lazy(() => import('./panels/dialogs/index.tsx'));

/** Keeps a group's layout for its preset once the user has moved a divider. */
function keepLayout(group: string, layout: Layout, byUser: boolean): void {
  if (byUser) viewStore.setState(({ layouts }) => ({ layouts: { ...layouts, [group]: layout } }));
}

/** Puts a kept layout back when the preset that it belongs to is shown again. */
function useKeptLayout(group: RefObject<GroupImperativeHandle | null>, name: string): void {
  useEffect(() => {
    const kept = viewStore.getState().layouts[name];
    const panels = Object.keys(group.current?.getLayout() ?? {});
    if (kept && panels.every((id) => id in kept)) group.current?.setLayout({ ...kept });
  }, [group, name]);
}

/** A panel where it stands; a failure stays in it. */
function Docked({ panel, ...props }: PanelProps & { readonly panel: PanelEntry | undefined }) {
  if (!panel) return null;
  return (
    <Boundary key={panel.id} name={panel.title}>
      <Suspense fallback={<div className="panel" />}>
        <panel.Body {...props} />
      </Suspense>
    </Boundary>
  );
}

/** Header, columns, what stands at the bottom, footer. */
function Lab() {
  const preset = useView((state) => state.preset);
  const player = usePlayer();
  const [later, setLater] = useState(false);
  useEffect(() => {
    void firstPicture.then(() => setLater(true));
  }, []);
  const panel = (dock: Dock) => panelIn(dock, preset, (what) => player?.can(what) ?? false);
  const [left, right, bottom] = [panel('left'), panel('right'), panel('bottom')];
  const narrow = window.innerWidth < 1200;
  const rows = `${preset}.rows`;
  const columns = `${preset}.columns`;
  const rowsGroup = useGroupRef();
  const columnsGroup = useGroupRef();
  useKeptLayout(rowsGroup, rows);
  useKeptLayout(columnsGroup, columns);
  return (
    <>
      <Header />
      <main className="lab">
        <Group
          groupRef={rowsGroup}
          orientation="vertical"
          onLayoutChanged={(layout, { isUserInteraction }) => keepLayout(rows, layout, isUserInteraction)}
        >
          <Panel id="main" minSize="240px">
            <Group
              groupRef={columnsGroup}
              onLayoutChanged={(layout, { isUserInteraction }) => keepLayout(columns, layout, isUserInteraction)}
            >
              {left && (
                <>
                  <Panel
                    id="left"
                    defaultSize={narrow ? '232px' : '264px'}
                    minSize="200px"
                    maxSize="420px"
                    groupResizeBehavior="preserve-pixel-size"
                  >
                    <Docked panel={left} />
                  </Panel>
                  <Separator className="splitter" aria-label="Width of the left column" />
                </>
              )}
              <Panel id="centre" minSize="320px">
                <div className="centre">
                  <div className="stagebox">
                    <Docked panel={panel('picture')} listed={right?.lists ?? false} />
                    <Docked panel={panel('over')} />
                  </div>
                  <Docked panel={panel('time')} />
                </div>
              </Panel>
              {right && (
                <>
                  <Separator className="splitter" aria-label="Width of the right column" />
                  <Panel
                    id="right"
                    defaultSize={narrow ? '316px' : '400px'}
                    minSize="280px"
                    maxSize="640px"
                    groupResizeBehavior="preserve-pixel-size"
                  >
                    <Docked panel={right} />
                  </Panel>
                </>
              )}
            </Group>
          </Panel>
          {bottom && (
            <>
              <Separator className="splitter" aria-label="Height of the metrics" />
              <Panel
                key={preset === 'train' ? 'tall' : 'low'}
                id={preset === 'train' ? 'bottom-tall' : 'bottom'}
                defaultSize={preset === 'train' ? '38%' : narrow ? '150px' : '180px'}
                minSize="96px"
                maxSize="70%"
                groupResizeBehavior="preserve-pixel-size"
              >
                {(later || !bottom.later) && <Docked panel={bottom} />}
              </Panel>
            </>
          )}
        </Group>
      </main>
      <Footer />
    </>
  );
}

export function App() {
  const page = useView((state) => state.page);
  const dialog = useView((state) => state.dialog);
  return (
    <div className={page === 'lab' ? 'shell' : 'shell paged'}>
      {page === 'lab' ? (
        <Lab />
      ) : (
        <Suspense fallback={null}>
          <PageFrame page={page} />
        </Suspense>
      )}
      <Notices />
      <DropOverlay />
      {dialog && (
        <Boundary key={dialog} name="Dialog">
          <Suspense fallback={null}>
            <Dialogs dialog={dialog} />
          </Suspense>
        </Boundary>
      )}
    </div>
  );
}
