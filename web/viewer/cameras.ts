/**
 * Where the camera stands. Each mode is a pure function of the moment, of what it follows, and of the person's zoom and turn; a change of
 * mode is flown over FLIGHT_MS (not at all with reduced motion), so one never loses the place. With nobody to follow every mode looks
 * at the whole map: from above what is flat, from before what stands up.
 */
import { type PerspectiveCamera, Vector3 } from 'three';
import type { CameraMode } from './scene.ts';

const FLIGHT_MS = 450;
/** Metres behind and above the followed actor, and ahead of it to look at. */
const CHASE = { behind: 10.2, above: 5.1, ahead: 10.5, aim: 0.4 };
const TOP = { above: 62, ahead: 9 };
/** The driver's eye: ahead of the middle, and what share of the height; 1.3 m in a car. */
const DRIVER = { ahead: 0.35, aim: 30, least: 1.25, share: 0.86 };
const ZOOMS = [0.35, 4] as const;
const MAP_ZOOMS = [0.02, 3] as const;
/** Half of the least that is shown of a map, m. */
const LEAST_MAP = 20;
/** From where what stands up is looked at, rad: nearly from before it, and somewhat from above. */
const BEFORE = { azimuth: -Math.PI / 2 + 0.1, elevation: 0.3 };

/** What the camera follows. */
export interface Subject {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  /** Heading that does not wobble. */
  readonly steadyRad: number;
  readonly height: number;
  readonly length: number;
}
/** x0, y0, x1, y1, m, and the height of what stands up. */
export type Bounds = readonly [number, number, number, number, height?: number];

/** rad, world frame. */
interface Direction {
  readonly azimuth: number;
  readonly elevation: number;
}
interface View {
  readonly eye: Vector3;
  readonly target: Vector3;
  readonly up: Vector3;
}
const emptyView = (): View => ({ eye: new Vector3(), target: new Vector3(), up: new Vector3(0, 0, 1) });

export class CameraRig {
  mode: CameraMode = 'chase';
  readonly target: Vector3;
  private readonly zooms: Record<CameraMode, number> = { chase: 1, driver: 1, top: 1, free: 1 };
  private mapZoom = 1;
  private whole = false;
  /** Looks straight down. */
  private above = false;
  /** Where the free camera stands from what it follows. */
  private readonly free = { azimuth: -2.4, elevation: 0.42 };
  private readonly wanted = emptyView();
  private readonly shown = emptyView();
  private readonly start = emptyView();
  private flightEnds = 0;
  private readonly camera: PerspectiveCamera;
  private readonly still: boolean;

  constructor(camera: PerspectiveCamera, reducedMotion: boolean) {
    this.camera = camera;
    this.still = reducedMotion;
    this.target = this.shown.target;
  }

  setMode(mode: CameraMode, now: number): void {
    if (mode === this.mode) return;
    if (mode === 'free') this.freeFromHere();
    this.fly(now);
    this.mode = mode;
  }

  /** Begins a flight from where the camera stands. */
  fly(now: number): void {
    for (const key of ['eye', 'target', 'up'] as const) this.start[key].copy(this.shown[key]);
    this.flightEnds = this.still ? 0 : now + FLIGHT_MS;
  }

  zoom(factor: number): void {
    const [low, high] = this.whole ? MAP_ZOOMS : ZOOMS;
    if (this.whole) this.mapZoom = Math.min(high, Math.max(low, this.mapZoom * factor));
    else this.zooms[this.mode] = Math.min(high, Math.max(low, this.zooms[this.mode] * factor));
  }

  orbit(azimuthRad: number, elevationRad: number): void {
    this.free.azimuth += azimuthRad;
    this.free.elevation = Math.min(1.5, Math.max(0.06, this.free.elevation + elevationRad));
  }

