/** The `<lanes>` of an OpenDRIVE road: sections, lanes with widths or borders, links, marks and speeds. */
import type { XmlElement } from '../../../../base/xml.ts';
import { childrenNamed } from '../../../../base/xml-values.ts';
import { type Context, MAX_ROAD_LENGTH } from './context.ts';
import type { LaneSection, MarkLine, RoadLane, RoadMark } from './model.ts';

/** Lanes of one side of one section. */
const MAX_LANES = 64;
const MPS: Readonly<Record<string, number>> = { 'm/s': 1, 'km/h': 1 / 3.6, kmh: 1 / 3.6, mph: 0.44704 };
const LANE_CHANGES = ['both', 'increase', 'decrease', 'none'] as const;

/** A speed limit in m/s; undefined for "no limit" and "undefined". Throws XmlError. */
export function readSpeed({ read }: Context, element: XmlElement): number | undefined {
  const max = read.string(element, 'max');
  if (max === 'no limit' || max === 'undefined') return undefined;
  const unit = element.attributes.get('unit') || 'm/s';
  const scale = Object.hasOwn(MPS, unit) ? MPS[unit] : read.fail(element, `unit is "${unit}"`, 'm/s, km/h or mph');
  return read.number(element, 'max', { min: 0, max: 1000 }) * scale;
}

/** Sections of a road `length` metres long. Throws XmlError. */
export function readSections(context: Context, lanes: XmlElement, length: number): LaneSection[] {
  const { read } = context;
  context.skipOthers(lanes, ['laneOffset', 'laneSection'], 'road/lanes');
  const sections: LaneSection[] = [];
  for (const element of childrenNamed(lanes, 'laneSection')) {
    context.record(element);
    const s = read.number(element, 's', { min: 0, max: MAX_ROAD_LENGTH });
    const last = sections.at(-1);
    if (last ? s <= last.s : s > 1e-6)
      read.fail(element, `s is ${s}`, last ? `more than ${last.s}` : 'the first section at 0');
    if (s > length + 1e-3) read.fail(element, `s is ${s}`, `at most the road's length ${length}`);
    context.skipOthers(element, ['left', 'center', 'right'], 'road/lanes/laneSection');
    const centre = read.child(element, 'center')?.children[0];
    sections.push({
      s,
      left: readSide(context, read.child(element, 'left'), 1),
      right: readSide(context, read.child(element, 'right'), -1),
      centre: centre ? readMarks(context, centre) : [],
    });
  }
  if (sections.length === 0) read.fail(lanes, 'no <laneSection>', 'at least one');
  return sections;
}

/** Lanes of one side, inside out. */
function readSide(context: Context, side: XmlElement | undefined, sign: 1 | -1): RoadLane[] {
  const { read } = context;
  const elements = childrenNamed(side, 'lane');
  if (side && elements.length > MAX_LANES) read.fail(side, `${elements.length} lanes`, `at most ${MAX_LANES}`);
  const lanes = elements.map((element) => readLane(context, element));
  lanes.sort((a, b) => sign * (a.id - b.id));
  lanes.forEach(({ id }, i) => {
    const wanted = sign * (i + 1);
    if (id !== wanted && side)
      read.fail(side, `lane ids ${lanes.map((lane) => lane.id).join(', ')}`, `${sign}, ${2 * sign}, … without gap`);
  });
  return lanes;
}

function readLane(context: Context, element: XmlElement): RoadLane {
  const { read } = context;
  context.record(element);
  const id = read.integer(element, 'id', { min: -MAX_LANES, max: MAX_LANES });
  context.skipOthers(element, ['link', 'width', 'border', 'roadMark', 'speed'], 'road/lanes/laneSection/lane');
  const widths = context.cubics(element, 'width', 'sOffset');
  const borders = context.cubics(element, 'border', 'sOffset');
  if (widths.length + borders.length === 0) read.fail(element, `lane ${id} has neither`, '<width> or <border>');
  const link = read.child(element, 'link');
  const linked = (name: string) => childrenNamed(link, name).map((other) => read.integer(other, 'id'));
  return {
    id,
    type: element.attributes.get('type') ?? 'none',
    widths,
    borders: widths.length > 0 ? [] : borders,
    predecessors: linked('predecessor'),
    successors: linked('successor'),
    marks: readMarks(context, element),
    speeds: childrenNamed(element, 'speed')
      .flatMap((speed) => {
        const mps = readSpeed(context, speed);
        return mps === undefined ? [] : [{ s: read.numberOr(speed, 'sOffset', 0, { min: 0 }), mps }];
      })
      .sort((a, b) => a.s - b.s),
  };
}

function readMarks(context: Context, lane: XmlElement): RoadMark[] {
  const { read } = context;
  const marks = childrenNamed(lane, 'roadMark').map((mark): RoadMark => {
    context.record(mark);
    context.skipOthers(mark, ['type'], 'road/lanes/laneSection/lane/roadMark');
    const type = mark.attributes.get('type') ?? 'none';
    const s = read.numberOr(mark, 'sOffset', 0, { min: 0, max: MAX_ROAD_LENGTH });
    const given = LANE_CHANGES.find((choice) => choice === mark.attributes.get('laneChange'));
    const broken = type.startsWith('broken');
    const paint = readPaint(context, mark);
    // Most tools write "none" on every mark; where the painted line may be crossed, the paint counts.
    if (broken && given === 'none') {
      context.skip('laneChange="none" on broken road marks', mark.line, 'the painted line counts: it may be crossed');
      return { s, type, laneChange: 'both', ...paint };
    }
    return { s, type, laneChange: given ?? (broken || type === 'none' ? 'both' : 'none'), ...paint };
  });
  return marks.sort((a, b) => a.s - b.s);
}

/** What a mark looks like. */
function readPaint(context: Context, mark: XmlElement): Pick<RoadMark, 'color' | 'width' | 'bold' | 'lines'> {
  const { read } = context;
  const positive = (element: XmlElement, name: string) => {
    const value = read.numberOr(element, name, 0);
    return value > 0 ? value : undefined;
  };
  const type = read.child(mark, 'type');
  if (type) context.skipOthers(type, ['line'], 'road/lanes/laneSection/lane/roadMark/type');
  const lines = childrenNamed(type, 'line').map((line): MarkLine => {
    context.record(line);
    return {
      length: positive(line, 'length') ?? 0,
      space: positive(line, 'space') ?? 0,
      tOffset: read.numberOr(line, 'tOffset', 0),
      sOffset: read.numberOr(line, 'sOffset', 0, { min: 0, max: MAX_ROAD_LENGTH }),
      width: positive(line, 'width') ?? (type && positive(type, 'width')),
    };
  });
  const color = mark.attributes.get('color');
  const width = positive(mark, 'width');
  return {
    ...(color !== undefined && color !== 'standard' && { color }),
    ...(width !== undefined && { width }),
    ...(mark.attributes.get('weight') === 'bold' && { bold: true }),
    ...(lines.length > 0 && { lines }),
  };
}
