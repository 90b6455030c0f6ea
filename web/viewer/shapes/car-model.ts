/**
 * A car or van ready to place: tinted matt body, dark glass, bright outline, turning and steering wheels, brake lamps, and a
 * soft shadow. `imagined` makes the dashed version of the same body.
 */
import {
  BoxGeometry,
  type BufferGeometry,
  CanvasTexture,
  type Color,
  Group,
  Mesh,
  MeshBasicMaterial,
  type MeshLambertMaterial,
  PlaneGeometry,
  type Texture,
} from 'three';
import { FLAT_SHADOW, paint } from '../layer.ts';
import { dashedOutline, outline, setBack, solid } from '../materials.ts';
import { mix, type Rgb, type ViewerTheme } from '../theme.ts';
import { type Part, tintedMesh } from './tinted.ts';
import { carShape, lampShape, merge, plainCarShape, type VehicleShape, wheelShape } from './vehicle.ts';

export interface CarModel {
  readonly group: Group;
  readonly height: number;
  /** Front wheel angle, rad, and metres driven. */
  setWheels(steerRad: number, travelledMetres: number): void;
  setBraking(braking: boolean): void;
  /** Lit indicators. */
  setSignals(left: boolean, right: boolean): void;
}

export interface CarOptions {
  /** Of the whole vehicle, for a length and width, m. */
  readonly shape: (length: number, width: number) => VehicleShape;
  readonly length: number;
  readonly width: number;
  readonly color: Rgb;
}

const shapeOf = ({ shape, length, width }: CarOptions): VehicleShape => shape(length, width);

/** Colours a vehicle is painted in. */
function paintsOf(color: Rgb, theme: ViewerTheme) {
  const ink: Rgb = theme.dark ? [0.045, 0.055, 0.07] : [0.2, 0.23, 0.28];
  const paintwork = mix(color, theme.dark ? theme.road : [1, 1, 1], theme.dark ? 0.5 : 0.62);
  return { ink, paintwork, glass: mix(color, ink, theme.dark ? 0.1 : 0.16) };
}

/** The same vehicle for a distance: one mesh, nothing moves. */
export function distantCar(options: CarOptions, theme: ViewerTheme): Mesh {
  const { ink, paintwork, glass } = paintsOf(options.color, theme);
  const { body, glass: windows, roof, wheels, wheelRadius } = shapeOf(options);
  const tyres = wheels.map(([x, y]): Part => [wheelShape(wheelRadius).translate(x, y, wheelRadius), ink]);
  return tintedMesh([[body, paintwork], [windows, glass], [roof, paintwork], ...tyres]);
}

/** A car as a solid thing. */
export function carModel(options: CarOptions, theme: ViewerTheme): CarModel {
  const { color, length, width } = options;
  const shape = shapeOf(options);
  const group = new Group();
  const paints = paintsOf(color, theme);
  const { ink } = paints;
  const edge = theme.dark ? color : mix(color, [0, 0, 0], 0.72);
  group.add(
    shadow(length, width),
    new Mesh(shape.body, setBack(solid(paints.paintwork))),
    new Mesh(shape.glass, setBack(solid(paints.glass))),
    new Mesh(shape.roof, solid(paints.paintwork)),
    outline(shape.body, edge, theme.dark ? 0.6 : 0.4),
    outline(shape.glass, edge, theme.dark ? 0.8 : 0.55),
  );
  const tyre = solid(ink);
  const tyreShape = wheelShape(shape.wheelRadius);
  const hubShape = wheelShape(shape.wheelRadius * 0.52).scale(1, 1.06, 1);
  const hub = solid(mix(color, theme.dim, 0.35));
  const wheels = shape.wheels.map(([x, y], i) => {
    const wheel = new Group();
    wheel.position.set(x, y, shape.wheelRadius);
    wheel.rotation.order = 'ZYX';
    wheel.add(new Mesh(tyreShape, tyre), new Mesh(hubShape, hub));
    group.add(wheel);
    return { wheel, steers: i < 2 };
  });
  const front = new MeshBasicMaterial();
  paint(front.color, theme.dark ? [0.93, 0.97, 1] : [1, 1, 1]);
  const rear = new MeshBasicMaterial();
  if (options.shape === carShape)
    group.add(new Mesh(lampShape(length, width, 1), front), new Mesh(lampShape(length, width, -1), rear));
  const glow = brakeGlow(length, width);
  const [left, right] = [1, -1].map((side) => indicator(length, width, side));
  group.add(glow, left, right);
  return {
    group,
    height: shape.height,
    setWheels(steerRad, travelledMetres) {
      for (const { wheel, steers } of wheels)
        wheel.rotation.set(0, travelledMetres / shape.wheelRadius, steers ? steerRad : 0);
    },
    setBraking(braking) {
      lamp(rear.color, braking);
      glow.visible = braking;
    },
    setSignals(onLeft, onRight) {
      left.visible = onLeft;
      right.visible = onRight;
    },
  };
}