  /** Puts the camera where it belongs at this moment; true while a flight is under way. */
  update(subject: Subject | null, map: Bounds, now: number): boolean {
    this.whole = subject === null;
    this.above = this.mode === 'top' || (subject === null && map[4] === undefined);
    if (subject) this.aim(subject);
    else this.overlook(map);
    const left = (this.flightEnds - now) / FLIGHT_MS;
    const flying = left > 0;
    const t = flying ? 1 - left : 1;
    const ease = t * t * (3 - 2 * t);
    for (const key of ['eye', 'target', 'up'] as const) {
      if (flying) this.shown[key].lerpVectors(this.start[key], this.wanted[key], ease);
      else this.shown[key].copy(this.wanted[key]);
    }
    this.camera.up.copy(this.shown.up).normalize();
    this.camera.position.copy(this.shown.eye);
    this.camera.lookAt(this.shown.target);
    return flying;
  }

  private aim({ x, y, headingRad, steadyRad, height, length }: Subject): void {
    const { eye, target, up } = this.wanted;
    const zoom = this.zooms[this.mode];
    const [c, s] = [Math.cos(steadyRad), Math.sin(steadyRad)];
    up.set(0, 0, 1);
    if (this.mode === 'chase') {
      // A narrow viewport sees less to the sides, a long vehicle hides more: stand back.
      const back = zoom * (this.camera.aspect < 1.1 ? 1.25 : 1);
      const behind = CHASE.behind * back + Math.max(0, length - 5) / 2;
      eye.set(x - c * behind, y - s * behind, CHASE.above * back + Math.max(0, height - 1.6) * 0.7);
      target.set(x + c * CHASE.ahead, y + s * CHASE.ahead, CHASE.aim);
    } else if (this.mode === 'driver') {
      const [dc, ds] = [Math.cos(headingRad), Math.sin(headingRad)];
      eye.set(x + dc * DRIVER.ahead, y + ds * DRIVER.ahead, Math.max(DRIVER.least, height * DRIVER.share));
      target.set(x + dc * DRIVER.aim, y + ds * DRIVER.aim, 0.5);
    } else if (this.mode === 'top') {
      target.set(x + c * TOP.ahead * zoom, y + s * TOP.ahead * zoom, 0);
      eye.set(target.x, target.y, TOP.above * zoom);
      up.set(c, s, 0);
    } else this.turnAround(x, y, 17 * zoom, 0.8, this.free);
  }

  /** All there is: from straight above, north up, from before what stands up, or in the free camera from the side. */
  private overlook([x0, y0, x1, y1, height]: Bounds): void {
    const { eye, target, up } = this.wanted;
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    const half = Math.tan((this.camera.fov * Math.PI) / 360);
    const least = height === undefined ? LEAST_MAP : height / 2;
    const distance = (Math.max(least, (y1 - y0) / 2, (x1 - x0) / 2 / this.camera.aspect) * 1.08 * this.mapZoom) / half;
    if (this.mode === 'free' || !this.above) {
      up.set(0, 0, 1);
      this.turnAround(x, y, distance, (height ?? 0) / 2, this.mode === 'free' ? this.free : BEFORE);
      return;
    }
    target.set(x, y, 0);
    eye.set(x, y, distance);
    up.set(0, 1, 0);
  }

  private turnAround(x: number, y: number, distance: number, height: number, from: Direction): void {
    const flat = Math.cos(from.elevation) * distance;
    this.wanted.target.set(x, y, height);
    this.wanted.eye.set(
      x + Math.cos(from.azimuth) * flat,
      y + Math.sin(from.azimuth) * flat,
      height + Math.sin(from.elevation) * distance,
    );
  }

  /** The free camera begins where the one before it stood. */
  private freeFromHere(): void {
    const away = new Vector3().copy(this.shown.eye).sub(this.shown.target);
    if (away.lengthSq() < 1) return;
    const { above } = this;
    this.free.azimuth = above ? Math.atan2(-this.shown.up.y, -this.shown.up.x) : Math.atan2(away.y, away.x);
    this.free.elevation = above ? 1.2 : Math.max(0.2, Math.asin(away.z / away.length()));
    this.zooms.free = this.mode === 'top' ? 1.8 * this.zooms.top : this.zooms.chase;
  }
}
