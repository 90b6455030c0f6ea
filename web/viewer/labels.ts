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
}

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
    const left = ((this.at.x + 1) / 2) * this.width;
    const top = ((1 - this.at.y) / 2) * this.height;
    entry.element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px) translate(-50%, -100%)`;
    entry.element.style.opacity = Math.min(1, (FARTHEST - distance) / 40).toFixed(2);
  }

  /** Hides what was not asked for since the last call. */
  settle(): void {
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
    const entry = { element, text: '', tone: '', asked: true };
    this.entries.set(key, entry);
    return entry;
  }
}
