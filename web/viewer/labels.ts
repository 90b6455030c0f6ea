/**
 * Names beside things: HTML over the canvas, so that they are crisp, themed by CSS and never taller than text should be.
 * A layer asks for a label before every picture; one not asked for is hidden. The canvas has a live text elsewhere, so the
 * labels are hidden from assistive technology.
 */
import { type PerspectiveCamera, Vector3 } from 'three';

export type LabelTone =
  | 'ego'
  | 'vehicle'
  | 'pedestrian'
  | 'static'
  | 'cf'
  | 'expert'
  | 'red'
  | 'yellow'
  | 'green'
  | 'unseen';

export interface Labels {
  /** Shows `text` at a world position, m, until the next picture. `key` names the label across pictures. */
  show(key: string, text: string, tone: LabelTone, x: number, y: number, z: number): void;
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

/** Labels beyond this distance from the camera are not drawn, m. */
const FARTHEST = 110;

export class LabelOverlay implements Labels {
  private readonly root: HTMLElement;
  private readonly entries = new Map<string, Entry>();
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
    this.at.project(this.camera);
    if (this.at.z > 1 || distance > FARTHEST || Math.abs(this.at.x) > 1.1 || Math.abs(this.at.y) > 1.1) return;
    const entry = this.entries.get(key) ?? this.add(key);
    entry.asked = true;
    if (entry.text !== text) entry.element.textContent = entry.text = text;
    if (entry.tone !== tone) entry.element.dataset.tone = entry.tone = tone;
    entry.x = ((this.at.x + 1) / 2) * this.width;
    entry.y = ((1 - this.at.y) / 2) * this.height;
    entry.distance = distance;
  }

  /** Puts up what was asked for since the last call, nearest first, farther ones moved up where they would cover it. */
  settle(): void {
    const placed: Entry[] = [];
    const asked = [...this.entries.values()].filter((entry) => entry.asked);
    for (const entry of asked.sort((a, b) => a.distance - b.distance)) {
      const covers = (other: Entry) =>
        Math.abs(other.x - entry.x) < ((other.text.length + entry.text.length) * LETTER) / 2 + 14 &&
        Math.abs(other.y - entry.y) < LINE;
      for (let tries = 0; tries < 4 && placed.some(covers); tries++)
        entry.y = Math.min(...placed.filter(covers).map((other) => other.y)) - LINE;
      placed.push(entry);
      const { style } = entry.element;
      style.transform = `translate(${entry.x.toFixed(1)}px, ${entry.y.toFixed(1)}px) translate(-50%, -100%)`;
      style.opacity = Math.min(1, (FARTHEST - entry.distance) / 40).toFixed(2);
    }
    for (const entry of this.entries.values()) {
      entry.element.hidden = !entry.asked;
      entry.asked = false;
    }
  }

  dispose(): void {
    this.root.remove();
    this.entries.clear();
  }

  private add(key: string): Entry {
    const element = document.createElement('span');
    this.root.append(element);
    const entry = { element, text: '', tone: '', asked: true, x: 0, y: 0, distance: 0 };
    this.entries.set(key, entry);
    return entry;
  }
}
