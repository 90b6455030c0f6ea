/**
 * The scene from above on a 2-D canvas, for browsers without WebGL 2 and for the scenario editor: the same map, colours and labels. Whom
 * it follows stays in the lower third, heading up; with nobody to follow, the whole map. Zoom works, all camera modes look down.
 */
import { SCENE_SEEN, SCENE_X, SCENE_Y, type SceneActor, sceneRow } from '../../core/episode/scene-frames.ts';
import { shapeRow } from '../../core/tasks/driving/kinds/kinds.ts';
import { LIGHT_GREEN, LIGHT_RED, LIGHT_YELLOW } from '../../core/abi/layout.ts';
import { STATE_STRIDE } from '../../workers/contracts/protocol.ts';
import { type Look, lookOf } from './look.ts';
import { type Map2d, map2d } from './map2d.ts';
import { decisionIndexAt, planPoints } from './plan-points.ts';
import { listenToPointer } from './pointer.ts';
import { egoAt, humanAt, type MovingPose } from './pose.ts';
import { roadLine } from './road-line.ts';
import type { DriveView, ViewOptions } from './drive-view.ts';
import type { Drive, Moment, Scene } from './scene.ts';
import { followed, sceneActorAt, steadyHeading } from './scene-pose.ts';
import { css, readTheme, type Rgb } from './theme.ts';
import type { Point } from '../../core/base/geometry.ts';

