/**
 * The picture in the picture: the scene once more, small, through the eyes of an actor's driver, drawn over a corner of the same canvas.
 * Where it lies is the box of an element of the page that frames it. Names are not repeated in it.
 */
import { type Fog, PerspectiveCamera, type Scene as Stage, Vector2, Vector4, type WebGLRenderer } from 'three';
import { CameraRig } from './cameras.ts';
import { type Rect, UNLABELLED } from './labels.ts';
import type { Frame, Layer } from './layer.ts';
import type { Look } from './look.ts';
import type { Inset } from './drive-view.ts';
import { subjectAt } from './scene-pose.ts';

/** Vertical field of view of a windscreen camera, degrees: about 90° across at 16:9. */
const FIELD_OF_VIEW = 59;

export interface InsetPicture {
  wanted: Inset | null;
  /** Where it lies in the canvas, frame and all; null while there is none. */
  covered(): Rect | null;
  /** Draws over the picture that `frame` was composed for; leaves the layers as it needed them. */
  draw(frame: Frame, layers: readonly Layer[], look: Look): void;
}

/** `shown`: the canvas as the page shows it, whose box the renderer's pixels fill. */
export function createInset(renderer: WebGLRenderer, stage: Stage, fog: Fog, shown: HTMLElement): InsetPicture {
  const camera = new PerspectiveCamera(FIELD_OF_VIEW, 16 / 9, 0.3, 700);
  const rig = new CameraRig(camera, true);
  rig.setMode('driver', 0);
  const size = new Vector2();
  const whole = new Vector4();

  /** Left, bottom, width and height in the renderer's units, or null while the element has no room in the canvas. */
  const boxOf = (element: HTMLElement): readonly [number, number, number, number] | null => {
    const [outer, inner] = [shown.getBoundingClientRect(), element.getBoundingClientRect()];
    if (inner.width < 1 || inner.height < 1 || outer.width < 1 || outer.height < 1) return null;
    renderer.getSize(size);
    const [sx, sy] = [size.x / outer.width, size.y / outer.height];
    return [(inner.left - outer.left) * sx, (outer.bottom - inner.bottom) * sy, inner.width * sx, inner.height * sy];
  };

  return {
    wanted: null,
    covered() {
      const frame = this.wanted?.element.parentElement?.getBoundingClientRect();
      if (!frame) return null;
      const { left, top } = shown.getBoundingClientRect();
      return { x0: frame.left - left, y0: frame.top - top, x1: frame.right - left, y1: frame.bottom - top };
    },
    draw(frame, layers, look) {
      const box = this.wanted && boxOf(this.wanted.element);
      const { frames } = frame.scene;
      const actor = frames.actors[this.wanted?.actor ?? -1];
      const subject = actor && subjectAt(actor, frame.time, frames);
      if (!this.wanted || !box || !subject) return;
      camera.aspect = box[2] / box[3];
      camera.updateProjectionMatrix();
      rig.update(subject, [0, 0, 0, 0], 0);
      camera.updateMatrixWorld();
      fog.near = look.fogNear;
      fog.far = look.fogFar;
      const seen = {
        ...frame,
        hidden: this.wanted.actor,
        labels: UNLABELLED,
        eye: camera.position,
        target: rig.target,
      };
      for (const layer of layers) layer.update(seen);
      renderer.getViewport(whole);
      renderer.setScissorTest(true);
      renderer.setScissor(...box);
      renderer.setViewport(...box);
      renderer.render(stage, camera);
      renderer.setScissorTest(false);
      renderer.setViewport(whole);
    },
  };
}
