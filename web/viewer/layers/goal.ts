/** Where the route of a drive ends: a two-row chequered band across the ego's lane. */
import {
  DoubleSide,
  Group,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  CanvasTexture,
  NearestFilter,
  SRGBColorSpace,
} from 'three';
import { clearTree, FLAT_SHADOW, type Layer } from '../layer.ts';
import { roadLine } from '../road-line.ts';
import { css } from '../theme.ts';

const COLUMNS = 8;

export function createGoal(): Layer {
  const root = new Group();
  let texture: CanvasTexture | null = null;
  const clear = () => {
    clearTree(root);
    texture?.dispose();
    texture = null;
  };
  return {
    root,
    build({ drive }, theme) {
      clear();
      if (!drive) return;
      const { road } = drive.frames;
      const { x, y, headingRad } = roadLine(road).at(road.goalS);
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [2, COLUMNS];
      const pen = canvas.getContext('2d');
      if (!pen) return;
      for (let i = 0; i < 2 * COLUMNS; i++) {
        pen.fillStyle = css(theme.ego, (i + Math.floor(i / 2)) % 2 === 0 ? 0.75 : 0.14);
        pen.fillRect(i % 2, Math.floor(i / 2), 1, 1);
      }
      texture = new CanvasTexture(canvas);
      texture.colorSpace = SRGBColorSpace;
      texture.magFilter = NearestFilter;
      const size = road.laneWidth / COLUMNS;
      const material = new MeshBasicMaterial({
        map: texture,
        transparent: true,
        depthTest: false,
        depthWrite: false,
        side: DoubleSide,
      });
      const band = new Mesh(new PlaneGeometry(2 * size, road.laneWidth), material);
      band.renderOrder = FLAT_SHADOW - 0.5;
      band.position.set(x, y, 0);
      band.rotation.z = headingRad;
      root.add(band);
    },
    update() {},
    dispose: clear,
  };
}
