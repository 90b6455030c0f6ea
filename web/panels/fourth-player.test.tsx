/**
 * A fourth kind of thing to show, made up here: a table on which blocks are moved. No panel knows of it, and every panel that draws what
 * is shown draws it: timeline, transport, read-outs, words, the line at the bottom, and the picture through its own layer.
 */
import { Group } from 'three';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { COMMANDS } from './commands.ts';
import { show, shownStore } from '../shown/shown.ts';
import { statesPlayer } from '../shown/states.ts';
import { driveStore } from '../stores/drive.ts';
import { testEpisode } from '../stores/testing.ts';
import { showWhatIsOpened } from '../shown/lab.ts';
import type { Layer, LayerMaker } from '../viewer/layer.ts';
import type { Moment, Scene } from '../viewer/scene.ts';
import { driveFrames } from '../viewer/testing.ts';
import { Footer } from './footer/index.tsx';
import { Header } from './header/index.tsx';
import { Timeline } from './timeline/index.tsx';
import { Trace } from './trace/index.tsx';
import { Hud } from './viewport/Hud.tsx';
import { feed } from './viewport/view.ts';

const layer = (): Layer => ({ root: new Group(), build() {}, update() {}, dispose() {} });
const layers: readonly LayerMaker[] = [layer];

/** Three moves: b from a, a onto c, b onto a. */
const blocks = () =>
  statesPlayer({
    kind: 'blocks',
    title: { of: 'Blocksworld, seed 3', by: 'solver' },
    states: [['ab', 'c'], ['a', 'b', 'c'], ['b', 'ca'], ['cab']],
    words: [
      ['clear', 'b', 'put-down'],
      ['clear', 'a', 'stack'],
      ['clear', 'b', 'stack'],
    ],
    stepSeconds: 0.5,
    layers,
    bounds: [-2, -2, 2, 2],
    say: (table) => `${table.length} towers`,
    readouts: (table) => [{ name: 'towers', value: String(table.length) }],
  });

const command = (id: string) => {
  const found = COMMANDS.find((each) => each.id === id);
  if (!found) throw new Error(id);
  return found;
};

beforeEach(() => {
  vi.stubGlobal('cancelAnimationFrame', () => {});
  // What is rendered to text is rendered from a store's first state.
  vi.spyOn(shownStore, 'getInitialState').mockImplementation(shownStore.getState);
  show(blocks());
});
afterEach(() => show(null));

test('it has lanes, a slider, a clock and a place in the timeline', () => {
  const { player } = shownStore.getState();
  player?.stepBy(1);
  const html = renderToStaticMarkup(<Timeline />);
  expect(html).toContain('<span class="timeline-name">decisions</span>');
  expect(html.match(/data-word="(put-down|stack)"/g)).toHaveLength(3);
  expect(html).toContain('aria-valuemax="3" aria-valuenow="1" aria-valuetext="0.5 s, step 1, 3 towers"');
  expect(html).toContain('00.5 / 01.5 s');
  expect(html).toContain('decision 2 of 3 · step 1');
});

test('header, read-outs, bottom line and words are its own', () => {
  expect(renderToStaticMarkup(<Header />)).toContain('Blocksworld, seed 3 · <b>solver</b>');
  expect(renderToStaticMarkup(<Hud />)).toContain('<dt>towers</dt><dd>2</dd>');
  expect(renderToStaticMarkup(<Footer />)).toContain('step 0 of 3, 2 towers');
  const trace = renderToStaticMarkup(<Trace />);
  expect(trace).toContain('token 3 of 3');
  expect(trace).toContain('aria-label="thought"');
  expect(trace).not.toContain('aria-label="Alternatives"');
});

test('the picture is drawn by its own layer, at its moment', () => {
  const got: { scene: Scene | null; layers?: readonly LayerMaker[]; moment?: Moment } = { scene: null };
  const stop = feed({
    setScene(scene, own) {
      got.scene = scene;
      got.layers = own;
    },
    setMoment(moment) {
      got.moment = moment;
    },
  });
  shownStore.getState().player?.seek(1.5);
  stop();
  expect([got.scene?.frames.steps, got.scene?.bounds, got.layers, got.moment?.time]).toEqual([
    3,
    [-2, -2, 2, 2],
    layers,
    1.5,
  ]);
});

test('keys move it, and what it can not do is not offered', () => {
  command('play.step').run();
  command('play.decision').run();
  expect(shownStore.getState().cursor.step).toBe(2);
  command('debug.token-back').run();
  expect(shownStore.getState().cursor).toMatchObject({ decision: 2, token: 1 });
  const offered = (id: string) => command(id).enabled?.() ?? true;
  expect(['play.toggle', 'play.decision', 'view.inset'].map(offered)).toEqual([true, true, true]);
  expect(['file.share', 'debug.edit', 'live.now', 'live.record'].map(offered)).toEqual([false, false, false, false]);
});

test('a drive that is opened takes its place', () => {
  showWhatIsOpened();
  expect(shownStore.getState().player?.kind).toBe('blocks');
  driveStore.setState({ episode: testEpisode(), frames: driveFrames([0, 0, 0]) });
  expect(shownStore.getState().player?.kind).toBe('drive');
});
