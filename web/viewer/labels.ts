/**
 * Names beside things: HTML over the canvas, so that they are crisp, themed by CSS and never taller than text should be.
 * A layer asks for a label before every picture; one not asked for goes. A label stands above its thing, or where that would cover
 * another thing or label, at the nearest free place around. The canvas has a live text elsewhere, so the labels are hidden from
 * assistive technology.
 */
import { type PerspectiveCamera, Vector3 } from 'three';
import { type KindTone } from '../../core/tasks/driving/kinds/kinds.ts';

export type LabelTone = 'ego' | KindTone | 'cf' | 'expert' | 'red' | 'yellow' | 'green' | 'unseen';

export interface Labels {
  /** Shows `text` at a world position, m, until the next picture. `key` names the label across pictures. */
  show(key: string, text: string, tone: LabelTone, x: number, y: number, z: number): void;
  /** Something `height` tall and about `radius` around stands here, which labels should not cover in the next picture. */
  avoid(x: number, y: number, height: number, radius: number): void;
}

/** For pictures without names. */
export const UNLABELLED: Labels = { show() {}, avoid() {} };

/** px from the container's upper left. */
export interface Rect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}
interface Entry {
  readonly element: HTMLElement;
  text: string;
  tone: string;
  asked: boolean;
  /** Screen position of the foot, px, and distance from the camera, m. */
  x: number;
  y: number;
  distance: number;
}

/** Height of a label and width of a letter, px: enough to keep labels from covering one another. */
const LINE = 18;
const LETTER = 6.2;
/** Labels beyond this distance from the camera are not drawn, m, and no more than this many are, the nearest. */
const FARTHEST = 110;
const MOST = 40;

export class LabelOverlay implements Labels {
  private readonly root: HTMLElement;
  private readonly entries = new Map<string, Entry>();
  /** Where another picture lies over this one: nothing is named there. */
  covered: Rect | null = null;
  private readonly obstacles: Rect[] = [];
  private readonly at = new Vector3();
  private camera: PerspectiveCamera;
  private width = 1;
  private height = 1;

  constructor(container: HTMLElement, camera: PerspectiveCamera) {
    this.camera = camera;
    this.root = document.createElement('div');
    this.root.className = 'viewer-labels';
    this.root.setAttribute('aria-hidden', 'true');
    container.append(this.root);
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
  }

  show(key: string, text: string, tone: LabelTone, x: number, y: number, z: number): void {
    const distance = this.at.set(x, y, z).distanceTo(this.camera.position);
    if (distance > FARTHEST) return;
    this.at.project(this.camera);
    if (this.at.z > 1 || Math.abs(this.at.x) > 1.1 || Math.abs(this.at.y) > 1.1) return;
    const entry = this.entries.get(key) ?? this.add(key);
    entry.asked = true;
    if (entry.text !== text) entry.element.textContent = entry.text = text;
    if (entry.tone !== tone) entry.element.dataset.tone = entry.tone = tone;
    entry.x = this.screenX(this.at.x);
    entry.y = this.screenY(this.at.y);
    entry.distance = distance;
  }

  avoid(x: number, y: number, height: number, radius: number): void {
    const distance = this.at.set(x, y, height / 2).distanceTo(this.camera.position);
    if (distance > FARTHEST || distance < 1) return;
    const top = this.at.set(x, y, height).project(this.camera);
    const [topX, topY] = [this.screenX(top.x), this.screenY(top.y)];
    if (top.z > 1) return;
    const foot = this.at.set(x, y, 0).project(this.camera);
    const half = (radius * this.height) / (2 * distance * Math.tan((this.camera.fov * Math.PI) / 360));
    const [low, high] = [Math.min(topY, this.screenY(foot.y)), Math.max(topY, this.screenY(foot.y))];
    this.obstacles.push({ x0: topX - half, x1: topX + half, y0: low, y1: Math.max(high, low + half) });
  }

  /** Puts up what was asked for since the last call, nearest first. */
  settle(): void {
    const placed: Rect[] = this.covered ? [this.covered] : [];
    const asked = [...this.entries.values()].filter((entry) => entry.asked).sort((a, b) => a.distance - b.distance);
    for (const entry of asked.slice(0, MOST)) {
      const rect = this.freePlace(entry, placed);
      placed.push(rect);
      const { style } = entry.element;
      style.transform = `translate(${((rect.x0 + rect.x1) / 2).toFixed(1)}px, ${rect.y1.toFixed(1)}px) translate(-50%, -100%)`;
      style.opacity = Math.min(1, (FARTHEST - entry.distance) / 40).toFixed(2);
      style.visibility = this.covered && overlap(rect, this.covered) > 0 ? 'hidden' : '';
    }
    for (const entry of asked.slice(MOST)) entry.asked = false;
    for (const [key, entry] of this.entries) {
      if (!entry.asked) this.remove(key, entry);
      entry.asked = false;
    }
    this.obstacles.length = 0;
  }

  dispose(): void {
    this.root.remove();
    this.entries.clear();
  }

  private remove(key: string, { element }: Entry): void {
    element.remove();
    this.entries.delete(key);
  }

  /** Above the foot, else a line higher, else beside it: wherever it covers least. */
  private freePlace({ x, y, text }: Entry, placed: readonly Rect[]): Rect {
    const half = (text.length * LETTER) / 2 + 7;
    let best: Rect | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const [dx, dy] of PLACES) {
      const [cx, bottom] = [x + dx * (half + 10), y + dy * LINE];
      const rect = { x0: cx - half, x1: cx + half, y0: bottom - LINE, y1: bottom };
      const cost =
        sum(placed, (other) => 4 * overlap(rect, other)) +
        sum(this.obstacles, (other) => overlap(rect, other)) +
        (Math.abs(dx) + Math.abs(dy)) * 8;
      if (cost < least) [best, least] = [rect, cost];
    }
    return best as Rect;
  }

  private screenX(ndc: number): number {
    return ((ndc + 1) / 2) * this.width;
  }
  private screenY(ndc: number): number {
    return ((1 - ndc) / 2) * this.height;
  }

  private add(key: string): Entry {
    const element = document.createElement('span');
    // It has no place before `settle`.
    element.style.visibility = 'hidden';
    this.root.append(element);
    const entry = { element, text: '', tone: '', asked: true, x: 0, y: 0, distance: 0 };
    this.entries.set(key, entry);
    return entry;
  }
}

/** Places tried, in half widths to the side and lines down; nearest first. */
const PLACES: readonly (readonly [number, number])[] = [
  [0, 0],
  [0, -1],
  [0, -2],
  [1, 0.5],
  [-1, 0.5],
  [1, -1],
  [-1, -1],
  [0, -3],
  [1, 2],
  [-1, 2],
];

const sum = <T>(items: readonly T[], value: (item: T) => number) =>
  items.reduce((total, item) => total + value(item), 0);

/** Area two rectangles share, px². */
function overlap(a: Rect, b: Rect): number {
  const [w, h] = [Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0), Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0)];
  return w > 0 && h > 0 ? w * h : 0;
}
