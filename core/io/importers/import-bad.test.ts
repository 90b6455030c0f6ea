import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ImportError } from '../../base/import-error.ts';
import { importLog } from './import-log.ts';
import { createSkips } from '../logs/log.ts';
import { bytesOf, commonRoad, OPEN_SCENARIO, ROUTES, type Scene, waymoScene } from '../logs/testing-logs.ts';
import { checkSize } from '../logs/xml-file.ts';

function errorOf(run: () => unknown): ImportError {
  try {
    run();
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}
const errorIn = (value: unknown) => errorOf(() => importLog('log', bytesOf(value)));

describe('a wrong scene of GPUDrive or Nocturne', () => {
  test.each([
    ['objects[1].heading', 'got nothing, expected a list of 91', (s) => (s.objects[1].heading = undefined)],
    ['objects[1].heading', '90 steps, expected 91', (s) => (s.objects[1].heading as number[]).pop()],
    ['objects[2].heading[20]', 'got null', (s) => ((s.objects[2].heading as unknown[])[20] = null)],
    ['objects[0].position[3].x', 'got "1"', (s) => ((s.objects[0].position as unknown[])[3] = { x: '1', y: 0 })],
    ['objects[0].position[3].y', 'got 1e+300', (s) => ((s.objects[0].position as unknown[])[3] = { x: 1, y: 1e300 })],
    ['objects[0].velocity[0]', 'got null', (s) => delete s.objects[0].velocity[0]],
    ['objects[0].valid[4]', 'got 7', (s) => (s.objects[0].valid[4] = 7)],
    ['objects[0].length', 'got nothing', (s) => delete (s.objects[0] as Record<string, unknown>).length],
    ['objects[3].id', '"100" is there twice', (s) => (s.objects[3].id = 100)],
    ['objects', 'it is empty', (s) => (s.objects = [])],
    ['objects', 'got an object', (s) => (s.objects = {} as never)],
    ['metadata.sdc_track_index', 'got 9, expected 0 to 3', (s) => (s.metadata = { sdc_track_index: 9 })],
    ['roads[0].geometry', 'got nothing', (s) => delete (s.roads[0] as Record<string, unknown>).geometry],
  ] as [string, string, (scene: Scene) => unknown][])('names %s: %s', (where, words, damage) => {
    const scene = waymoScene({ unit: 'radians', metadata: true });
    damage(scene);
    const error = errorIn(scene);
    expect([error.where, error.message]).toEqual([where, expect.stringContaining(words)]);
  });

  test('recorded at another rate is told by displacement over velocity', () => {
    const error = errorIn(waymoScene({ unit: 'radians', metadata: true, dt: 0.04 }));
    expect(error.message).toContain(
      'got 0.040 s a step (25.0 Hz) by displacement over velocity, expected 0.1 s (10 Hz)',
    );
  });

  test('with 100,000 road users, or too many steps, is refused by their number', () => {
    const scene = waymoScene({ unit: 'radians', metadata: true });
    expect(errorIn({ ...scene, objects: Array.from({ length: 100_000 }, () => ({})) }).message).toBe(
      'objects: 100000 road users, at most 2000',
    );
    expect(errorIn(waymoScene({ unit: 'radians', metadata: true, others: 1, steps: 2001 })).message).toContain(
      '2001 steps',
    );
  });

  test('cut off says at which byte; NaN is no JSON', () => {
    const text = JSON.stringify(waymoScene({ unit: 'degrees', metadata: false, others: 0 }));
    expect(errorIn(text.slice(0, 700))).toMatchObject({
      where: 'byte 700',
      message: 'byte 700: the file is cut off here',
    });
    expect(errorIn(text.replace(/"x":[^,]*,/, '"x":NaN,')).where).toMatch(/^byte \d+/);
  });
});

describe('a wrong XML file', () => {
  test.each([
    [
      'a missing heading',
      (t) => t.replace(/<orientation>.*?<\/orientation>/, ''),
      'line 7, obstacle 20: there is no <orientation>',
    ],
    ['NaN', (t) => t.replace('<x>60</x>', '<x>NaN</x>'), 'line 7, obstacle 20 x: got "NaN", expected a number'],
    [
      'an infinite velocity',
      (t) => t.replace(/<velocity><exact>10/g, '<velocity><exact>1e999'),
      'expected a number within ±200',
    ],
    [
      'a wrong frame rate',
      (t) => t.replace('timeStepSize="0.04"', 'timeStepSize="0"'),
      'line 2, commonRoad timeStepSize: got 0 s, expected 0.01 to 1 s',
    ],
    ['no frame rate', (t) => t.replace('timeStepSize="0.04"', ''), 'timeStepSize: got nothing'],
    ['another version', (t) => t.replace('2018b', '2017a'), 'got "2017a", expected 2018b or 2020a'],
    [
      'steps that go back',
      (t) => t.replace('<exact>51</exact>', '<exact>5</exact>'),
      'obstacle 21 time: got step 5 after 50',
    ],
    ['half a step', (t) => t.replace('<exact>51</exact>', '<exact>50.5</exact>'), 'got 50.5, expected a whole step'],
    [
      'uneven bounds',
      (t) => t.replace('<point><x>50</x><y>2</y></point>', ''),
      'lanelet 1: leftBound has 2 points, rightBound 3',
    ],
    ['an id twice', (t) => t.replace('lanelet id="2"', 'lanelet id="1"'), 'line 4: lanelet 1 is there twice'],
    ['a billion steps', (t) => t.replace('<intervalEnd>300', '<intervalEnd>1000000000'), 'planningProblem 7 time'],
    ['many steps', (t) => t.replace('<intervalEnd>300', '<intervalEnd>90000'), '90001 steps, at most 2000'],
    ['a cut', (t) => t.slice(0, 900), /^line \d, commonRoad\/lanelet.*: the file ends inside/],
    [
      'an entity bomb',
      (t) => t.replace('<commonRoad', '<!DOCTYPE x [<!ENTITY a "b">]><commonRoad'),
      'line 2: a DOCTYPE or declaration, expected none',
    ],
  ] as [string, (text: string) => string, string | RegExp][])('CommonRoad with %s', (_, damage, words) => {
    expect(errorIn(damage(commonRoad())).message).toMatch(words);
  });

  test('with 100,000 obstacles is refused at the one too many', () => {
    const head = commonRoad({ steps: 1 });
    const one = /<obstacle id="20">.*<\/obstacle>/.exec(head)?.[0] ?? '';
    const many = Array.from({ length: 100_000 }, (_, i) => one.replace('"20"', `"${1000 + i}"`)).join('');
    expect(errorIn(head.replace(one, many)).message).toMatch(/more than 2000 obstacles|MiB/);
  });

  test.each([
    [OPEN_SCENARIO.replace('revMajor="1"', 'revMajor="0"'), 'got revision 0.1, expected 1.x'],
    [OPEN_SCENARIO.replace('entityRef="Ego"', 'entityRef="Egon"'), 'there is no entity "Egon"'],
    [OPEN_SCENARIO.replace('value="${$Speed / 3.6}"', 'value="fast"'), 'got "fast", expected a number'],
    [OPEN_SCENARIO.replace('<Storyboard>', '<S>').replace('</Storyboard>', '</S>'), 'there is no <Storyboard>'],
    [ROUTES.replace('x="150"', 'x="NaN"'), 'line 2, position x: got "NaN"'],
    [ROUTES.replace('yaw="90"', ''), 'waypoint yaw: got nothing'],
    ['<routes></routes>', 'There is no route.'],
    ['<OpenDRIVE/>', 'an OpenDRIVE map'],
    ['<gpx/>', 'The root element is <gpx>, expected comma2k19-lite'],
    ['', 'cut off'],
    ['{}', 'JSON of no known kind'],
    ['{"format":"traceway-episode/1"}', 'JSON of no known kind'],
  ])('%#: %s', (text, words) => {
    expect(errorIn(text).message).toContain(words);
  });
});

test('a file of 1 GB is refused by its size, before it is read', () => {
  expect(errorOf(() => checkSize(2 ** 30)).message).toBe('The file has 1024 MiB; a recorded drive has at most 32 MiB.');
  for (const start of ['<commonRoad>', '{'])
    expect(errorIn(start.padEnd(33 * 2 ** 20, ' ')).message).toContain('at most 32 MiB');
});

test('a hostile file can not fill the list of what is skipped, and no count is lost', () => {
  const skips = createSkips(10);
  for (let i = 0; i < 1000; i++) skips.add(`thing ${i}`, 'why');
  expect(skips.list()).toHaveLength(11);
  expect(skips.list().reduce((sum, { count }) => sum + count, 0)).toBe(1000);
});

describe('whatever is done to a file, it gives a log or one ImportError', () => {
  const files: readonly (readonly [string, string])[] = [
    ['scene', JSON.stringify(waymoScene({ unit: 'degrees', metadata: true, others: 2, steps: 21 }))],
    ['commonroad', commonRoad({ steps: 6 })],
    ['openscenario', OPEN_SCENARIO],
    ['routes', ROUTES],
  ];
  const piece = fc.constantFrom(
    '',
    '-',
    '9',
    'e9',
    '<',
    '>',
    '/>',
    '"',
    '[',
    '{',
    'null',
    'NaN',
    '1e999',
    '${',
    '$x',
    '\u0000',
  );
  test.each(files)('%s', (name, text) => {
    const tryOut = (bytes: Uint8Array) => {
      try {
        importLog(name, bytes);
      } catch (error) {
        if (!(error instanceof ImportError)) throw error;
        expect(error.message.length).toBeLessThan(600);
      }
    };
    const edit = fc.tuple(fc.nat(text.length), fc.nat(12), piece);
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        tryOut(bytesOf(edits.reduce((t, [at, cut, put]) => t.slice(0, at) + put + t.slice(at + cut), text)));
      }),
      { numRuns: 250, interruptAfterTimeLimit: 4000 },
    );
    const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)];
    const value = fc.constantFrom('-1', '0', '1e9', '-1e9', '99999999999', '0.0001', 'null', '1e-300');
    fc.assert(
      fc.property(fc.nat(numbers.length - 1), value, (i, put) => {
        const { index, 0: old } = numbers[i];
        tryOut(bytesOf(text.slice(0, index) + put + text.slice(index + old.length)));
      }),
      { numRuns: 250, interruptAfterTimeLimit: 4000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), tryOut), { numRuns: 50 });
  });
});
