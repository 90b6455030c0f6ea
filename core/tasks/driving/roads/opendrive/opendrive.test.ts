import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { XmlError } from '../../../../base/xml.ts';
import { laneGraphOf } from '../map/lane-graph.ts';
import { LaneGraphError } from '../map/lane-model.ts';
import { createOpenDriveReader, parseOpenDrive } from './opendrive.ts';
import { readMaps } from '../map/testing-maps.ts';

const maps = readMaps('../shared/data/opendrive');

const LANES = `<lanes><laneSection s="0"><center><lane id="0" type="none"/></center><right>
<lane id="-1" type="driving"><link/><width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right></laneSection></lanes>`;
const road = (id: string, link = '', { length = '100', lanes = LANES, shape = '<line/>' } = {}) =>
  `<road id="${id}" length="${length}" junction="-1"><link>${link}</link>
<planView><geometry s="0" x="0" y="0" hdg="0" length="${length}">${shape}</geometry></planView>${lanes}</road>`;
const file = (...parts: string[]) =>
  `<OpenDRIVE>\n<header revMajor="1" revMinor="4"/>\n${parts.join('\n')}\n</OpenDRIVE>`;
const errorOf = (text: string): XmlError => {
  try {
    parseOpenDrive(text, 'm.xodr');
  } catch (error) {
    if (error instanceof XmlError) return error;
    throw error;
  }
  throw new Error(`nothing was thrown for ${text.slice(0, 200)}`);
};

test('each kind of bad file is one error with file, line, what and what was expected', () => {
  const cases: [string, number, RegExp][] = [
    ['<osm/>', 0, /no <header>/],
    ['<osm>\n<header/></osm>', 1, /<osm>, expected <OpenDRIVE>/],
    [file(), 0, /no <road>/],
    [file(road('1')).slice(0, 300), 5, /file ends inside/],
    [file(road('1', '', { length: 'NaN' })), 3, /road: length is "NaN", expected a number from 0 to 1000000/],
    [file(road('1', '', { length: '-5' })), 3, /length is "-5"/],
    [file(road('1'), road('1')), 6, /a second road "1"/],
    [file(road('1', '<successor elementType="road" elementId="1" contactPoint="start"/>')), 3, /loops into itself/],
    [file(road('1', '<predecessor elementType="road" elementId="1" contactPoint="end"/>')), 3, /its own predecessor/],
    [
      file(road('1', '<successor elementType="road" elementId="2" contactPoint="start"/>')),
      3,
      /"2", which does not exist/,
    ],
    [file(road('1', '<successor elementType="junction" elementId="2"/>')), 3, /junction "2", which does not/],
    [file(road('1', '<successor elementType="road" elementId="2"/>')), 3, /no contactPoint/],
    [
      file(
        road('1'),
        '<junction id="7"><connection id="0" incomingRoad="1" connectingRoad="1" contactPoint="start"/></junction>',
      ),
      6,
      /road loops into itself/,
    ],
    [
      file(
        road('1'),
        '<junction id="7"><connection id="0" incomingRoad="1" connectingRoad="9" contactPoint="start"/></junction>',
      ),
      6,
      /road "9", which does not exist/,
    ],
    [file(road('1', '', { shape: '' })), 4, /0 shapes/],
    [file(road('1', '', { shape: '<spiral curvStart="0" curvEnd="99"/>' })), 4, /rad, expected at most 1000 rad/],
    [file(road('1', '', { shape: '<arc curvature="Infinity"/>' })), 4, /curvature is "Infinity"/],
    [
      file(road('1', '', { shape: '<paramPoly3 pRange="x" aU="0"/>' })),
      4,
      /pRange is "x", expected arcLength or normalized/,
    ],
    [file(road('1', '', { lanes: LANES.replace('id="-1"', 'id="-2"') })), 4, /lane ids -2, expected -1, -2/],
    [file(road('1', '', { lanes: LANES.replace(/<width[^>]*>/, '') })), 5, /neither, expected <width> or <border>/],
    [file(road('1', '', { lanes: '<lanes/>' })), 4, /no <laneSection>/],
    [file(road('1', '', { lanes: '' })), 3, /no <lanes>/],
    [
      file(road('1')).replace('hdg="0" length="100"', 'hdg="0" length="50"'),
      4,
      /it is 50 m long, expected the road's length, 100/,
    ],
    [file(road('1')).replace('revMinor="4"', 'revMinor="3"'), 2, /revision 1.3, expected 1.4/],
  ];
  for (const [text, line, message] of cases) {
    const error = errorOf(text);
    expect(error.message).toMatch(message);
    expect([error.source, error.line], error.message).toEqual(['m.xodr', line]);
    expect(error.message).toMatch(/^m\.xodr.*, expected /);
  }
});

