/**
 * The viewport: one small loop over layers. It draws only when something changed (a moment, a scene, a camera, a size, a
 * theme) or a camera is in flight, so a paused lab costs nothing. Everything it holds is given back by `dispose`.
 *
 * On a software GPU the picture must never cost the training its cores or the page its answer: a picture is drawn out of sight and shown
 * when it is done, no new one is begun before, about half the time is left free, edges are smoothed only when the picture stands
 * still. A real GPU that is too slow gets fewer pixels while the picture moves, and all of them when it stands still.
 */
import {
  Color,
  DirectionalLight,
  Fog,
  Group,
  HemisphereLight,
  PerspectiveCamera,
  Scene as Stage,
  Vector3,
  WebGLRenderer,
} from 'three';
import { sceneRow } from '../../core/episode/scene-frames.ts';
import { shapeRow } from '../../core/tasks/driving/kinds/kinds.ts';
import { CameraRig, type Subject } from './cameras.ts';
import { commandsDone, shadersReady, type Surface } from './gpu.ts';
import { LabelOverlay, UNLABELLED } from './labels.ts';
import { clearTree, type Frame, type Layer, type LayerMaker, paint, placeShown } from './layer.ts';
import { createActors } from './layers/actors.ts';
import { createGhost } from './layers/ghost.ts';
import { createGoal } from './layers/goal.ts';
import { createGround } from './layers/ground.ts';
import { createLights } from './layers/lights.ts';
import { createMap } from './layers/map.ts';
import { createMarks } from './layers/marks.ts';
import { createPaths } from './layers/paths.ts';
import { createPlan } from './layers/plan.ts';
import { createRain } from './layers/rain.ts';
import { createResidual } from './layers/residual.ts';
import { createRoadside } from './layers/roadside.ts';
import { createSigns } from './layers/signs.ts';
import { createTrail } from './layers/trail.ts';
import { type Look, lookOf } from './look.ts';
import { createInset } from './inset.ts';
import { decisionIndexAt } from './plan-points.ts';
import { listenToPointer } from './pointer.ts';
import type { DriveView, Inset, ViewOptions } from './drive-view.ts';
import type { CameraMode, Moment, Scene } from './scene.ts';
import { followed, sceneActorAt, subjectAt } from './scene-pose.ts';
import { readTheme, type ViewerTheme } from './theme.ts';

/** Least time between pictures on a software GPU, ms, and how much longer than a picture takes to wait for the next. */
const SOFTWARE_INTERVAL_MS = 48;
const SOFTWARE_PAUSE = 1.8;
const MAX_PIXEL_RATIO = 2;
/** A GPU that is too slow to draw finely draws the picture once more, finely, when nothing has moved for this long, ms. */
const REFINE_AFTER_MS = 300;
const REFINED_PIXEL_RATIO = 2;

