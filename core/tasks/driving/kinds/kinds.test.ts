import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { wordsOf } from '../words/vocabulary.ts';
import {
  boxesFor,
  KIND_BICYCLE,
  KIND_EMERGENCY,
  KIND_PEDESTRIAN,
  KIND_STATIC,
  KIND_VEHICLE,
  kindName,
  kindOfBox,
  KINDS,
  type KindKey,
  kindRow,
  OBSERVED_KINDS,
  observedAs,
  type SceneKind,
  shapeOf,
  shapeOfBlueprint,
  shapeRow,
  SIZES,
} from './kinds.ts';

const rows = Object.entries(KINDS).map(
  ([key, { code }]) => [key as KindKey, kindRow(code) as NonNullable<ReturnType<typeof kindRow>>] as const,
);
const NAMED = [KIND_VEHICLE, KIND_PEDESTRIAN, KIND_STATIC, KIND_BICYCLE, KIND_EMERGENCY];
/** Numbers that the proxy's API gives to what is no road user: sensors, spectators, anything else. */
const TAKEN = [6, 7, 8];

describe('the table of kinds', () => {
  it.each(rows)('"%s" has every column, and things in each', (_, row) => {
    expect(Object.keys(row).toSorted()).toEqual([...Object.keys(KINDS.vehicle), 'key'].toSorted());
    for (const text of [row.word, row.meaning, row.name, row.plural, row.carla.blueprint]) expect(text).toMatch(/\w/);
    for (const things of [row.boxes, row.shapes, row.looks]) expect(Object.keys(things).length).toBeGreaterThan(0);
    // Whatever its size, it looks like something.
    for (const [length, width] of [
      [0.1, 0.1],
      [1.8, 0.6],
      [4.6, 1.9],
      [30, 3],
    ]) {
      // One of its own looks (a standing car looks like a car), and one that can be drawn; nobody's code falls back to a box.
      const shape = shapeOf(row.code, length, width);
      expect(
        row.looks.map((look) => look.shape),
        `${length} × ${width}`,
      ).toContain(shape);
      expect(shapeRow(shape)?.key).toBe(shape);
      expect(kindName(row.code, length, width)).not.toBe('road user');
    }
  });

  it('gives every code once, none of them 0 or one of the API’s own', () => {
    const codes = rows.map(([, { code }]) => code);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect([0, ...TAKEN], String(code)).not.toContain(code);
    for (const code of NAMED) expect(codes).toContain(code);
    expect(kindRow(0)).toBeUndefined();
    expect(() => observedAs(0)).toThrow(RangeError);
  });

  it('observes and says every kind as one that has a column and a word', () => {
    expect(OBSERVED_KINDS.map(({ code }) => code).toSorted()).toEqual([1, 2, 3, 4, 5]);
    expect(wordsOf('kind').map(({ text, code }) => [text, code])).toEqual([
      ['veh', KIND_VEHICLE],
      ['ped', KIND_PEDESTRIAN],
      ['cyc', KIND_BICYCLE],
      ['emv', KIND_EMERGENCY],
      ['box', KIND_STATIC],
    ]);
    for (const [, { code, word }] of rows) expect(word).toBe(kindRow(observedAs(code))?.word);
  });

  it('names words, names, boxes and shapes once', () => {
    for (const column of ['name', 'plural'] as const) {
      const values = rows.map(([, row]) => row[column]);
      expect(new Set(values).size).toBe(values.length);
    }
    for (const column of ['boxes', 'shapes'] as const) {
      const keys = rows.flatMap(([, row]) => Object.keys(row[column]));
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
});

describe('names for people', () => {
  it.each([
    ['vehicle', KIND_VEHICLE, SIZES.car],
    ['pedestrian', KIND_PEDESTRIAN, SIZES.pedestrian],
    ['cyclist', KIND_BICYCLE, SIZES.bicycle],
    ['emergency vehicle', KIND_EMERGENCY, SIZES.emergency],
    ['parked vehicle', KIND_STATIC, SIZES.car],
    ['cone', KIND_STATIC, SIZES.cone],
    ['barrier', KIND_STATIC, SIZES.barrier],
    ['obstacle', KIND_STATIC, SIZES.static],
  ])('"%s"', (name, kind, { length, width }) => {
    expect(kindName(kind, length, width)).toBe(name);
  });
});

describe('what others call them', () => {
  it('every kind in a shipped scenario is one of the table’s', () => {
    const words = readdirSync('public/scenarios')
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => (parse(readFileSync(`public/scenarios/${file}`, 'utf8')).actors ?? []) as { kind?: string }[])
      .flatMap(({ kind }) => kind ?? []);
    expect(words.length).toBeGreaterThan(0);
    for (const word of words) expect(Object.keys(kindOfBox)).toContain(word);
  });

  it('behaviours name the boxes that they named', () => {
    expect(boxesFor('vehicle')).toEqual(expect.arrayContaining(['car', 'van', 'truck']));
    expect(boxesFor('parked')).toEqual(['car', 'van', 'truck', 'cone', 'barrier', 'wall']);
    expect(boxesFor('replay')).toEqual(
      expect.arrayContaining(['car', 'van', 'truck', 'pedestrian', 'bicycle', 'emergency', 'static']),
    );
  });

  it.each<[string, SceneKind | undefined]>([
    ['vehicle.bh.crossbike', 'bicycle'],
    ['vehicle.diamondback.century', 'bicycle'],
    ['vehicle.gazelle.omafiets', 'bicycle'],
    ['vehicle.harley-davidson.low_rider', 'motorcycle'],
    ['vehicle.kawasaki.ninja', 'motorcycle'],
    ['vehicle.yamaha.yzf', 'motorcycle'],
    ['vehicle.vespa.zx125', 'motorcycle'],
    ['vehicle.ford.ambulance', 'emergency'],
    ['vehicle.carlamotors.firetruck', 'emergency'],
    ['vehicle.dodge.charger_police_2020', 'emergency'],
    ['vehicle.dodgecop.charger', 'emergency'],
    ['vehicle.mitsubishi.fusorosa', 'bus'],
    ['vehicle.carlamotors.carlacola', 'truck'],
    ['vehicle.carlamotors.european_hgv', 'truck'],
    ['vehicle.tesla.cybertruck', 'truck'],
    ['vehicle.mercedes.sprinter', 'van'],
    ['vehicle.volkswagen.t2_2021', 'van'],
    ['vehicle.lincoln.mkz_2020', undefined],
    ['vehicle.tesla.model3', undefined],
  ])('CARLA’s %s', (blueprint, shape) => {
    const matching = rows.flatMap(([, { shapes }]) =>
      Object.entries(shapes).filter(([, each]) => each.blueprint?.test(blueprint)),
    );
    expect(matching.map(([key]) => key)).toEqual(shape ? [shape] : []);
    expect(shapeOfBlueprint('vehicle', blueprint)?.key).toBe(shape);
  });

  it('the blueprint that stands for a kind in a file is read as that kind again', () => {
    for (const [, { code, carla, looks }] of rows) {
      const named = shapeOfBlueprint(carla.type, carla.blueprint);
      if (looks.length === 1 && carla.type === 'vehicle') expect(named?.kind.code).toBe(code);
      else expect(named).toBeUndefined();
    }
  });
});
