/**
 * The viewport: one small loop over layers. It draws only when something changed (a moment, a scene, a camera, a size, a
 * theme) or a camera is in flight, so a paused lab costs nothing. Everything it holds is given back by `dispose`.
 *
 * On a software GPU the picture must never cost the training its cores or the page its answer: no new picture is begun before
 * the last is done, about half the time is left free, edges are smoothed only when the picture stands still. A real GPU that
 * is too slow gets fewer pixels.
 */
import {
  Color,
  DirectionalLight,
  Fog,
  Group,
  HemisphereLight,
  PerspectiveCamera,
  Scene as Stage,
  WebGLRenderer,
} from 'three';
import { CameraRig } from './cameras.ts';
import { commandsDone, shadersReady, type Surface } from './gpu.ts';
import { LabelOverlay } from './labels.ts';
import { clearTree, type Frame, type Layer, paint } from './layer.ts';
import { createActors } from './layers/actors.ts';
import { createEgo } from './layers/ego.ts';
import { createGhost } from './layers/ghost.ts';
import { createGround, horizonColor } from './layers/ground.ts';
import { createPlan } from './layers/plan.ts';
import { createResidual } from './layers/residual.ts';
import { createRoad } from './layers/road.ts';
import { createRoadside } from './layers/roadside.ts';
import { createSignal } from './layers/signal.ts';
import { decisionIndexAt } from './plan-points.ts';
import { listenToPointer } from './pointer.ts';
import { egoAt } from './pose.ts';
import type { CameraMode, DriveView, Moment, Scene, ViewOptions } from './scene.ts';
import { readTheme, type ViewerTheme } from './theme.ts';

/** Least time between pictures on a software GPU, ms, and how much longer than a picture takes to wait for the next. */
const SOFTWARE_INTERVAL_MS = 48;
const SOFTWARE_PAUSE = 1.8;
const MAX_PIXEL_RATIO = 2;
/** A software GPU draws the picture once more, finely, when nothing has moved for this long, ms. */
const REFINE_AFTER_MS = 300;
const REFINED_PIXEL_RATIO = 2;