/** Makes the 3-D view in `options.container` (which must be positioned; the canvas fills it). It owns `surface`. */
export function createViewer(
  options: ViewOptions,
  { canvas, context, software, shown, capture, present }: Surface,
): DriveView {
  const { container } = options;
  const renderer = new WebGLRenderer({ canvas, context });
  // Waiting for a shader's error text stalls the main thread; the shaders are fixed and tested.
  renderer.debug.checkShaderErrors = false;
  shown.className = 'viewer-canvas';
  container.append(shown);

  const stage = new Stage();
  stage.matrixWorldAutoUpdate = false;
  stage.onBeforeRender = () => placeShown(stage);
  const fog = new Fog(0x000000, 40, 230);
  const sky = new HemisphereLight(0xffffff, 0x404040, 2);
  const sun = new DirectionalLight(0xffffff, 1.6);
  sun.position.set(-0.5, 0.7, 1);
  stage.fog = fog;
  stage.add(sky, sun, sun.target);
  const camera = new PerspectiveCamera(46, 1, 0.3, 700);
  const rig = new CameraRig(camera, options.reducedMotion);
  const labels = new LabelOverlay(container, camera);
  const ofDrives: readonly Layer[] = [
    createGround(),
    createMap(!software),
    createGoal(),
    createRoadside(),
    createPaths(),
    createTrail(),
    createPlan(),
    createResidual(),
    createActors(),
    createLights(),
    createSigns(),
    createGhost(),
    createMarks(),
    createRain(),
  ];
  let layers = ofDrives;
  let makers: readonly LayerMaker[] | undefined;
  for (const layer of layers) stage.add(layer.root);

  let scene: Scene | null = null;
  let moment: Moment = { time: 0, lookAheadSeconds: 2 };
  let theme: ViewerTheme = readTheme(container);
  let look: Look = lookOf(theme);
  let request = 0;
  let drawnAt = 0;
  let slow = 0;
  const finest = software ? REFINED_PIXEL_RATIO : Math.min(devicePixelRatio, MAX_PIXEL_RATIO);
  let pixelRatio = software ? Math.min(devicePixelRatio, 1) : finest;
  let alive = true;
  let nextAt = 0;
  let sized = '';
  let refining = 0;
  let refined = false;
  let compiled = false;
  let builds = 0;
  let lastFocus: number | undefined;
  let composed: Frame | null = null;
  const inset = createInset(renderer, stage, fog, shown);
  let subject: Subject | null = null;
  const rear = new Vector3();
  // What was replaced goes after the next picture: until then its shaders are shared with what replaces it.
  const retired = new Group();

  const invalidate = () => {
    clearTimeout(refining);
    if (request === 0 && alive) request = requestAnimationFrame(draw);
  };

  /** Puts away what the layers have made; it is cleared after the next picture. */
  function retire(): void {
    for (const layer of layers) for (const child of layer.root.children.slice()) retired.add(child);
  }

  /** Draws with other layers from now on; none given: with those of drives. */
  function drawWith(others: readonly LayerMaker[] | undefined): void {
    if (others === makers) return;
    makers = others;
    retire();
    for (const layer of layers) stage.remove(layer.root);
    if (layers !== ofDrives) for (const layer of layers) layer.dispose();
    layers = others?.map((make) => make()) ?? ofDrives;
    for (const layer of layers) stage.add(layer.root);
  }

  function rebuild(): void {
    retire();
    look = lookOf(theme, scene?.frames.weather);
    if (scene) for (const layer of layers) layer.build(scene, theme, look);
    paint(fog.color, look.horizon);
    stage.background = paint(new Color(), look.horizon);
    paint(sky.groundColor, look.skyGround);
    sky.intensity = look.skyIntensity;
    sun.intensity = look.sunIntensity;
    sun.position.set(...look.sun);
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
    const flying = scene !== null && compose(scene, now);
    labels.covered = inset.covered();
    if (!software) labels.settle();
    if (refined) renderer.setPixelRatio(pixelRatio);
    refined = false;
    render();
    clearTree(retired);
    if (software) pace(!flying);
    else if (!flying) rest();
    if (flying) invalidate();
  }

  /** Waits for a software GPU to finish the picture, shows it, sets when the next may begin, and refines one that stands still. */
  function pace(still: boolean): void {
    nextAt = Number.POSITIVE_INFINITY;
    const begun = performance.now();
    capture();
    void commandsDone(context).then(() => {
      if (!alive) return;
      present();
      if (!refined) labels.settle();
      const took = performance.now() - begun;
      nextAt = begun + Math.max(SOFTWARE_INTERVAL_MS, took * SOFTWARE_PAUSE);
      if (still) rest();
    });
  }

  /** Refines the picture soon, unless something moves before. */
  function rest(): void {
    if (request === 0 && !refined && pixelRatio < finest) refining = window.setTimeout(refine, REFINE_AFTER_MS);
  }

  /** The still picture without jagged edges: too slow for every picture, cheap for one. */
  function refine(): void {
    if (!alive || request !== 0) return;
    refined = true;
    renderer.setPixelRatio(finest);
    render();
    if (software) pace(false);
  }

  function render(): void {
    renderer.render(stage, camera);
    if (!scene || !composed || !inset.wanted) return;
    inset.draw(composed, layers, look);
    // The layers stand where the main camera wants them.
    fog.near = fogFor(camera.position.z, look.fogNear, 3);
    fog.far = fogFor(camera.position.z, look.fogFar, 7);
    for (const layer of layers) layer.update({ ...composed, labels: UNLABELLED });
  }

  /** Puts camera and layers where they belong at this moment; true while the camera is in flight. */
  function compose(current: Scene, now: number): boolean {
    const { frames, drive } = current;
    const time = Math.min(Math.max(0, moment.time), frames.steps);
    const step = Math.floor(time);
    const focusIndex = followed(frames, moment.follow);
    const actor = frames.actors[focusIndex];
    const focus = actor ? sceneActorAt(actor, time, frames.steps) : null;
    if (focusIndex !== lastFocus) rig.fly(lastFocus === undefined ? 0 : now);
    lastFocus = focusIndex;
    // Who has left the scene is remembered where it was last.
    if (actor && focus) {
      subject = subjectAt(actor, time, frames);
    } else if (!actor || sceneRow(actor, step) < 0) subject = actor ? subject : null;
    const flying = rig.update(subject, current.bounds ?? frames.map?.bounds ?? extentOf(frames), now);
    keepInSight(focus !== null && rig.mode === 'chase');
    const distance = camera.position.distanceTo(rig.target);
    fog.near = fogFor(camera.position.z, look.fogNear, 3);
    fog.far = fogFor(camera.position.z, look.fogFar, 7);
    camera.far = Math.max(700, 2.5 * distance);
    camera.near = Math.max(0.3, distance / 60);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
    const frame: Frame = {
      ...moment,
      scene: current,
      time,
      step,
      decision: drive ? decisionIndexAt(drive.episode, step) : -1,
      focusIndex,
      focus,
      headlights:
        focus &&
        (shapeRow(actor.kind).kind.group === 'walkers'
          ? null
          : {
              ...focus,
              x: focus.x + (Math.cos(focus.headingRad) * actor.length) / 2,
              y: focus.y + (Math.sin(focus.headingRad) * actor.length) / 2,
            }),
      hidden: rig.mode === 'driver' && focus !== null ? focusIndex : -1,
      labels,
      eye: camera.position,
      target: rig.target,
      reducedMotion: options.reducedMotion,
    };
    for (const layer of layers) layer.update(frame);
    composed = frame;
    return flying;
  }

  /** Moves the picture up where read-outs would cover the followed car's rear. */
  function keepInSight(wanted: boolean): void {
    const { clientWidth: width, clientHeight: height } = container;
    const covered = (wanted && options.coveredBelow?.()) || 0;
    if (covered === 0 || height === 0 || !subject) return camera.clearViewOffset();
    camera.clearViewOffset();
    camera.updateMatrixWorld();
    const { x, y, steadyRad, length } = subject;
    rear.set(x - (Math.cos(steadyRad) * length) / 2, y - (Math.sin(steadyRad) * length) / 2, 0).project(camera);
    const below = ((1 - rear.y) / 2) * height - (height - covered);
    if (below > 0) camera.setViewOffset(width, height, 0, Math.min(below, height / 4), width, height);
  }

  /** After a dozen consecutive pictures slower than 24 a second: fewer pixels. Back up only at rest: it would oscillate. */
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
  const deafen = listenToPointer(shown, { orbit, zoom });
  shown.tabIndex = 0;
  shown.setAttribute('role', 'img');
  shown.setAttribute('aria-label', 'Picture of the drive; W A S D turn the camera, + and − change its distance');
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
    setScene(next, others) {
      drawWith(others);
      scene = next;
      subject = null;
      lastFocus = undefined;
      rebuild();
    },
    setMoment(next) {
      moment = next;
      invalidate();
    },
    setCamera,
    setInset(next: Inset | null) {
      inset.wanted = next;
      invalidate();
    },
    zoom,
    orbit,
    refreshTheme() {
      theme = readTheme(container);
      rebuild();
    },
    stats() {
      const { frame, calls, triangles } = renderer.info.render;
      return { pictures: frame, drawCalls: calls, triangles };
    },
    dispose() {
      alive = false;
      cancelAnimationFrame(request);
      clearTimeout(refining);
      observer.disconnect();
      deafen();
      canvas.removeEventListener('webglcontextlost', lost);
      canvas.removeEventListener('webglcontextrestored', restored);
      for (const layer of new Set([...layers, ...ofDrives])) layer.dispose();
      clearTree(retired);
      labels.dispose();
      renderer.dispose();
      renderer.forceContextLoss();
      shown.remove();
    },
  };
}

/** Fog begins and ends farther away the higher one stands, m. */
const fogFor = (height: number, onGround: number, perMetre: number) => onGround + perMetre * Math.max(0, height - 4);

/** Extent of all actors, for a scene without a map, m. */
function extentOf({ actors }: Scene['frames']): readonly [number, number, number, number] {
  const xs = actors.flatMap(({ rows }) => [rows[0]]);
  const ys = actors.flatMap(({ rows }) => [rows[1]]);
  if (xs.length === 0) return [-30, -30, 30, 30];
  return [Math.min(...xs) - 20, Math.min(...ys) - 20, Math.max(...xs) + 20, Math.max(...ys) + 20];
}
