/** A picture of a scene, as a panel holds one, and what it is made with. */
import type { LayerMaker } from './layer.ts';
import type { CameraMode, Moment, Scene } from './scene.ts';

export interface Inset {
  /** Index in the scene's actors. */
  readonly actor: number;
  readonly element: HTMLElement;
}

/** A picture of a scene in a container element; `createViewer` (WebGL 2) and `createTop2d` (2-D canvas) make one. */
export interface DriveView {
  readonly kind: 'webgl' | 'canvas2d';
  /** `layers` draw it in the place of those that draw drives; a view without WebGL has none. */
  setScene(scene: Scene | null, layers?: readonly LayerMaker[]): void;
  setMoment(moment: Moment): void;
  setCamera(mode: CameraMode): void;
  /** Multiplies the distance of the camera in use; above 1 moves away. */
  zoom(factor: number): void;
  /** Draws what an actor's driver sees into the box of `element`, which lies over the picture; null ends it. Nothing without WebGL. */
  setInset(inset: Inset | null): void;
  /** Turns the free camera, rad; switches to it from any other. */
  orbit(azimuthRad: number, elevationRad: number): void;
  /** Colours changed: read the CSS variables again. */
  refreshTheme(): void;
  /** How many pictures were drawn and what the last one took; null without WebGL. */
  stats(): { readonly pictures: number; readonly drawCalls: number; readonly triangles: number } | null;
  dispose(): void;
}

export interface ViewOptions {
  readonly container: HTMLElement;
  /** No camera flights, falling rain or blinking when true. */
  readonly reducedMotion: boolean;
  /** Height of what covers the picture at its lower edge, px; the followed car is kept above it. */
  readonly coveredBelow?: () => number;
  /** The person turned the camera by hand, which makes it the free one. */
  readonly onCamera?: (mode: CameraMode) => void;
  /** WebGL went away (false) or came back (true). */
  readonly onContext?: (alive: boolean) => void;
}
