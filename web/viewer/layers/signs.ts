/** Signs of the map: stop, give way, speed limit, each on a post facing whom it concerns; one draw call a kind. */
import {
  type BufferGeometry,
  CanvasTexture,
  CylinderGeometry,
  DoubleSide,
  Group,
  InstancedMesh,
  type Material,
  Matrix4,
  MeshBasicMaterial,
  PlaneGeometry,
  SRGBColorSpace,
} from 'three';
import type { DrawnSignal } from '../../../core/tasks/driving/roads/drawing/model.ts';
import { clearTree, type Layer } from '../layer.ts';
import { solid } from '../materials.ts';
import { mix } from '../theme.ts';

const HEIGHT = 2.35;
const SIZE = 0.75;
const PIXELS = 128;

export function createSigns(): Layer {
  const root = new Group();
  const textures: CanvasTexture[] = [];
  const clear = () => {
    clearTree(root);
    for (const texture of textures.splice(0)) texture.dispose();
  };
  return {
    root,
    build({ frames }, theme) {
      clear();
      const signs = (frames.map?.signals ?? []).filter(({ kind }) => FACES[kind] !== undefined);
      if (signs.length === 0) return;
      const metal = solid(mix(theme.dim, theme.road, theme.dark ? 0.45 : 0.8));
      const post = new CylinderGeometry(0.04, 0.04, HEIGHT, 6).rotateX(Math.PI / 2).translate(0, 0, HEIGHT / 2);
      root.add(standing(post, metal, signs));
      for (const [face, group] of byFace(signs)) {
        const texture = new CanvasTexture(drawFace(group[0]));
        texture.colorSpace = SRGBColorSpace;
        textures.push(texture);
        const plate = new PlaneGeometry(SIZE, SIZE)
          .rotateY(-Math.PI / 2)
          .rotateX(-Math.PI / 2)
          .translate(-0.05, 0, HEIGHT);
        const material = new MeshBasicMaterial({ map: texture, alphaTest: 0.5, side: DoubleSide, name: face });
        material.color.setScalar(theme.dark ? 0.75 : 1);
        root.add(standing(plate, material, group));
      }
    },
    update({ focus }) {
      // Posts of a town seen whole are only noise.
      root.visible = focus !== null;
    },
    dispose: clear,
  };
}

function byFace(signs: readonly DrawnSignal[]): Map<string, DrawnSignal[]> {
  const groups = new Map<string, DrawnSignal[]>();
  for (const sign of signs) {
    const face = `${sign.kind} ${sign.text}`;
    groups.set(face, [...(groups.get(face) ?? []), sign]);
  }
  return groups;
}

function standing(shape: BufferGeometry, material: Material, signs: readonly DrawnSignal[]): InstancedMesh {
  const mesh = new InstancedMesh(shape, material, signs.length);
  const matrix = new Matrix4();
  signs.forEach(({ x, y, headingRad }, i) => {
    mesh.setMatrixAt(i, matrix.makeRotationZ(headingRad).setPosition(x, y, 0));
  });
  mesh.computeBoundingSphere();
  return mesh;
}

type Pen = CanvasRenderingContext2D;
const RED = '#c8302e';

function polygon(pen: Pen, corners: number, turn: number, radius: number): void {
  pen.beginPath();
  for (let i = 0; i < corners; i++) {
    const angle = turn + (2 * Math.PI * i) / corners;
    pen.lineTo(64 + radius * Math.cos(angle), 64 + radius * Math.sin(angle));
  }
  pen.closePath();
}
function write(pen: Pen, text: string, size: number, color: string): void {
  pen.fillStyle = color;
  pen.font = `700 ${size}px system-ui, sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(text, 64, 66);
}

const FACES: Readonly<Partial<Record<DrawnSignal['kind'], (pen: Pen, text: string) => void>>> = {
  stop(pen) {
    polygon(pen, 8, Math.PI / 8, 62);
    pen.fillStyle = RED;
    pen.fill();
    write(pen, 'STOP', 38, '#fff');
  },
  yield(pen) {
    polygon(pen, 3, Math.PI / 2, 62);
    pen.fillStyle = '#fff';
    pen.fill();
    pen.lineWidth = 16;
    pen.strokeStyle = RED;
    polygon(pen, 3, Math.PI / 2, 46);
    pen.stroke();
  },
  speed(pen, text) {
    polygon(pen, 40, 0, 62);
    pen.fillStyle = '#fff';
    pen.fill();
    pen.lineWidth = 14;
    pen.strokeStyle = RED;
    polygon(pen, 40, 0, 54);
    pen.stroke();
    write(pen, text, 56, '#111');
  },
};

function drawFace({ kind, text }: DrawnSignal): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = PIXELS;
  const pen = canvas.getContext('2d');
  if (pen) FACES[kind]?.(pen, text);
  return canvas;
}