/** Makes the 3-D view in `options.container` (which must be positioned; the canvas fills it). It owns `surface`. */
export function createViewer(options: ViewOptions, { canvas, context, software }: Surface): DriveView {
  const { container } = options;
  const renderer = new WebGLRenderer({ canvas, context });
  // Waiting for a shader's error text stalls the main thread; the shaders are fixed and tested.
  renderer.debug.checkShaderErrors = false;
  canvas.className = 'viewer-canvas';
  container.append(canvas);

  const stage = new Stage();
  const fog = new Fog(0x000000, 40, 230);
  const sky = new HemisphereLight(0xffffff, 0x404040, 2);
  const sun = new DirectionalLight(0xffffff, 1.6);
  sun.position.set(-0.5, 0.7, 1);
  stage.fog = fog;
  stage.add(sky, sun, sun.target);
  const camera = new PerspectiveCamera(46, 1, 0.5, 700);
  const rig = new CameraRig(camera, options.reducedMotion);
  const labels = new LabelOverlay(container, camera);
  const layers: readonly Layer[] = [
    createGround(),
    createRoad(),
    createRoadside(),
    createEgo(),
    createPlan(),
    createResidual(),
    createActors(),
    createSignal(),
    createGhost(),
  ];
  for (const layer of layers) stage.add(layer.root);

  let scene: Scene | null = null;
  let moment: Moment = { time: 0, lookAheadSeconds: 2 };
  let theme: ViewerTheme = readTheme(container);
  let request = 0;
  let drawnAt = 0;
  let slow = 0;
  let pixelRatio = Math.min(devicePixelRatio, software ? 1 : MAX_PIXEL_RATIO);
  let alive = true;
  let nextAt = 0;
  let sized = '';
  let refining = 0;
  let refined = false;
  let compiled = false;
  let builds = 0;
  // What was replaced goes after the next picture: until then its shaders are shared with what replaces it.
  const retired = new Group();

  const invalidate = () => {
    clearTimeout(refining);
    if (request === 0 && alive) request = requestAnimationFrame(draw);
  };

  function rebuild(): void {
    for (const layer of layers) for (const child of layer.root.children.slice()) retired.add(child);
    if (scene) for (const layer of layers) layer.build(scene, theme);
    const horizon = horizonColor(theme);
    paint(fog.color, horizon);
    stage.background = paint(new Color(), horizon);
    paint(sky.groundColor, theme.dark ? [0.5, 0.54, 0.6] : [0.78, 0.8, 0.82]);
    sky.intensity = theme.dark ? 1.9 : 2.1;
    sun.intensity = theme.dark ? 2 : 1.5;
    // Shaders compile beside the page, not in it; the picture waits for them.
    compiled = false;
    const mine = ++builds;
    void shadersReady(renderer, stage, camera).then(() => {
      compiled ||= mine === builds;
      invalidate();
    });
  }

  function draw(now: number): void {
    request = 0;
    if (!alive || !compiled) return;
    if (software && now < nextAt) return invalidate();
    if (!software) adapt(now - drawnAt);
    drawnAt = now;
    const frame = scene && frameOf(scene);
    let flying = false;
    if (frame) {
      flying = rig.update(frame.scene.drive, frame.ego, frame.time, now);
      fog.near = 20 + 3 * camera.position.z;
      fog.far = 190 + 7 * camera.position.z;
      camera.updateMatrixWorld();
      for (const layer of layers) layer.update(frame);
    }
    labels.settle();
    if (refined) renderer.setPixelRatio(pixelRatio);
    refined = false;
    renderer.render(stage, camera);
    clearTree(retired);
    if (software) pace(!flying);
    if (flying) invalidate();
  }

  /** Waits for a software GPU to finish the picture, sets when the next may begin, and refines one that stands still. */
  function pace(still: boolean): void {
    nextAt = Number.POSITIVE_INFINITY;
    const begun = performance.now();
    void commandsDone(context).then(() => {
      const took = performance.now() - begun;
      nextAt = begun + Math.max(SOFTWARE_INTERVAL_MS, took * SOFTWARE_PAUSE);
      if (still && request === 0 && !refined) refining = window.setTimeout(refine, REFINE_AFTER_MS);
    });
  }

  /** The still picture without jagged edges: on a software GPU too slow for every picture, cheap for one. */
  function refine(): void {
    if (!alive || request !== 0) return;
    refined = true;
    renderer.setPixelRatio(REFINED_PIXEL_RATIO);
    renderer.render(stage, camera);
    pace(false);
  }

  function frameOf(current: Scene): Frame {
    const { drive } = current;
    const time = Math.min(Math.max(0, moment.time), drive.frames.steps);
    const step = Math.floor(time);
    return {
      scene: current,
      time,
      step,
      lookAheadSeconds: moment.lookAheadSeconds,
      decision: decisionIndexAt(drive.episode, step),
      ego: egoAt(drive.frames, time),
      labels,
      eye: camera.position,
    };
  }

  /** After a dozen consecutive pictures slower than 24 a second: fewer pixels. Never back up, which would oscillate. */
  function adapt(interval: number): void {
    slow = interval > 42 && interval < 400 ? slow + 1 : 0;
    if (slow < 12 || pixelRatio <= 0.75) return;
    slow = 0;
    pixelRatio = Math.max(0.75, pixelRatio * 0.8);
    resize();
  }

  function resize(): void {
    const { clientWidth: width, clientHeight: height } = container;
    const size = `${width} ${height} ${pixelRatio}`;
    if (width === 0 || height === 0 || size === sized) return;
    sized = size;
    renderer.setPixelRatio(pixelRatio);
    renderer.setSize(width, height, false);
    labels.resize(width, height);
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    invalidate();
  }

  function setCamera(mode: CameraMode): void {
    rig.setMode(mode, performance.now());
    invalidate();
  }
  function orbit(azimuthRad: number, elevationRad: number): void {
    if (rig.mode !== 'free') {
      setCamera('free');
      options.onCamera?.('free');
    }
    rig.orbit(azimuthRad, elevationRad);
    invalidate();
  }
  function zoom(factor: number): void {
    rig.zoom(factor);
    invalidate();
  }

  const observer = new ResizeObserver(resize);
  observer.observe(container);
  const deafen = listenToPointer(canvas, { orbit, zoom });
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'Picture of the drive; W A S D turn the camera, + and − change its distance');
  const lost = (event: Event) => {
    event.preventDefault();
    options.onContext?.(false);
  };
  const restored = () => {
    options.onContext?.(true);
    rebuild();
  };
  canvas.addEventListener('webglcontextlost', lost);
  canvas.addEventListener('webglcontextrestored', restored);
  // The size first: it would have to wait for the shaders.
  resize();
  rebuild();

  return {
    kind: 'webgl',
    setScene(next) {
      scene = next;
      rebuild();
    },
    setMoment(next) {
      moment = next;
      invalidate();
    },
    setCamera,
    zoom,
    orbit,
    refreshTheme() {
      theme = readTheme(container);
      rebuild();
    },
    dispose() {
      alive = false;
      cancelAnimationFrame(request);
      clearTimeout(refining);
      observer.disconnect();
      deafen();
      canvas.removeEventListener('webglcontextlost', lost);
      canvas.removeEventListener('webglcontextrestored', restored);
      for (const layer of layers) layer.dispose();
      clearTree(retired);
      labels.dispose();
      renderer.dispose();
      renderer.forceContextLoss();
      canvas.remove();
    },
  };
}
