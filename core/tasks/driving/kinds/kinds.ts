/**
 * The kinds of road users: one row each, and everything the lab knows of a kind is a column of its row.
 *
 * Whoever names, draws, scores, sees, spawns or counts road users reads this table and switches on no kind of its own; what only
 * one kind does (people hesitate, cyclists ride at the edge) stands with the behaviour, by the codes below. The kernel knows no
 * kinds at all: what it needs of one, the observation column and whether it carries lights, is packed with the actor.
 *
 * The observation and the vocabulary are of fixed size, so a row says as which kind it is observed and said. A kind that is not
 * itself among them is seen as another (`observedAs`), and keeps its own name everywhere people read.
 */

/** What scores call it: CARLA's and nuPlan's classes of who was hit. People and cyclists are nuPlan's vulnerable road users. */
export type ActorKind = 'vehicle' | 'pedestrian' | 'cyclist' | 'static';
/** Where it stands in lists. */
type KindGroup = 'vehicles' | 'walkers' | 'things';
/** Colour of its label, and of its body on the 2-D picture: names of the page's colours. */
export type KindTone = 'vehicle' | 'pedestrian' | 'bicycle' | 'emergency' | 'static';
type KindColour = 'vehicle' | 'pedestrian' | 'bicycle' | 'accent' | 'expert' | 'dim';
/** Behaviours of a scenario file whose `kind` may be this. */
type Behaviour = 'vehicle' | 'cutIn' | 'parked' | 'replay';

/** One thing that a viewer draws. */
interface Shape {
  /** In lists: "emergency vehicle". */
  readonly name: string;
  readonly tone: KindTone;
  readonly colour: KindColour;
  /** CARLA's blueprints that look so; null: none by name. */
  readonly blueprint: RegExp | null;
  /** Length, width and height, m: a recorded actor's whose box is unknown, and how tall one of unknown height is. */
  readonly usual: readonly [length: number, width: number, height: number];
  /** Where scores call it otherwise than its kind. */
  readonly metric?: ActorKind;
}

/** What an actor of this kind and size is drawn as, and called where that is not the kind's name; the first that fits. */
interface Look {
  readonly shape: string;
  readonly called?: readonly [name: string, plural: string];
  fits(length: number, width: number): boolean;
}

/** A box that scenario files name, m. */
interface NamedBox {
  readonly length: number;
  readonly width: number;
  readonly behaviours: readonly Behaviour[];
}

interface KindRow {
  /** Positive, in states and specs of worlds; as the proxy's API numbers it where the kind is observed as itself. */
  readonly code: number;
  /** Key of the row as which it is observed and said: its observation column is that row's code. */
  readonly observedAs: string;
  /** In traces. A row that is observed as itself has a word of its own, with this meaning. */
  readonly word: string;
  readonly meaning: string;
  /** For people: "Collision with cyclist A1". */
  readonly name: string;
  readonly plural: string;
  readonly metric: ActorKind;
  readonly group: KindGroup;
  /** Whether it carries lights, which are seen farther than what has none. */
  readonly lit: boolean;
  /** On an emergency run wherever it is there, blue lights on. */
  readonly siren: boolean;
  /** CARLA's class of actor, the blueprint that stands for it in recordings of other sources, and its wheels where they matter. */
  readonly carla: {
    readonly type: 'vehicle' | 'walker' | 'static';
    readonly blueprint: string;
    readonly wheels?: number;
  };
  /** Manners of whoever drives it, unless a scenario says otherwise; null: nobody drives it. */
  readonly manners: { readonly obeysSignals: boolean; readonly givesWay: boolean } | null;
  readonly boxes: Readonly<Record<string, NamedBox>>;
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly looks: readonly Look[];
}

const always = () => true;
const DRIVES: readonly Behaviour[] = ['vehicle', 'cutIn', 'parked', 'replay'];

