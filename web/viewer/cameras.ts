/**
 * Where the camera stands. Each mode is a pure function of the moment and of the person's zoom and turn; a change of mode is
 * flown over FLIGHT_MS (not at all with reduced motion), so one never loses the place.
 */
import { type PerspectiveCamera, Vector3 } from 'three';
import { chaseHeading, type Pose } from './pose.ts';
import type { CameraMode, Drive } from './scene.ts';

const FLIGHT_MS = 450;
/** Metres behind and above the ego, and ahead of it to look at. */
const CHASE = { behind: 10.2, above: 5.1, ahead: 10.5, aim: 0.4 };
const TOP = { above: 62, ahead: 9 };

interface View {
  readonly eye: Vector3;
  readonly target: Vector3;
  readonly up: Vector3;
}
const emptyView = (): View => ({ eye: new Vector3(), target: new Vector3(), up: new Vector3(0, 0, 1) });

export class CameraRig {
  mode: CameraMode = 'chase';
  private readonly zooms: Record<CameraMode, number> = { chase: 1, top: 1, free: 1 };
  /** The free camera: direction from the ego, rad, world frame. */
  private azimuth = -2.4;
  private elevation = 0.42;
  private readonly wanted = emptyView();
  private readonly shown = emptyView();
  private readonly start = emptyView();
  private flightEnds = 0;
  private readonly camera: PerspectiveCamera;
  private readonly still: boolean;

  constructor(camera: PerspectiveCamera, reducedMotion: boolean) {
    this.camera = camera;
    this.still = reducedMotion;
  }

  setMode(mode: CameraMode, now: number): void {
    if (mode === this.mode) return;
    if (mode === 'free') this.freeFromHere();
    for (const key of ['eye', 'target', 'up'] as const) this.start[key].copy(this.shown[key]);
    this.flightEnds = this.still ? 0 : now + FLIGHT_MS;
    this.mode = mode;
  }

  zoom(factor: number): void {
    this.zooms[this.mode] = Math.min(4, Math.max(0.35, this.zooms[this.mode] * factor));
  }

  orbit(azimuthRad: number, elevationRad: number): void {
    this.azimuth += azimuthRad;
    this.elevation = Math.min(1.5, Math.max(0.06, this.elevation + elevationRad));
  }

  /** Puts the camera where it belongs at this moment; true while a flight is under way. */
  update(drive: Drive, ego: Pose, time: number, now: number): boolean {
    this.aim(drive, ego, time);
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

  private aim(drive: Drive, ego: Pose, time: number): void {
    const { eye, target, up } = this.wanted;
    const zoom = this.zooms[this.mode];
    const heading = chaseHeading(drive.frames, time);
    const [c, s] = [Math.cos(heading), Math.sin(heading)];
    if (this.mode === 'chase') {
      // A narrow viewport sees less to the sides: stand back.
      const back = zoom * (this.camera.aspect < 1.1 ? 1.25 : 1);
      eye.set(ego.x - c * CHASE.behind * back, ego.y - s * CHASE.behind * back, CHASE.above * back);
      target.set(ego.x + c * CHASE.ahead, ego.y + s * CHASE.ahead, CHASE.aim);
      up.set(0, 0, 1);
    } else if (this.mode === 'top') {
      target.set(ego.x + c * TOP.ahead * zoom, ego.y + s * TOP.ahead * zoom, 0);
      eye.set(target.x, target.y, TOP.above * zoom);
      up.set(c, s, 0);
    } else {
      const distance = 17 * zoom;
      const flat = Math.cos(this.elevation) * distance;
      target.set(ego.x, ego.y, 0.8);
      eye.set(
        ego.x + Math.cos(this.azimuth) * flat,
        ego.y + Math.sin(this.azimuth) * flat,
        0.8 + Math.sin(this.elevation) * distance,
      );
      up.set(0, 0, 1);
    }
  }

  /** The free camera begins where the one before it stood. */
  private freeFromHere(): void {
    const away = new Vector3().copy(this.shown.eye).sub(this.shown.target);
    if (away.lengthSq() < 1) return;
    const top = this.mode === 'top';
    this.azimuth = top ? Math.atan2(-this.shown.up.y, -this.shown.up.x) : Math.atan2(away.y, away.x);
    this.elevation = top ? 1.2 : Math.max(0.2, Math.asin(away.z / away.length()));
    this.zooms.free = top ? 1.8 * this.zooms.top : this.zooms.chase;
  }
}
