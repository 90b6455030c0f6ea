/**
 * OpenSCENARIO 1.x as a static description: the road file, the entities, where they start and how fast, and the storyboard's
 * events with their actions and triggers, parameters resolved. A scenario file says what shall happen, on a map in another
 * file: nothing of it has poses over time, so there is nothing to replay, and what would have to be simulated is listed.
 * Source: ASAM OpenSCENARIO 1.1 XML model; the subset is that of esmini's and ScenarioRunner's examples.
 */
import type { XmlElement } from '../../xml.ts';
import {
  createSkips,
  type ImportedLog,
  ImportError,
  type LogActor,
  MAX_LOG_ACTORS,
  shorten,
  type Skips,
} from './log.ts';
import { resolveParameters } from './parameters.ts';
import { all, child, descendants, needChild, numberAttribute, place, readXmlFile } from './xml-file.ts';

/** Reads a scenario file. @throws ImportError */
export function importOpenScenario(bytes: Uint8Array): ImportedLog {
  let tree: XmlElement | undefined;
  readXmlFile(bytes, { depth: 0, limits: { elements: 100_000 }, onElement: (element) => (tree = element) });
  const skips = createSkips();
  const root = resolveParameters(tree as unknown as XmlElement, (text) =>
    skips.add(`expression ${text}`, 'no arithmetic: kept as text'),
  );
  const header = needChild(root, 'FileHeader');
  const [major, minor] = ['revMajor', 'revMinor'].map((name) => numberAttribute(header, name, 100));
  if (major !== 1) throw new ImportError(place(header), `got revision ${major}.${minor}, expected 1.x`);
  const entities = readEntities(needChild(root, 'Entities'), skips);
  const storyboard = needChild(root, 'Storyboard');
  const details = [...readRoad(root, skips), ...readStart(needChild(storyboard, 'Init'), entities, skips)];
  details.push(...readStory(storyboard, skips));
  for (const { name } of root.children) if (!READ.has(name)) skips.add(name, 'not part of a static description');
  const index = egoIndex(entities);
  const actors = entities.map(({ id, kind }): LogActor => ({ id, kind, firstStep: 0, lastStep: 0, mode: 'described' }));
  const ego = actors[index];
  skips.add('drive', 'the road is in another file, and motions are told by triggers, not recorded');
  return {
    format: `openscenario-${major}.${minor}`,
    steps: 1,
    dtSeconds: null,
    actors: actors.filter((_, i) => i !== index),
    ego: ego ? { id: ego.id, kind: ego.kind, firstStep: 0, lastStep: 0, source: 'task' } : null,
    lanes: null,
    roadLengthMetres: null,
    skipped: skips.list(),
    notes: ego ? [`the ego is ${ego.id}: ${entities[index].why}`] : [],
    details,
  };
}
const READ = new Set([
  'FileHeader',
  'ParameterDeclarations',
  'CatalogLocations',
  'RoadNetwork',
  'Entities',
  'Storyboard',
]);

interface Entity {
  readonly id: string;
  readonly kind: string;
  why: string;
  readonly marked: boolean;
}

function readEntities(element: XmlElement, skips: Skips): Entity[] {
  const objects = all(element, 'ScenarioObject');
  if (objects.length > MAX_LOG_ACTORS)
    throw new ImportError(place(element), `${objects.length} entities, at most ${MAX_LOG_ACTORS}`);
  for (const { name } of element.children)
    if (name !== 'ScenarioObject') skips.add(name, 'selections are not resolved');
  const names = new Set<string>();
  return objects.map((object) => {
    const id = object.attributes.get('name');
    if (!id) throw new ImportError(place(object), 'it has no name');
    if (names.has(id)) throw new ImportError(place(object), `"${shorten(id, 40)}" is there twice`);
    names.add(id);
    if (child(object, 'ObjectController')) skips.add('ObjectController', 'the lab’s policy drives the ego');
    const body = object.children.find(({ name }) => name !== 'ObjectController');
    if (!body)
      throw new ImportError(place(object), `${shorten(id, 40)} is neither a vehicle nor a pedestrian nor an object`);
    const { attributes } = body;
    const marked = [...descendants(body)].some(
      (each) => each.name === 'Property' && each.attributes.get('value') === 'ego_vehicle',
    );
    return { id, kind: kindOf(body, attributes, skips), why: '', marked };
  });
}

function kindOf(body: XmlElement, attributes: XmlElement['attributes'], skips: Skips): string {
  if (body.name === 'CatalogReference') {
    const catalog = attributes.get('catalogName') ?? '';
    skips.add(
      `catalogue entry ${catalog}/${attributes.get('entryName') ?? ''}`,
      'catalogues are other files: its size is unknown',
    );
    return /pedestrian/i.test(catalog) ? 'pedestrian' : /misc/i.test(catalog) ? 'object' : 'vehicle';
  }
  const category = ['vehicleCategory', 'pedestrianCategory', 'miscObjectCategory'].map((name) => attributes.get(name));
  return shorten(category.find(Boolean) ?? body.name, 40);
}

