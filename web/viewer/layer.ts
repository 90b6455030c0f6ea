/**
 * A layer: one kind of thing in the picture, in one file, behind one life cycle.
 *
 *   const layer = createX(context)   once; adds nothing to the scene that costs anything while empty
 *   layer.build(scene, theme, look)  a drive was opened or the colours changed: make what does not move
 *   layer.update(frame)              before every picture: put what moves where it is now; allocates little
 *   layer.dispose()                  give back all GPU memory
 *
 * The viewer adds `root` to its scene and calls the four; layers do not know one another. World axes: x, y on the ground,
 * z up, m. Flat things on the ground are drawn in `renderOrder` without depth (FLAT_*), so that they can't z-fight.
 */
import { type BufferGeometry, type Color, InstancedMesh, type Material, type Object3D } from 'three';
import type { Labels } from './labels.ts';
import type { Look } from './look.ts';
import type { MovingPose } from './pose.ts';
import type { Moment, Scene } from './scene.ts';
import type { ScenePose } from './scene-pose.ts';
import type { Rgb, ViewerTheme } from './theme.ts';

export interface Frame extends Moment {
  readonly scene: Scene;
  /** The exact step `time` lies in. */
  readonly step: number;
  /** Index of the decision in force, or -1. */
  readonly decision: number;
  /** The actor the camera follows and where it is; -1 and null for the whole map, or while it is not there. */
  readonly focusIndex: number;
  readonly focus: ScenePose | null;
  /** Whose headlights light the road: the followed vehicle's. */
  readonly headlights: MovingPose | null;
  /** The actor that the camera sits in and that is not drawn, or -1. */
  readonly hidden: number;
  readonly labels: Labels;
  /** Camera position and where it looks at on the ground, m. */
  readonly eye: { readonly x: number; readonly y: number; readonly z: number };
  readonly target: { readonly x: number; readonly y: number };
  readonly reducedMotion: boolean;
}

export interface Layer {
  readonly root: Object3D;
  build(scene: Scene, theme: ViewerTheme, look: Look): void;
  update(frame: Frame): void;
  dispose(): void;
}

export type LayerMaker = () => Layer;

/** Draw order of what lies flat on the ground; everything solid comes after, at 0. */
export const FLAT_SKY = -10;
export const FLAT_GROUND = -9;
export const FLAT_ROAD = -8;
export const FLAT_SHADOW = -7;
export const FLAT_PATH = -6;

/** Sets a three colour from sRGB 0..1. */
export const paint = (target: Color, [r, g, b]: Rgb): Color => target.setRGB(r, g, b, 'srgb');

/**
 * Puts everything that is shown where it belongs in the world, as `updateMatrixWorld` does for what is hidden too: in a town most of
 * what is known is out of the picture or drawn in its plain form. `moved`: whatever it hangs on has moved.
 */
export function placeShown(node: Object3D, moved = false): void {
  if (!node.visible) return;
  if (node.matrixAutoUpdate) node.updateMatrix();
  const moves = moved || node.matrixWorldNeedsUpdate;
  if (moves) {
    if (node.parent) node.matrixWorld.multiplyMatrices(node.parent.matrixWorld, node.matrix);
    else node.matrixWorld.copy(node.matrix);
    node.matrixWorldNeedsUpdate = false;
  }
  for (const child of node.children) placeShown(child, moves);
}

/** Takes everything out of `root` and gives its GPU memory back. */
export function clearTree(root: Object3D): void {
  root.traverse((node) => {
    const { geometry, material } = node as { geometry?: BufferGeometry; material?: Material | Material[] };
    geometry?.dispose();
    if (node instanceof InstancedMesh) node.dispose();
    for (const each of Array.isArray(material) ? material : material ? [material] : []) each.dispose();
  });
  root.clear();
}
