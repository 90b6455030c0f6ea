/** The frame: header, three columns over the metrics, footer, and whatever floats above them. */
import { lazy, type RefObject, Suspense, useEffect, useState } from 'react';
import { Group, type GroupImperativeHandle, type Layout, Panel, Separator, useGroupRef } from 'react-resizable-panels';
import { Boundary } from './ui/Boundary.tsx';
import { DropOverlay } from './panels/drop/index.tsx';
import { Footer } from './panels/footer/index.tsx';
import { Header } from './panels/header/index.tsx';
import { Hint } from './panels/hint/index.tsx';
import { Sidebar } from './panels/sidebar/index.tsx';
import { Notices } from './panels/notices/index.tsx';
import { Timeline } from './panels/timeline/index.tsx';
import { Trace } from './panels/trace/index.tsx';
import { ViewportOverlay } from './panels/viewport-overlay/index.tsx';
import { Viewport } from './panels/viewport/index.tsx';
import { firstPicture } from './stores/first-picture.ts';
import { useCan } from './shown/hooks.ts';
import { useView } from './stores/hooks.ts';
import { type Preset, viewStore } from './stores/view.ts';

const Metrics = lazy(() => import('./panels/metrics/index.tsx'));
const Recording = lazy(() => import('./panels/recording/index.tsx'));
const Live = lazy(() => import('./panels/live/index.tsx'));
const Compare = lazy(() => import('./panels/compare/index.tsx'));
const PageFrame = lazy(() => import('./panels/pages/index.tsx'));
const Dialogs = lazy(() => import('./panels/dialogs/index.tsx'));

/** Which panels a preset shows beside viewport and timeline. */
const SHOWN: Readonly<Record<Preset, { left: boolean; right: 'trace' | 'compare' | null; bottom: boolean }>> = {
  watch: { left: false, right: null, bottom: false },
  debug: { left: true, right: 'trace', bottom: true },
  train: { left: true, right: null, bottom: true },
  compare: { left: true, right: 'compare', bottom: true },
};

/** What stands on the right; a recording and a live source have no trace, but much to open up. */
const RIGHT = {
  trace: { name: 'Trace', Body: Trace },
  compare: { name: 'Compare', Body: Compare },
  recording: { name: 'Recording', Body: Recording },
  live: { name: 'Live', Body: Live },
} as const;

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

/** Header, columns, metrics, footer. */
function Lab() {
  const preset = useView((state) => state.preset);
  const [later, setLater] = useState(false);
  useEffect(() => {
    void firstPicture.then(() => setLater(true));
  }, []);
  const recorded = useCan('recorded');
  const { left, right: shown, bottom } = SHOWN[preset];
  const live = useCan('source');
  const right = shown !== 'trace' ? shown : live ? 'live' : recorded ? 'recording' : shown;
  const RightPanel = right && RIGHT[right].Body;
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
                    <Boundary name="Pipeline and episodes">
                      <Sidebar />
                    </Boundary>
                  </Panel>
                  <Separator className="splitter" aria-label="Width of the left column" />
                </>
              )}
              <Panel id="centre" minSize="320px">
                <div className="centre">
                  <div className="stagebox">
                    <Boundary name="Viewport">
                      <Viewport hint={live ? null : <Hint />} lists={right !== 'live' && right !== 'recording'} />
                    </Boundary>
                    <ViewportOverlay />
                  </div>
                  <Boundary name="Timeline">
                    <Timeline />
                  </Boundary>
                </div>
              </Panel>
              {right && RightPanel && (
                <>
                  <Separator className="splitter" aria-label="Width of the right column" />
                  <Panel
                    id="right"
                    defaultSize={narrow ? '316px' : '400px'}
                    minSize="280px"
                    maxSize="640px"
                    groupResizeBehavior="preserve-pixel-size"
                  >
                    <Boundary key={right} name={RIGHT[right].name}>
                      <Suspense fallback={<div className="panel" />}>
                        <RightPanel />
                      </Suspense>
                    </Boundary>
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
                {later && (
                  <Boundary name="Metrics">
                    <Suspense fallback={<div className="panel" />}>
                      <Metrics />
                    </Suspense>
                  </Boundary>
                )}
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