/** In the order in which the vocabulary has their words. */
export const KINDS = {
  vehicle: {
    code: 1,
    observedAs: 'vehicle',
    word: 'veh',
    meaning: 'a vehicle',
    name: 'vehicle',
    plural: 'vehicles',
    metric: 'vehicle',
    group: 'vehicles',
    lit: true,
    siren: false,
    carla: { type: 'vehicle', blueprint: 'vehicle.traceway' },
    manners: { obeysSignals: true, givesWay: true },
    boxes: {
      car: { length: 4.6, width: 1.9, behaviours: DRIVES },
      van: { length: 5.6, width: 2.1, behaviours: DRIVES },
      truck: { length: 7.5, width: 2.4, behaviours: DRIVES },
    },
    shapes: {
      car: { name: 'car', tone: 'vehicle', colour: 'vehicle', blueprint: null, usual: [4.6, 1.9, 1.5] },
      van: {
        name: 'van',
        tone: 'vehicle',
        colour: 'vehicle',
        blueprint: /sprinter|\.t2|\bvan\b/,
        usual: [5.5, 2, 2.5],
      },
      truck: {
        name: 'truck',
        tone: 'vehicle',
        colour: 'vehicle',
        blueprint: /carlacola|hgv|(?<!fire)truck/,
        usual: [7, 2.5, 3.2],
      },
      bus: {
        name: 'bus',
        tone: 'vehicle',
        colour: 'vehicle',
        blueprint: /fusorosa|\bbus\b/,
        usual: [10, 2.5, 3.2],
      },
      motorcycle: {
        name: 'motorcycle',
        tone: 'bicycle',
        colour: 'bicycle',
        blueprint: /harley|ninja|yzf|vespa|zx125|motorcycle/,
        usual: [2.2, 0.8, 1.6],
        metric: 'cyclist',
      },
    },
    looks: [
      { shape: 'truck', fits: (length) => length > 7 },
      { shape: 'van', fits: (length) => length > 5.4 },
      { shape: 'car', fits: always },
    ],
  },
  pedestrian: {
    code: 2,
    observedAs: 'pedestrian',
    word: 'ped',
    meaning: 'a pedestrian',
    name: 'pedestrian',
    plural: 'pedestrians',
    metric: 'pedestrian',
    group: 'walkers',
    lit: false,
    siren: false,
    carla: { type: 'walker', blueprint: 'walker.pedestrian.traceway' },
    manners: null,
    boxes: { pedestrian: { length: 0.5, width: 0.6, behaviours: ['replay'] } },
    shapes: {
      pedestrian: {
        name: 'pedestrian',
        tone: 'pedestrian',
        colour: 'pedestrian',
        blueprint: null,
        usual: [0.5, 0.5, 1.8],
      },
    },
    looks: [{ shape: 'pedestrian', fits: always }],
  },
  bicycle: {
    code: 4,
    observedAs: 'bicycle',
    word: 'cyc',
    meaning: 'a cyclist',
    name: 'cyclist',
    plural: 'cyclists',
    metric: 'cyclist',
    group: 'vehicles',
    lit: false,
    siren: false,
    carla: { type: 'vehicle', blueprint: 'vehicle.traceway.bicycle', wheels: 2 },
    manners: { obeysSignals: true, givesWay: true },
    boxes: { bicycle: { length: 1.8, width: 0.6, behaviours: ['replay'] } },
    shapes: {
      bicycle: {
        name: 'bicycle',
        tone: 'bicycle',
        colour: 'bicycle',
        blueprint: /crossbike|century|omafiets|bicycle/,
        usual: [1.7, 0.6, 1.7],
      },
    },
    looks: [{ shape: 'bicycle', fits: always }],
  },
  emergency: {
    code: 5,
    observedAs: 'emergency',
    word: 'emv',
    meaning: 'an emergency vehicle',
    name: 'emergency vehicle',
    plural: 'emergency vehicles',
    metric: 'vehicle',
    group: 'vehicles',
    lit: true,
    siren: true,
    carla: { type: 'vehicle', blueprint: 'vehicle.traceway.ambulance' },
    manners: { obeysSignals: false, givesWay: false },
    boxes: { emergency: { length: 6, width: 2.2, behaviours: ['replay'] } },
    shapes: {
      emergency: {
        name: 'emergency vehicle',
        tone: 'emergency',
        colour: 'accent',
        blueprint: /ambulance|firetruck|police|dodgecop/,
        usual: [4.6, 1.9, 1.5],
      },
    },
    looks: [{ shape: 'emergency', fits: always }],
  },
  static: {
    code: 3,
    observedAs: 'static',
    word: 'box',
    meaning: 'a parked vehicle or another fixed obstacle',
    name: 'obstacle',
    plural: 'obstacles',
    metric: 'static',
    group: 'things',
    lit: false,
    siren: false,
    carla: { type: 'static', blueprint: 'static.prop.traceway' },
    manners: null,
    boxes: {
      cone: { length: 0.4, width: 0.4, behaviours: ['parked'] },
      barrier: { length: 2, width: 0.5, behaviours: ['parked'] },
      wall: { length: 12, width: 0.4, behaviours: ['parked'] },
      static: { length: 1, width: 1, behaviours: ['replay'] },
    },
    shapes: {
      cone: { name: 'cone', tone: 'static', colour: 'expert', blueprint: /cone/, usual: [0.4, 0.4, 0.7] },
      barrier: {
        name: 'barrier',
        tone: 'static',
        colour: 'expert',
        blueprint: /barrier/,
        usual: [2, 0.5, 1],
      },
      /** Anything else. */
      box: { name: 'obstacle', tone: 'static', colour: 'dim', blueprint: null, usual: [1, 1, 1.1] },
    },
    looks: [
      { shape: 'cone', called: ['cone', 'cones'], fits: (length, width) => Math.max(length, width) < 0.8 },
      { shape: 'barrier', called: ['barrier', 'barriers'], fits: (length, width) => Math.min(length, width) < 0.8 },
      { shape: 'van', called: ['parked vehicle', 'parked vehicles'], fits: (length) => length > 3.5 },
      { shape: 'box', fits: always },
    ],
  },
  tram: {
    code: 9,
    observedAs: 'vehicle',
    word: 'veh',
    meaning: 'a vehicle',
    name: 'tram',
    plural: 'trams',
    metric: 'vehicle',
    group: 'vehicles',
    lit: true,
    siren: false,
    carla: { type: 'vehicle', blueprint: 'vehicle.traceway.tram' },
    manners: { obeysSignals: true, givesWay: false },
    boxes: { tram: { length: 24, width: 2.4, behaviours: ['vehicle', 'replay'] } },
    shapes: {
      tram: { name: 'tram', tone: 'vehicle', colour: 'vehicle', blueprint: /\btram\b/, usual: [24, 2.4, 3.4] },
    },
    looks: [{ shape: 'tram', fits: always }],
  },
} as const satisfies Readonly<Record<string, KindRow>>;

