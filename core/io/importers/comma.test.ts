import { existsSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantiate } from '../../tasks/driving/scenario/instantiate/instantiate.ts';
import { MAX_INLINE_CHARS, parseScenario } from '../../tasks/driving/scenario/scenario.ts';
import { driveEpisode } from '../../episode/drive.ts';
import { episodeFromJson, episodeToJson } from '../../episode/json.ts';
import { expert, lab, NOW, worlds } from '../../episode/testing-lab.ts';
import { decodeLink, encodeLink } from '../../episode/link/link.ts';
import { replayEpisode } from '../../episode/replay.ts';
import { reportLog } from '../../evaluate/log-report.ts';
import { COMMA_FORMAT, importComma, isCommaLog, parseLogText } from './comma.ts';
import { ImportError } from '../../base/import-error.ts';
import { projectOnto, smoothRoad } from '../../tasks/driving/roads/routes/path.ts';

/** 12 s on a bend at 10 m/s behind a car at 12 m/s whose radar returns come under two addresses, with gaps. */
function synthetic(): Record<string, unknown> & { rows: (number | null)[][]; radar: unknown[][]; columns: string[] } {
  const steps = 120;
  const radius = 150;
  const at = (s: number) => [radius * Math.sin(s / radius), radius * (1 - Math.cos(s / radius))];
  const rows = Array.from({ length: steps }, (_, i) => [10, ...at(i), 0.5, i / radius]);
  const radar = rows.map(([, x, y, , heading], i) => {
    const [lx, ly] = at(i + 25 + 0.2 * i - 2.3);
    const [dx, dy] = [lx - x, ly - y];
    const forward = dx * Math.cos(heading) + dy * Math.sin(heading) - 2.3;
    const left = dy * Math.cos(heading) - dx * Math.sin(heading);
    const car = [1, forward, left, 2];
    const sign = [3, 60 - i, 9, -10];
    return i % 7 === 3 ? [sign] : [car, [2, forward + 0.3, left - 0.1, 2.1], sign];
  });
  return {
    format: COMMA_FORMAT,
    dt: 0.1,
    columns: ['speed', 'x', 'y', 'pedal', 'heading'],
    rows,
    radar_columns: ['address', 'forward_m', 'left_m', 'rel_speed_mps'],
    radar,
  };
}
type Log = ReturnType<typeof synthetic>;
const errorOf = (run: () => unknown): ImportError => {
  try {
    run();
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};
const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('a recorded drive', () => {
  test('becomes a road along its path, whatever the order of its columns', () => {
    const { scenario, human, inline } = importComma('My Log (1).json', synthetic());
    expect(scenario.id).toBe('log_my_log_1_');
    expect(parseScenario(inline, 'inline', MAX_INLINE_CHARS)).toEqual(scenario);
    const { road, goalS, ego, maxSteps } = instantiate(scenario, 0);
    expect(maxSteps).toBe(120);
    expect(ego.speedMps).toBe(10);
    expect(goalS - ego.s).toBeCloseTo(119, 0);
    let s = ego.s;
    for (const [x, y, headingRad] of human) {
      const at = projectOnto(road, { x, y, headingRad }, s);
      s = at.s;
      expect(Math.abs(at.lateral)).toBeLessThan(0.05);
      expect(Math.abs(at.headingError)).toBeLessThan(0.01);
    }
    expect(road.curvature[70]).toBeCloseTo(1 / 150, 3);
  });

  test('the radar’s returns of one car become one actor without gaps, and a sign becomes none', () => {
    const { scenario } = importComma('log.json', synthetic());
    const { road, ego, actors } = instantiate(scenario, 0);
    expect(actors).toHaveLength(1);
    const [lead] = actors;
    if (lead.behaviour !== 'replay') throw new Error('not a replayed actor');
    expect([...lead.present].every(Boolean)).toBe(true);
    for (const i of [0, 3, 40, 70]) {
      const at = projectOnto(
        road,
        { x: lead.x[i], y: lead.y[i], headingRad: lead.headingRad[i] },
        ego.s + 25 + 1.2 * i,
      );
      expect(Math.abs(at.s - ego.s - 25 - 1.2 * i)).toBeLessThan(0.6);
      expect(Math.abs(at.lateral)).toBeLessThan(0.15);
      expect(lead.speedMps[i]).toBeCloseTo(12, 0);
    }
  });

  test('without radar, heading and speed is driven on an empty road', () => {
    const { rows, format, dt } = synthetic();
    const { scenario, human } = importComma('log', {
      format,
      dt,
      columns: ['y', 'x'],
      rows: rows.map((r) => [r[2], r[1]]),
    });
    expect(scenario.actors).toEqual([]);
    expect(human[60][3]).toBeCloseTo(10, 1);
    expect(human[60][2]).toBeCloseTo(60 / 150, 2);
  });

  test('noise of 10 cm is smoothed out of the road, a hairpin is kept', () => {
    const wave = Array.from({ length: 300 }, (_, i) => [i, i % 2 === 0 ? 0.1 : -0.1] as const);
    for (const [, y, heading] of smoothRoad(wave, 10, 10).points.slice(3, -3)) {
      expect(Math.abs(y)).toBeLessThan(0.03);
      expect(Math.abs(heading)).toBeLessThan(0.02);
    }
    const turn = Array.from({ length: 63 }, (_, i) => [15 * Math.sin(i / 20), 15 * (1 - Math.cos(i / 20))] as const);
    for (const [x, y] of smoothRoad(turn, 0, 0).points.slice(1, -1)) {
      expect(Math.abs(Math.hypot(x, y - 15) - 15)).toBeLessThan(0.1);
    }
  });
});

describe('a wrong or damaged log', () => {
  test.each([
    ['format', 'comma2k19-lite/9', (f) => (f.format = 'comma2k19-lite/9')],
    ['dt', '0.05 (20 Hz), expected 0.1 s (10 Hz)', (f) => (f.dt = 0.05)],
    ['columns', 'column "x" is missing', (f) => (f.columns[1] = 'east')],
    ['columns', 'twice', (f) => (f.columns[3] = 'x')],
    ['columns', 'expected a list', (f) => (f.columns = 'x y' as never)],
    ['rows', '3 rows', (f) => (f.rows = f.rows.slice(0, 3))],
    ['row 17, column pedal', 'got null', (f) => (f.rows[17][3] = null)],
    ['row 17', '4 numbers, expected 5', (f) => f.rows[17].pop()],
    ['row 18', 'got {}', (f) => (f.rows[18] = {} as never)],
    ['row 20, column speed', '400.0 m/s', (f) => (f.rows[20][0] = 400)],
    ['row 30, columns x and y', 'jumps', (f) => (f.rows[30][1] = 500)],
    ['radar', '119 rows, expected 120', (f) => f.radar.pop()],
    ['radar row 5, return 0, column left_m', 'got "1"', (f) => ((f.radar[5][0] as unknown[])[2] = '1')],
    [
      'radar_columns',
      'column "left_m" is missing',
      (f) => (f.radar_columns = ['address', 'forward_m', 'rel_speed_mps']),
    ],
    ['rows', 'moves 0.0 m in all', (f) => f.rows.forEach((row) => row.splice(1, 2, 0, 0))],
  ] as [string, string, (file: Log) => unknown][])('names %s: %s', (where, words, damage) => {
    const file = synthetic();
    damage(file);
    const error = errorOf(() => importComma('log.json', file));
    expect(error.where).toBe(where);
    expect(error.message).toContain(words);
  });

  test('with a time column that does not go on by 0.1 s names the row', () => {
    const file = synthetic();
    file.columns.push('t');
    file.rows.forEach((row, i) => row.push(i / 10));
    file.rows[40][5] = 3.9;
    expect(errorOf(() => importComma('log', file)).where).toBe('row 40, column t');
  });

  test('cut off says at which byte and in which row', () => {
    const text = JSON.stringify(synthetic());
    const at = text.indexOf('"rows":[[') + '"rows":[['.length;
    const row4 = [...text.slice(at).matchAll(/\],\[/g)][3].index + at + 5;
    expect(errorOf(() => parseLogText(bytesOf(text.slice(0, row4)))).message).toBe(
      `byte ${row4} (in row 4 of rows): the file is cut off here`,
    );
    const radar = text.slice(0, text.length - 3000);
    expect(errorOf(() => parseLogText(bytesOf(radar))).where).toMatch(/^byte \d+ \(in row \d\d+ of radar\)$/);
    expect(errorOf(() => parseLogText(bytesOf(text.replace('0.5', 'NaN')))).message).toContain('(in row 0 of rows)');
  });

  test('that is far too large, or no file of ours, is refused', () => {
    expect(errorOf(() => parseLogText(new Uint8Array(100 * 2 ** 20))).message).toContain('100 MiB');
    expect(errorOf(() => parseLogText(Uint8Array.of(0x89, 0x50, 0xff))).message).toContain('not text');
    expect(errorOf(() => importComma('a.json', [])).message).toContain('no JSON object');
  });

  test('never ends in anything but a scenario or an ImportError', () => {
    const text = JSON.stringify(synthetic());
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.nat(6),
        fc.constantFrom('', '-', '9', 'e9', '[', '"', 'null,'),
        (at, cut, put) => {
          try {
            importComma('log', parseLogText(bytesOf(text.slice(0, at) + put + text.slice(at + cut))));
          } catch (error) {
            if (!(error instanceof ImportError)) throw error;
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

const REAL = '../shared/data/logs/comma2k19_rav4_60s.json';
const present = existsSync(REAL);
if (!present) {
  if (process.env.CI) throw new Error(`${REAL} is missing`);
  console.warn(`\n!!! ${REAL} is missing: the recorded drive of a real car is NOT tested\n`);
}
describe.skipIf(!present)('60 s of a real car', () => {
  test('are driven closed loop behind the real lead, reported, recorded and sent as a link', async () => {
    const file = parseLogText(new Uint8Array(readFileSync(REAL)));
    expect(isCommaLog(file)).toBe(true);
    const { scenario, inline, human } = importComma('comma2k19_rav4_60s.json', file);
    const spec = instantiate(scenario, 0);
    expect(spec.maxSteps).toBe(600);
    const policy = { kind: 'expert', name: 'Expert' } as const;
    const episode = await driveEpisode({ worlds, spec, driver: expert, policy, now: NOW, inline });
    expect(episode.score.noCollision).toBe(1);
    const { frames } = replayEpisode(episode, spec, worlds, scenario.human);
    expect(frames.verified).toBe(true);
    expect(frames.human?.length).toBe(4 * 600);
    const report = await reportLog(episode, frames, spec, human, expert, worlds);
    console.info('report of the recorded drive', report);
    expect(report.human.distanceMetres).toBeCloseTo(1011, 0);
    expect(report.human.minGapMetres).toBeGreaterThan(22);
    expect(report.human.minGapMetres).toBeLessThan(24);
    expect(report.openLoop.decisions).toBe(116);
    expect(report.openLoop.ade).toBeLessThan(3);
    expect(report.openLoop.fde).toBeGreaterThan(report.openLoop.ade);
    expect(report.closedLoop.distanceMetres).toBeGreaterThan(800);
    expect(episodeFromJson(episodeToJson(episode))).toEqual(episode);
    const link = encodeLink(episode, { step: 0, camera: 'chase', breakpoints: [] }, lab);
    console.info(`its link has ${link.length} characters`);
    expect(decodeLink(link, NOW, lab).episode).toEqual(episode);
  });
});