/** Metres the shorter side of the canvas shows at zoom 1. */
const SPAN = 55;
const TRAIL_SECONDS = 6;
const LIGHTS: Readonly<Record<number, readonly [string, Rgb]>> = {
  [LIGHT_RED]: ['red', [0.93, 0.25, 0.23]],
  [LIGHT_YELLOW]: ['yellow', [0.95, 0.7, 0.15]],
  [LIGHT_GREEN]: ['green', [0.2, 0.75, 0.42]],
};
export function createTop2d({ container }: ViewOptions): DriveView {
  const canvas = document.createElement('canvas');
  canvas.className = 'viewer-canvas';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'The scene from above');
  canvas.tabIndex = 0;
  container.append(canvas);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser can draw neither in 3-D nor in 2-D.');
  const pen = context;
  let scene: Scene | null = null;
  let map: Map2d | null = null;
  let moment: Moment = { time: 0, lookAheadSeconds: 2 };
  let theme = readTheme(container);
  let look: Look = lookOf(theme);
  let zoom = 1;
  let request = 0;
  const invalidate = () => {
    request ||= requestAnimationFrame(draw);
  };

  function draw(): void {
    request = 0;
    const ratio = Math.min(2, devicePixelRatio);
    const { clientWidth: width, clientHeight: height } = container;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    pen.scale(ratio, ratio);
    pen.fillStyle = css(look.ground);
    pen.fillRect(0, 0, width, height);
    if (!scene) return;
    const { drive, ghost, frames } = scene;
    const { steps, actors } = frames;
    const time = Math.min(Math.max(0, moment.time), steps);
    const step = Math.floor(time);
    const focus = actors[followed(frames, moment.follow)];
    const here = focus && sceneActorAt(focus, time, steps);
    let scale = Math.min(width, height) / (SPAN * zoom);
    if (focus && here) {
      pen.translate(width / 2, height * 0.68);
      pen.scale(scale, -scale);
      pen.rotate(Math.PI / 2 - steadyHeading(focus, time, frames));
      pen.translate(-here.x, -here.y);
    } else {
      const [x0, y0, x1, y1] = frames.map?.bounds ?? [-30, -30, 30, 30];
      scale = Math.min(width / (x1 - x0 + 20), height / (y1 - y0 + 20)) / zoom;
      pen.translate(width / 2, height / 2);
      pen.scale(scale, -scale);
      pen.translate(-(x0 + x1) / 2, -(y0 + y1) / 2);
    }
    map?.draw(pen, look, visibleBox(width * ratio, height * ratio), 1 / scale);
    if (drive) drawGoal(drive);
    drawLights(scene, step, scale);
    actors.forEach((actor, i) => {
      trail(actor, step - Math.round(TRAIL_SECONDS / frames.dt), step, colorOf(actor, i === frames.ego));
    });
    if (ghost) {
      track(ghost.frames.ego, STATE_STRIDE, ghost.fromStep, step + 20, theme.counterfactual, [1.2, 0.8]);
      if (step > ghost.fromStep) box(egoAt(ghost.frames, time), 4.6, 1.9, theme.counterfactual, 'ghost', true);
    }
    const human = drive && humanAt(drive.frames, time);
    if (human) box(human, 4.6, 1.9, theme.expert, 'human', true);
    actors.forEach((actor, i) => {
      const pose = sceneActorAt(actor, time, steps);
      if (!pose) return;
      const color = colorOf(actor, i === frames.ego);
      const seen = (pose.flags & SCENE_SEEN) !== 0;
      const text = actor.label && !seen ? `${actor.label} not seen` : actor.label;
      box(pose, actor.length, actor.width, color, scale > 3 ? text : '', !seen);
    });
    if (drive) drawPlan(drive, step);
  }

  /** What part of the world the canvas shows: x0, y0, x1, y1, m. */
  function visibleBox(width: number, height: number): number[] {
    const back = pen.getTransform().inverse();
    const corners = [
      [0, 0],
      [width, 0],
      [0, height],
      [width, height],
    ].map(([x, y]) => back.transformPoint({ x, y }));
    const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  function drawPlan(drive: Drive, step: number): void {
    const plan = planPoints(drive, decisionIndexAt(drive.episode, step));
    pen.fillStyle = css(theme.ego);
    plan?.points.forEach(([x, y], i) => {
      if (plan.steps[i] > moment.time + moment.lookAheadSeconds * 10) return;
      pen.globalAlpha = plan.steps[i] < moment.time ? 0.3 : 1;
      pen.beginPath();
      pen.arc(x, y, 0.15 + 0.25 * plan.confidence[i], 0, 2 * Math.PI);
      pen.fill();
    });
    pen.globalAlpha = 1;
  }

  function drawGoal({ frames: { road } }: Drive): void {
    const line = roadLine(road);
    pen.beginPath();
    for (const side of [0.5, -0.5]) pen.lineTo(...line.point(road.goalS, side * road.laneWidth));
    pen.setLineDash([]);
    pen.lineWidth = 0.7;
    pen.strokeStyle = css(theme.ego, 0.6);
    pen.stroke();
  }

  /** A bar across what each light rules, in its colour, and its word where there is room. */
  function drawLights({ frames }: Scene, step: number, scale: number): void {
    frames.lights.forEach(({ x, y, headingRad, arm = 0 }, i) => {
      const light = LIGHTS[frames.lightStates[step * frames.lights.length + i]];
      const [c, s] = [Math.cos(headingRad), Math.sin(headingRad)];
      const radius = Math.max(0.55, 3 / scale);
      pen.beginPath();
      pen.arc(x - (s * arm) / 2, y + (c * arm) / 2, radius, 0, 2 * Math.PI);
      pen.fillStyle = light ? css(light[1]) : css(theme.dim);
      pen.fill();
      if (light && scale > 5) label([x, y], light[0], light[1]);
    });
  }

  const colorOf = ({ kind }: SceneActor, isEgo: boolean): Rgb => (isEgo ? theme.ego : theme[shapeRow(kind).colour]);

  /** Where an actor was; a gap while it was not there. */
  function trail(actor: SceneActor, from: number, to: number, color: Rgb): void {
    pen.beginPath();
    let before = -1;
    for (let step = Math.max(0, from); step <= to; step++) {
      const at = sceneRow(actor, step);
      if (at >= 0) pen[before < 0 ? 'moveTo' : 'lineTo'](actor.rows[at + SCENE_X], actor.rows[at + SCENE_Y]);
      before = at;
    }
    stroke(color, []);
  }

  function track(rows: Float64Array, stride: number, from: number, to: number, color: Rgb, dash: number[]): void {
    pen.beginPath();
    for (let i = Math.max(0, from); i <= to && (i + 1) * stride <= rows.length; i++)
      pen.lineTo(rows[i * stride], rows[i * stride + 1]);
    stroke(color, dash);
  }

  function stroke(color: Rgb, dash: number[]): void {
    pen.setLineDash(dash);
    pen.lineWidth = 0.3;
    pen.strokeStyle = css(color, 0.7);
    pen.stroke();
  }

  function box(pose: MovingPose, length: number, width: number, color: Rgb, text: string, imagined: boolean): void {
    pen.save();
    pen.translate(pose.x, pose.y);
    pen.rotate(pose.headingRad);
    pen.beginPath();
    pen.roundRect(-length / 2, -width / 2, length, width, Math.min(0.5, width / 3));
    pen.fillStyle = css(color, imagined ? 0.12 : 0.55);
    pen.fill();
    pen.setLineDash(imagined ? [0.5, 0.35] : []);
    pen.lineWidth = 0.14;
    pen.strokeStyle = css(color);
    pen.stroke();
    pen.restore();
    if (text) label([pose.x, pose.y], text, color, width / 2 + 0.8);
  }

  /** Text at a place of the world, upright on the screen. */
  function label([x, y]: Point, text: string, color: Rgb, above = 1): void {
    pen.save();
    const { a, b, c, d, e, f } = pen.getTransform();
    const ratio = Math.min(2, devicePixelRatio);
    pen.setTransform(ratio, 0, 0, ratio, a * x + c * y + e, b * x + d * y + f);
    pen.fillStyle = css(color);
    pen.font = '600 11px Inter, system-ui, sans-serif';
    pen.textAlign = 'center';
    pen.fillText(text, 0, (-above * Math.hypot(a, b)) / ratio - 4);
    pen.restore();
  }

  const setZoom = (factor: number) => {
    zoom = Math.min(4, Math.max(0.08, zoom * factor));
    invalidate();
  };
  const observer = new ResizeObserver(invalidate);
  observer.observe(container);
  const deafen = listenToPointer(canvas, { orbit() {}, zoom: setZoom });
  return {
    kind: 'canvas2d',
    setScene(next) {
      if (next?.frames.map !== scene?.frames.map) map = next?.frames.map ? map2d(next.frames.map) : null;
      scene = next;
      look = lookOf(theme, scene?.frames.weather);
      invalidate();
    },
    setMoment(next) {
      moment = next;
      invalidate();
    },
    setCamera() {},
    setInset() {},
    zoom: setZoom,
    orbit() {},
    refreshTheme() {
      theme = readTheme(container);
      look = lookOf(theme, scene?.frames.weather);
      invalidate();
    },
    stats: () => null,
    dispose() {
      cancelAnimationFrame(request);
      observer.disconnect();
      deafen();
      canvas.remove();
    },
  };
}