type Table = typeof KINDS;
type KeysOf<Column extends 'shapes' | 'boxes'> = { [K in keyof Table]: keyof Table[K][Column] }[keyof Table] & string;
/** What viewers draw. */
export type SceneKind = KeysOf<'shapes'>;
/** A box by its word in scenario files. */
export type BoxName = KeysOf<'boxes'>;
export type KindKey = keyof Table;

export const KIND_VEHICLE = KINDS.vehicle.code;
export const KIND_PEDESTRIAN = KINDS.pedestrian.code;
export const KIND_STATIC = KINDS.static.code;
export const KIND_BICYCLE = KINDS.bicycle.code;
export const KIND_EMERGENCY = KINDS.emergency.code;

const ROWS: readonly (KindRow & { readonly key: KindKey })[] = Object.entries(KINDS).map(([key, row]) => ({
  ...(row as KindRow),
  key: key as KindKey,
}));
const byCode = new Map(ROWS.map((row) => [row.code, row]));

/** Rows that have an observation column and a word of their own, in the order of the vocabulary. */
export const OBSERVED_KINDS: readonly (KindRow & { readonly key: KindKey })[] = ROWS.filter(
  ({ key, observedAs }) => key === observedAs,
);

/** The row of a code; undefined for one that no row has. */
export const kindRow = (code: number): KindRow | undefined => byCode.get(code);

/** The code as which a kind is observed, which is its observation column. Throws RangeError for a code that no row has. */
export function observedAs(code: number): number {
  const row = byCode.get(code);
  if (!row) throw new RangeError(`No kind of road user has the code ${code}`);
  return KINDS[row.observedAs as KindKey].code;
}

const lookOf = (row: KindRow, length: number, width: number) =>
  row.looks.find((look) => look.fits(length, width)) as Look;

/** What people call an actor: "cyclist", "parked vehicle", "cone"; its box in m. "road user" for a code that no row has. */
export function kindName(code: number, length: number, width: number): string {
  const row = byCode.get(code);
  return row ? (lookOf(row, length, width).called?.[0] ?? row.name) : 'road user';
}

/** What an actor is drawn as by its kind and its box, m; a plain box for a code that no row has. */
export function shapeOf(code: number, length: number, width: number): SceneKind {
  const row = byCode.get(code);
  return row ? (lookOf(row, length, width).shape as SceneKind) : 'box';
}

interface ShapeRow extends Shape {
  readonly key: SceneKind;
  readonly kind: KindRow;
}
const shapes = new Map(
  ROWS.flatMap((kind) =>
    Object.entries(kind.shapes).map(([key, shape]): [SceneKind, ShapeRow] => [
      key as SceneKind,
      { ...shape, key: key as SceneKind, kind },
    ]),
  ),
);

/** A shape with the kind whose it is. */
export const shapeRow = (shape: SceneKind): ShapeRow => shapes.get(shape) as ShapeRow;

/** The shape that CARLA's blueprint names among those of its class of actor; undefined where the name says nothing. */
export function shapeOfBlueprint(type: KindRow['carla']['type'], blueprint: string): ShapeRow | undefined {
  for (const shape of shapes.values())
    if (shape.kind.carla.type === type && shape.blueprint?.test(blueprint)) return shape;
  return undefined;
}

interface BoxRow extends NamedBox {
  readonly kind: KindRow;
}
const boxes = ROWS.flatMap((kind) =>
  Object.entries(kind.boxes).map(([name, box]): [BoxName, BoxRow] => [name as BoxName, { ...box, kind }]),
);

/** Box sizes, m, where a scenario gives none. */
export const SIZES = Object.fromEntries(
  boxes.map(([name, { length, width }]) => [name, { length, width }]),
) as unknown as Readonly<Record<BoxName, { readonly length: number; readonly width: number }>>;

/** The kind whose box a scenario file names. */
export const kindOfBox: Readonly<Record<BoxName, KindRow>> = Object.fromEntries(
  boxes.map(([name, { kind }]) => [name, kind]),
) as unknown as Readonly<Record<BoxName, KindRow>>;

/** Boxes that a behaviour may name, in the order of the table. */
export const boxesFor = (behaviour: Behaviour): BoxName[] =>
  boxes.filter(([, box]) => box.behaviours.includes(behaviour)).map(([name]) => name);
