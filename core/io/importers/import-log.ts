/**
 * The one door for recorded drives and scenario files of other tools: what a file is, is told by its content, never by its
 * name; then the importer of that format reads it. `lab import` and the page's File → Open both come through here.
 */
import { DT } from '../../abi/layout.ts';
import { isCarlaLog, parseCarlaLog } from '../recordings/carla-log.ts';
import { importCarlaLog } from './carla-import.ts';
import { importComma, isCommaLog, parseLogText } from './comma.ts';
import { importCommonRoad } from './commonroad.ts';
import { type ImportedLog, type LogActor, polylineLength, shorten } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import type { CatalogueFile } from '../openscenario/catalogues.ts';
import { importOpenScenario } from '../openscenario/openscenario.ts';
import { importRoutes } from './route-xml.ts';
import { importWaymoJson, isWaymoJson } from './waymo-json.ts';
import type { RoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import type { ActorMode } from '../logs/reactive.ts';
import { checkSize } from '../logs/xml-file.ts';

export { describeLog, type ImportedLog } from '../logs/log.ts';
export { ImportError } from '../../base/import-error.ts';

export interface ImportOptions {
  /** Which route of a file with several. */
  readonly route?: string;
  /** Whether road users replay the file or react to the ego, where the format tells (not comma2k19's radar leads). */
  readonly actors?: ActorMode;
  /** The road network of a CARLA recording or an OpenSCENARIO file. */
  readonly map?: RoadMap;
  /** Catalogue files of an OpenSCENARIO file. */
  readonly catalogues?: readonly CatalogueFile[];
}

/** A file that was looked at: `import` reads it as a log; `json` is what a JSON file holds that is no log. */
export type Recognised =
  | { readonly log: true; import(name: string, options?: ImportOptions): ImportedLog }
  | { readonly log: false; readonly json: unknown };

const XML_FORMATS: Readonly<Record<string, (name: string, bytes: Uint8Array, options: ImportOptions) => ImportedLog>> =
  {
    commonRoad: importCommonRoad,
    OpenSCENARIO: importOpenScenario,
    routes: (name, bytes, { route }) => importRoutes(name, bytes, route),
  };
/** The root element begins within this much of a file. */
const HEAD_BYTES = 1024 * 1024;
const KNOWN =
  'comma2k19-lite, GPUDrive or Nocturne JSON, CommonRoad, OpenSCENARIO, leaderboard routes or a CARLA recording';

/** Tells what a file is by its content. @throws ImportError for one that is too large, no text, cut off, or of no known kind. */
export function recognise(bytes: Uint8Array): Recognised {
  if (isCarlaLog(bytes))
    return { log: true, import: (name, options) => importCarlaLog(name, parseCarlaLog(bytes), options) };
  checkSize(bytes.length);
  const head = headOf(bytes);
  if (head.startsWith('<')) {
    const root = rootName(head);
    const read = root !== undefined && Object.hasOwn(XML_FORMATS, root) ? XML_FORMATS[root] : undefined;
    if (root === 'OpenDRIVE')
      throw new ImportError('file', 'The file is an OpenDRIVE map, not a drive; lab road reads it.');
    if (!read) throw new ImportError('file', `The root element is <${shorten(root ?? '?', 40)}>, expected ${KNOWN}.`);
    return { log: true, import: (name, options = {}) => read(name, bytes, options) };
  }
  const json = parseLogText(bytes);
  if (isCommaLog(json)) return { log: true, import: (name) => importCommaLog(name, json) };
  if (isWaymoJson(json))
    return { log: true, import: (name, options = {}) => importWaymoJson(name, json, options.actors) };
  return { log: false, json };
}

/** Reads a log. `name` is the file's name. @throws ImportError */
export function importLog(name: string, bytes: Uint8Array, options?: ImportOptions): ImportedLog {
  const file = recognise(bytes);
  if (file.log) return file.import(name, options);
  throw new ImportError('file', `The file is JSON of no known kind, expected ${KNOWN}.`);
}

function headOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES)).trimStart();
}

/** Name of the first element, after the declaration and comments. @throws ImportError for a DOCTYPE. */
function rootName(head: string): string | undefined {
  for (let at = 0; at < head.length; ) {
    if (/\s/.test(head[at])) at++;
    else if (head.startsWith('<?', at)) at = after(head, '?>', at);
    else if (head.startsWith('<!--', at)) at = after(head, '-->', at);
    else if (head.startsWith('<!', at))
      throw new ImportError(`line ${head.slice(0, at).split('\n').length}`, 'a DOCTYPE or declaration, expected none');
    else return /^<([\w:.-]{1,100})/.exec(head.slice(at, at + 110))?.[1];
  }
  return undefined;
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

/** A comma2k19-lite log seen as the others are. Its actors are made of radar returns, so they are the scenario's. */
function importCommaLog(name: string, json: unknown): ImportedLog {
  const { scenario, human } = importComma(name, json);
  const file = json as { readonly columns: readonly string[]; readonly radar?: readonly unknown[][] };
  const actors = (scenario.actors ?? []).flatMap((actor): LogActor[] => {
    if (actor.behaviour !== 'replay') return [];
    const present = actor.rows.map((row) => row[4]);
    return [
      {
        id: actor.id,
        kind: 'vehicle',
        firstStep: present.indexOf(1),
        lastStep: present.lastIndexOf(1),
        mode: 'replayed',
      },
    ];
  });
  const used = new Set(['x', 'y', 'heading', 'heading_rad', 't', 'time', 'time_s', 'speed_can', 'speed', 'speed_mps']);
  const skipped = file.columns
    .filter((column) => !used.has(column))
    .map((column) => ({
      what: `column ${shorten(column, 40)}`,
      count: human.length,
      why: 'not needed to replay the drive',
    }));
  const returns = (file.radar ?? []).reduce((sum, row) => sum + row.length, 0);
  if (returns > 0)
    skipped.push({
      what: 'radar returns',
      count: returns,
      why: `gathered into the ${actors.length} cars that led; the rest is dropped`,
    });
  return {
    format: 'comma2k19-lite',
    steps: human.length,
    dtSeconds: DT,
    actors,
    ego: { id: 'ego', kind: 'vehicle', firstStep: 0, lastStep: human.length - 1, source: 'recorded' },
    lanes: null,
    roadLengthMetres: polylineLength((scenario.road.points ?? []).map(([x, y]) => [x, y] as const)),
    skipped,
    notes: [],
    scenario,
    human,
  };
}
