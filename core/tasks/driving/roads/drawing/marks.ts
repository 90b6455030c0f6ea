/**
 * Road marks as painted strips: where along a lane's edge, how wide, what colour, broken how.
 *
 * A file may spell out a mark's lines (dash, space, offset, width); then these count. Otherwise the type's words say how many lines there
 * are, inner one first, a line's width apart; dash and space are those of the German guidelines (RMS), which most tools write:
 * 3 and 6 m in town, 4 and 8 m on rural roads, 6 and 12 m on motorways. Dashes count from the mark's start, as the standard says.
 */
import { PAINT_FAINT_WHITE, PAINT_FAINT_YELLOW, PAINT_WHITE, PAINT_YELLOW, SURFACE_KERB } from './model.ts';
import { beside, type SectionCut, placesAlong, type Stretch } from './sections.ts';
import type { Sheet } from './tiles.ts';
import { lastAt } from '../map/geometry.ts';
import type { MarkLine, Road, RoadMark } from '../opendrive/model.ts';

/** Widths where the file gives none, m. */
const WIDTH = { standard: 0.12, bold: 0.25, kerb: 0.15 };
/** Least width of paint seen from far above, m. */
const FAR_WIDTH = 0.3;
const DOTS = { length: 0.1, space: 1.1 };
const DASHES: Readonly<Record<string, readonly [number, number]>> = { motorway: [6, 12], rural: [4, 8] };
const TOWN_DASH = [3, 6] as const;
/** Dashes closer than this are one line, m: bounds their number. */
const LEAST_PERIOD = 0.5;

/** A line to paint: `dash` then `gap`, m (gap 0: throughout), `offset` left of the lane's edge. */
export interface PaintedLine {
  readonly material: number;
  readonly width: number;
  readonly offset: number;
  readonly start: number;
  readonly dash: number;
  readonly gap: number;
}

/** Dash and gap of broken marks on `road` at `s`, m. */
export function usualDash({ types }: Road, s: number): readonly [number, number] {
  const type = types.length > 0 ? types[lastAt(types, s)].type : 'town';
  return DASHES[type === 'highway' ? 'motorway' : type] ?? TOWN_DASH;
}

/** The lines a mark consists of; none for what is not painted. `inwards`: +1 when lane 0 lies to the left, −1 to the right. */
export function linesOf(mark: RoadMark, usual: readonly [number, number], inwards: 1 | -1): PaintedLine[] {
  const { type, color, width = mark.bold ? WIDTH.bold : WIDTH.standard, lines } = mark;
  if (type === 'none' || type === 'grass') return [];
  if (type === 'curb')
    return [{ material: SURFACE_KERB, width: mark.width ?? WIDTH.kerb, offset: 0, start: 0, dash: 0, gap: 0 }];
  const material = color === 'yellow' || color === 'orange' ? PAINT_YELLOW : PAINT_WHITE;
  if (lines)
    return lines.map(
      (line: MarkLine): PaintedLine => ({
        material,
        width: line.width ?? width,
        offset: line.tOffset,
        start: line.sOffset,
        dash: line.length,
        gap: line.length > 0 ? line.space : 0,
      }),
    );
  const words = type === 'botts dots' ? ['dots'] : type.split(' ');
  return words.map((word, i) => {
    const [dash, gap] = word === 'dots' ? [DOTS.length, DOTS.space] : word === 'broken' ? usual : [0, 0];
    const offset = inwards * width * (words.length - 1 - 2 * i);
    return { material, width, offset, start: 0, dash, gap };
  });
}

/** Spans of `line` between `from` and `to` that are painted. */
export function paintedSpans({ start, dash, gap }: PaintedLine, from: number, to: number): [number, number][] {
  if (gap <= 0 || dash <= 0 || dash + gap < LEAST_PERIOD)
    return [[from + start, to]].filter(([a, b]) => b > a) as [number, number][];
  const spans: [number, number][] = [];
  for (let i = 0; from + start + i * (dash + gap) < to; i++) {
    const at = from + start + i * (dash + gap);
    spans.push([at, Math.min(to, at + dash)]);
  }
  return spans;
}

/** Paints every mark of a stretch of road. */
export function paintMarks(stretch: Stretch, sheet: Sheet): void {
  const { section, lanes, centre, road, from } = stretch;
  const paint = (marks: readonly RoadMark[], border: number, inwards: 1 | -1) => {
    marks.forEach((mark, i) => {
      const start = section.s + mark.s;
      const end = Math.min(stretch.to, section.s + (marks[i + 1]?.s ?? Number.POSITIVE_INFINITY));
      if (end - Math.max(start, from) < 1e-3) return;
      for (const line of linesOf(mark, usualDash(road, start), inwards)) {
        if (sheet.level === 0)
          for (const [a, b] of paintedSpans(line, start, end)) paintSpan(stretch, sheet, line, border, a, b);
        else paintSpan(stretch, sheet, fromAfar(line), border, start, end);
      }
    });
  };
  // A double line in the middle is written from left to right.
  paint(section.centre, centre, 1);
  lanes.forEach((lane, i) => {
    if (lane.id > 0) paint(lane.marks, i, -1);
    else paint(lane.marks, i + 1, 1);
  });
}

function fromAfar(line: PaintedLine): PaintedLine {
  if (line.material === SURFACE_KERB) return { ...line, width: Math.max(FAR_WIDTH, line.width) };
  const material = line.material === PAINT_YELLOW ? PAINT_FAINT_YELLOW : PAINT_FAINT_WHITE;
  return { ...line, material, width: Math.max(FAR_WIDTH, line.width) };
}

function paintSpan(stretch: Stretch, sheet: Sheet, line: PaintedLine, border: number, from: number, to: number): void {
  const [low, high] = [Math.max(stretch.from, from), Math.min(stretch.to, to)];
  if (high - low < 1e-3) return;
  const places = placesAlong(stretch, sheet.level, low, high);
  const edge = (side: number) => (place: SectionCut) =>
    beside(place, place.t[border] + line.offset + (side * line.width) / 2);
  sheet.strip(line.material, places.map(edge(1)), places.map(edge(-1)));
}
