/**
 * The drive from above on a 2-D canvas, for browsers without WebGL 2: the same scene, colours and labels. The ego stays in
 * the lower third, its heading up; zoom works, the three camera modes all look down.
 */
import {
  EGO_LENGTH,
  EGO_WIDTH,
  KIND_PEDESTRIAN,
  LIGHT_GREEN,
  LIGHT_RED,
  LIGHT_YELLOW,
} from '../../core/world/layout.ts';
import { FRAME_LIGHT, FRAME_STRIDE } from '../../workers/protocol.ts';
import { decisionIndexAt, planPoints } from './plan-points.ts';
import { listenToPointer } from './pointer.ts';
import { actorAt, chaseHeading, egoAt, humanAt, type Pose } from './pose.ts';
import { laneLines, type Point, roadEdges, roadLine, samples } from './road-line.ts';
import type { DriveView, Moment, Scene, ViewOptions } from './scene.ts';
import { css, mix, readTheme, type Rgb } from './theme.ts';

/** Metres the shorter side of the canvas shows at zoom 1. */
const SPAN = 55;
const REACH = 130;
const LIGHTS: Readonly<Record<number, readonly [string, Rgb]>> = {
  [LIGHT_RED]: ['red', [0.93, 0.25, 0.23]],
  [LIGHT_YELLOW]: ['yellow', [0.95, 0.7, 0.15]],
  [LIGHT_GREEN]: ['green', [0.2, 0.75, 0.42]],
};

export function createTop2d({ container }: ViewOptions): DriveView {
  const canvas = document.createElement('canvas');
  canvas.className = 'viewer-canvas';
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', 'The drive from above');
  canvas.tabIndex = 0;
  container.append(canvas);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser can draw neither in 3-D nor in 2-D.');
  const pen = context;
  let scene: Scene | null = null;
  let moment: Moment = { time: 0, lookAheadSeconds: 2 };
  let theme = readTheme(container);
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
    pen.fillStyle = css(theme.verge);
    pen.fillRect(0, 0, width, height);
    if (!scene) return;
    const { drive, ghost } = scene;
    const ego = egoAt(drive.frames, moment.time);
    const step = Math.floor(Math.min(moment.time, drive.frames.steps));
    pen.translate(width / 2, height * 0.68);
    const scale = Math.min(width, height) / (SPAN * zoom);
    pen.scale(scale, -scale);
    pen.rotate(Math.PI / 2 - chaseHeading(drive.frames, moment.time));
    pen.translate(-ego.x, -ego.y);
    drawRoad(scene, step);
    const plan = planPoints(drive, decisionIndexAt(drive.episode, step));
    track(drive.frames.ego, FRAME_STRIDE, step - 60, step, theme.ego, []);
    if (ghost) {
      track(ghost.frames.ego, FRAME_STRIDE, ghost.fromStep, step + 20, theme.counterfactual, [1.2, 0.8]);
      if (step > ghost.fromStep) box(egoAt(ghost.frames, moment.time), theme.counterfactual, 'ghost', true);
    }
    const human = humanAt(drive.frames, moment.time);
    if (human) box(human, theme.expert, 'human', true);
    drive.frames.actorInfo.forEach((info, i) => {
      const pose = actorAt(drive.frames, i, moment.time);
      const color = info.kind === KIND_PEDESTRIAN ? theme.pedestrian : theme.vehicle;
      const name = info.label.split(' ')[0];
      const text = pose.visible ? name : `${name} not seen`;
      if (pose.present) box(pose, color, text, !pose.visible, info.length, info.width);
    });
    box(ego, theme.ego, '', false);
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

  function drawRoad({ drive }: Scene, step: number): void {
    const { road } = drive.frames;
    const line = roadLine(road);
    const { left, right } = roadEdges(road);
    const here = drive.frames.ego[step * FRAME_STRIDE + 6];
    const along = samples(here - REACH, here + REACH, 2);
    const path = (points: readonly Point[]) => {
      pen.beginPath();
      for (const [x, y] of points) pen.lineTo(x, y);
    };
    const across = (s: number, from: number, to: number, width: number, color: string) => {
      path([line.point(s, from), line.point(s, to)]);
      pen.setLineDash([]);
      pen.lineWidth = width;
      pen.strokeStyle = color;
      pen.stroke();
    };
    if (road.junction)
      across(
        (road.junction.from + road.junction.to) / 2,
        REACH,
        -REACH,
        road.junction.to - road.junction.from,
        css(theme.road),
      );
    path([...along.map((s) => line.point(s, left)), ...along.toReversed().map((s) => line.point(s, right))]);
    pen.fillStyle = css(theme.road);
    pen.fill();
    pen.strokeStyle = css(theme.mark);
    pen.lineWidth = 0.15;
    for (const lateral of [left, right, ...laneLines(road)]) {
      pen.setLineDash(lateral === left || lateral === right ? [] : [3, 4.5]);
      path(along.map((s) => line.point(s, lateral)));
      pen.stroke();
    }
    for (const s of road.crossings)
      for (let y = right + 0.35; y + 0.5 <= left; y += 1)
        across(s, y, y + 0.5, 3.2, css(mix(theme.mark, theme.road, 0.7)));
    across(road.goalS, left, right, 0.6, css(theme.ego, 0.6));
    if (road.stopLineS === undefined || !Number.isFinite(road.stopLineS)) return;
    const light = LIGHTS[drive.frames.ego[step * FRAME_STRIDE + FRAME_LIGHT]];
    across(road.stopLineS, road.laneWidth / 2, right, 0.5, light ? css(light[1]) : css(theme.mark));
    if (light) label(line.point(road.stopLineS, right - 1.5), light[0], light[1]);
  }

  function track(rows: Float64Array, stride: number, from: number, to: number, color: Rgb, dash: number[]): void {
    pen.beginPath();
    for (let i = Math.max(0, from); i <= to && (i + 1) * stride <= rows.length; i++)
      pen.lineTo(rows[i * stride], rows[i * stride + 1]);
    pen.setLineDash(dash);
    pen.lineWidth = 0.3;
    pen.strokeStyle = css(color, 0.7);
    pen.stroke();
  }

  function box(pose: Pose, color: Rgb, text: string, imagined: boolean, length = EGO_LENGTH, width = EGO_WIDTH): void {
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
    zoom = Math.min(4, Math.max(0.35, zoom * factor));
    invalidate();
  };
  const observer = new ResizeObserver(invalidate);
  observer.observe(container);
  const deafen = listenToPointer(canvas, { orbit() {}, zoom: setZoom });
  return {
    kind: 'canvas2d',
    setScene(next) {
      scene = next;
      invalidate();
    },
    setMoment(next) {
      moment = next;
      invalidate();
    },
    setCamera() {},
    zoom: setZoom,
    orbit() {},
    refreshTheme() {
      theme = readTheme(container);
      invalidate();
    },
    dispose() {
      cancelAnimationFrame(request);
      observer.disconnect();
      deafen();
      canvas.remove();
    },
  };
}