test('what is not used is listed with its count and first line', () => {
  const { skipped } = parseOpenDrive(file('<geo/>', '<geo/>', road('1', '<x/>'), '<userData/>'));
  expect(skipped.map(({ what, count, firstLine }) => [what, count, firstLine])).toEqual([
    ['geo', 2, 3],
    ['road/link/x', 1, 5],
    ['userData', 1, 8],
  ]);
});

test('huge counts end in one error before they fill the memory', () => {
  const many = createOpenDriveReader('m.xodr');
  many.write('<OpenDRIVE><header revMajor="1" revMinor="4"/>');
  expect(() => {
    for (let i = 0; i < 100_000; i++) many.write(road(String(i)));
  }).toThrow(/more than 20000, expected a smaller map/);
  const wide = createOpenDriveReader('m.xodr');
  wide.write('<OpenDRIVE><header revMajor="1" revMinor="4"/><road id="1" length="1"><objects>');
  const objects = '<object id="1" s="0" t="0"/>'.repeat(1000);
  expect(() => {
    for (let i = 0; i < 1000; i++) wide.write(objects);
  }).toThrow(/more than 400000 elements/);
});

describe('real maps', () => {
  test.skipIf(!maps.has('Town01.xodr'))('Town01 has the roads, lanes, junctions and signals that its tags say', () => {
    const text = maps.get('Town01.xodr') ?? '';
    const map = parseOpenDrive(text, 'Town01.xodr');
    const roads = [...map.roads.values()];
    const tags = (tag: string) => text.split(`<${tag} `).length - 1;
    const count = (f: (r: (typeof roads)[number]) => number) => roads.reduce((sum, each) => sum + f(each), 0);
    expect([map.version, roads.length, map.junctions.size]).toEqual(['1.4', tags('road'), tags('junction')]);
    expect(count(({ planView }) => planView.length)).toBe(tags('geometry'));
    expect(count(({ elevation }) => elevation.length)).toBe(tags('elevation'));
    expect(count(({ signals }) => signals.length)).toBe(tags('signal') + tags('signalReference'));
    expect(count(({ sections }) => sections.flatMap(({ left, right }) => [...left, ...right]).length)).toBe(
      tags('lane') - tags('laneSection'),
    );
    expect(map.roads.get('0')?.types).toEqual([{ s: 0, type: 'town', mps: 25 * 0.44704 }]);
    expect(map.skipped.find(({ what }) => what === 'road/lateralProfile/superelevation')?.count).toBe(348);
  });

  test.skipIf(!maps.has('fabriksgatan_traffic_lights.xodr'))(
    'a map cut short or damaged anywhere is one typed error or a sound graph',
    () => {
      const text = maps.get('fabriksgatan_traffic_lights.xodr') ?? '';
      fc.assert(
        fc.property(
          fc.nat(text.length - 20),
          fc.constantFrom('cut', 'NaN', '<', '"', '\0', '-1', 'drop'),
          (at, what) => {
            const head = text.slice(0, at);
            const damaged =
              what === 'cut'
                ? head
                : what === 'drop'
                  ? head + text.slice(at + 5)
                  : head + what + text.slice(at + what.length);
            try {
              const { lanes } = laneGraphOf(parseOpenDrive(damaged), 5_000);
              expect(what).not.toBe('cut');
              for (const { x, y, headingRad, s } of lanes)
                for (const column of [x, y, headingRad, s]) expect(column.every(Number.isFinite)).toBe(true);
            } catch (error) {
              if (!(error instanceof LaneGraphError)) expect(error).toBeInstanceOf(XmlError);
            }
          },
        ),
        { numRuns: 60 },
      );
    },
  );
});