/** Amber lamps at the two corners of one side. */
function indicator(length: number, width: number, side: number): Mesh {
  const lamps = [1, -1].map((end) =>
    new BoxGeometry(0.14, 0.14, 0.1).toNonIndexed().translate(end * length * 0.47, side * width * 0.44, 0.72),
  );
  const material = new MeshBasicMaterial();
  paint(material.color, [1, 0.66, 0.12]);
  const mesh = new Mesh(merge(lamps), material);
  mesh.visible = false;
  return mesh;
}

const lamp = (color: Color, lit: boolean) => paint(color, lit ? [1, 0.23, 0.2] : [0.42, 0.12, 0.13]);

/** The same body only thought of: dashed edges and a breath of colour. */
export function imaginedCar(options: CarOptions, fill = 0.1): Group {
  const group = new Group();
  const body = options.shape === carShape ? plainCarShape(options.length, options.width) : bodyOnly(options);
  const skin: MeshLambertMaterial = solid(options.color, fill);
  group.add(new Mesh(body, skin), dashedOutline(body, options.color, 1, 20));
  return group;
}

function bodyOnly(options: CarOptions): BufferGeometry {
  const { body, glass, roof } = shapeOf(options);
  glass.dispose();
  roof.dispose();
  return body;
}

let blob: Texture | null = null;

/** A soft dark spot under something `length` × `width`. The texture is shared by all and lives as long as the page. */
export function shadow(length: number, width: number, strength = 0.5): Mesh {
  blob ??= radialTexture();
  const material = new MeshBasicMaterial({
    map: blob,
    color: 0x000000,
    transparent: true,
    opacity: strength,
    depthWrite: false,
  });
  const mesh = new Mesh(new PlaneGeometry(length * 1.42, width * 1.75), material);
  mesh.renderOrder = FLAT_SHADOW;
  mesh.position.z = 0.01;
  return mesh;
}

/** Red light on the road behind a braking car. */
function brakeGlow(length: number, width: number): Mesh {
  const mesh = shadow(1.5, width * 0.8, 0.22);
  const material = mesh.material as MeshBasicMaterial;
  paint(material.color, [1, 0.18, 0.16]);
  mesh.position.set(-length / 2 - 0.6, 0, 0.012);
  mesh.visible = false;
  return mesh;
}

function radialTexture(): Texture {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 128;
  const pen = canvas.getContext('2d');
  if (pen) {
    const gradient = pen.createRadialGradient(64, 64, 0, 64, 64, 64);
    for (let i = 0; i <= 10; i++) {
      const r = i / 10;
      const t = Math.min(1, Math.max(0, (1 - r) / 0.62));
      gradient.addColorStop(r, `rgba(255,255,255,${(t * t * (3 - 2 * t)).toFixed(3)})`);
    }
    pen.fillStyle = gradient;
    pen.fillRect(0, 0, 128, 128);
  }
  return new CanvasTexture(canvas);
}