/** By its mark, by the names the tools use, or the first. */
function egoIndex(entities: readonly Entity[]): number {
  const named = entities.findIndex(({ id }) => /^(ego|hero|ego_vehicle)$/i.test(id));
  const marked = entities.findIndex((entity) => entity.marked);
  const index = marked >= 0 ? marked : named >= 0 ? named : entities.length > 0 ? 0 : -1;
  if (index >= 0)
    entities[index].why = marked >= 0 ? 'its type is ego_vehicle' : named >= 0 ? 'by its name' : 'the first entity';
  return index;
}

function readRoad(root: XmlElement, skips: Skips): string[] {
  const network = needChild(root, 'RoadNetwork');
  const file = child(network, 'LogicFile')?.attributes.get('filepath');
  for (const { name } of network.children)
    if (name !== 'LogicFile') skips.add(name, name === 'SceneGraphFile' ? 'a 3-D model' : 'not used by the lab');
  if (!file) return ['road: none named'];
  skips.add(`road file ${file}`, 'it is another file: lane and road positions are not placed');
  return [`road: ${shorten(file, 200)}`];
}

function readStart(init: XmlElement, entities: readonly Entity[], skips: Skips): string[] {
  const actions = needChild(init, 'Actions');
  for (const { name } of actions.children)
    if (name !== 'Private') skips.add(`Init ${name}`, 'weather, traffic and global actions are not simulated');
  const of = new Map(all(actions, 'Private').map((each) => [reference(each, entities), each]));
  return entities.map(({ id, kind }) => {
    const own = of.get(id);
    const lines = own ? all(own, 'PrivateAction').map((action) => describeStart(action, skips)) : [];
    return `entity ${shorten(id, 40)} (${kind}): ${lines.filter(Boolean).join(', ') || 'no start given'}`;
  });
}

function reference(element: XmlElement, entities: readonly Entity[]): string {
  const ref = element.attributes.get('entityRef') ?? '';
  if (!entities.some(({ id }) => id === ref))
    throw new ImportError(place(element), `there is no entity "${shorten(ref, 40)}"`);
  return ref;
}

function describeStart(action: XmlElement, skips: Skips): string {
  const below = [...descendants(action)];
  const find = (name: string) => below.find((element) => element.name === name);
  const speed = find('AbsoluteTargetSpeed');
  if (speed) return `${numberAttribute(speed, 'value', 1000)} m/s`;
  const at = find('TeleportAction') && find('Position')?.children[0];
  if (at) {
    for (const name of ['s', 't', 'offset', 'x', 'y', 'z', 'h', 'ds', 'dt', 'dx', 'dy'])
      if (at.attributes.has(name)) numberAttribute(at, name);
    return describe(at);
  }
  for (const { name } of action.children) skips.add(`Init ${name}`, 'not simulated');
  return '';
}

/** "LanePosition roadId 1, laneId -1, s 30" */
function describe({ name, attributes }: XmlElement): string {
  const values = [...attributes].map(([key, value]) => `${key} ${shorten(value, 60)}`);
  return values.length > 0 ? `${name} ${values.join(', ')}` : name;
}

function readStory(storyboard: XmlElement, skips: Skips): string[] {
  const lines: string[] = [];
  for (const group of [...descendants(storyboard)].filter(({ name }) => name === 'ManeuverGroup')) {
    const actors = child(group, 'Actors');
    const who = actors
      ? all(actors, 'EntityRef').map(({ attributes }) => shorten(attributes.get('entityRef') ?? '', 40))
      : [];
    for (const event of [...descendants(group)].filter(({ name }) => name === 'Event')) {
      const actions = all(event, 'Action').map((action) => {
        const kind = [...descendants(action)].find(({ name }) => name.endsWith('Action') && !CONTAINERS.has(name));
        skips.add(`action ${kind?.name ?? 'Action'}`, 'events are described, not simulated');
        return kind?.name ?? 'Action';
      });
      const when = child(event, 'StartTrigger');
      const name = shorten(event.attributes.get('name') ?? '', 60);
      lines.push(`event ${name} (${who.join(', ')}): ${actions.join(', ')} when ${when ? triggers(when) : 'nothing'}`);
    }
  }
  for (const trigger of descendants(storyboard)) {
    if (!trigger.name.endsWith('Trigger')) continue;
    for (const condition of conditions(trigger))
      skips.add(`trigger ${condition.name}`, 'events are described, not simulated');
  }
  const stop = child(storyboard, 'StopTrigger');
  if (stop && stop.children.length > 0) lines.push(`stops when ${triggers(stop)}`);
  return lines.map((line) => shorten(line, 1000)).slice(0, 1000);
}
const CONTAINERS = new Set([
  'PrivateAction',
  'GlobalAction',
  'UserDefinedAction',
  'LongitudinalAction',
  'LateralAction',
  'RoutingAction',
  'ControllerAction',
]);

/** The conditions of a trigger: the element that says what is compared. */
const conditions = (trigger: XmlElement): XmlElement[] =>
  [...descendants(trigger)].filter(
    ({ name }) =>
      name.endsWith('Condition') &&
      !['Condition', 'ByEntityCondition', 'ByValueCondition', 'EntityCondition'].includes(name),
  );

/** Groups are alternatives, the conditions of a group hold together. */
function triggers(trigger: XmlElement): string {
  return all(trigger, 'ConditionGroup')
    .map((group) => conditions(group).map(describe).join(' and '))
    .join(' or ');
}
