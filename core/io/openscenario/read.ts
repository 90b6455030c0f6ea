/**
 * OpenSCENARIO 1.x text → `Storyboard`: parameters resolved, every number and reference checked, everything counted. What the file
 * has and the lab does not use goes into `skips`. Files are hostile until read: entities, conditions and events are bounded.
 */
import type { XmlElement } from '../../base/xml.ts';
import { SIZES } from '../../tasks/driving/kinds/kinds.ts';
import { WHEELBASE } from '../../abi/layout.ts';
import { MAX_LOG_ACTORS, shorten, type Skips } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import { type CatalogueFile, readCatalogues } from './catalogues.ts';
import { readActions } from './actions.ts';
import type { Act, Entity, EntityType, ManeuverGroup, Storyboard, StoryEvent } from './model.ts';
import type { ReadContext } from './positions.ts';
import { readTrigger } from './triggers.ts';
import { resolveParameters } from './parameters.ts';
import { all, child, descendants, needChild, numberAttribute, locationOf, readXmlFile } from '../logs/xml-file.ts';

/** Conditions and events of one file. */
const MAX_CONDITIONS = 2000;
const MAX_EVENTS = 2000;
const READ = new Set(
  'FileHeader ParameterDeclarations VariableDeclarations CatalogLocations RoadNetwork Entities Storyboard'.split(' '),
);

/** `catalogues`: the files that the storyboard refers to. @throws ImportError */
export function readStoryboard(bytes: Uint8Array, skips: Skips, catalogues: readonly CatalogueFile[] = []): Storyboard {
  let tree: XmlElement | undefined;
  readXmlFile(bytes, { depth: 0, limits: { elements: 100_000 }, onElement: (element) => (tree = element) });
  if (tree?.name !== 'OpenSCENARIO') throw new ImportError('file', 'The root element is no <OpenSCENARIO>.');
  if (child(tree, 'Catalog') && !child(tree, 'Storyboard'))
    throw new ImportError('file', 'The file is a catalogue of a storyboard: open it together with the storyboard.');
  const root = resolveParameters(tree, (text) => skips.add(`expression ${text}`, 'no arithmetic: kept as text'), {
    entry: readCatalogues(catalogues, skips),
  });
  const header = needChild(root, 'FileHeader');
  const [major, minor] = ['revMajor', 'revMinor'].map((name) => numberAttribute(header, name, 100));
  if (major !== 1) throw new ImportError(locationOf(header), `got revision ${major}.${minor}, expected 1.x`);
  const description = shorten(header.attributes.get('description') ?? '', 200);
  for (const { name } of root.children) if (!READ.has(name)) skips.add(name, 'not used by the lab');

  const entities = readEntities(needChild(root, 'Entities'), skips);
  const known = new Set(entities.map(({ id }) => id));
  const context: ReadContext = {
    side: description.startsWith('CARLA:') ? -1 : 1,
    entity(element, attribute = 'entityRef') {
      const ref = element.attributes.get(attribute) ?? '';
      if (!known.has(ref)) throw new ImportError(locationOf(element), `there is no entity "${shorten(ref, 40)}"`);
      return ref;
    },
  };
  const storyboard = needChild(root, 'Storyboard');
  const counts = { Condition: 0, Event: 0 };
  for (const { name, line } of descendants(storyboard)) {
    if (name !== 'Condition' && name !== 'Event') continue;
    if (++counts[name] > (name === 'Event' ? MAX_EVENTS : MAX_CONDITIONS))
      throw new ImportError(`line ${line}, ${name}`, `more than ${name === 'Event' ? MAX_EVENTS : MAX_CONDITIONS}`);
  }
  const egoIndex = chooseEgo(entities);
  return {
    revision: `${major}.${minor}`,
    description,
    roadFile: readRoadFile(needChild(root, 'RoadNetwork'), skips),
    entities,
    ...egoIndex,
    init: readInit(needChild(storyboard, 'Init'), context, skips),
    acts: all(storyboard, 'Story').flatMap((story) =>
      all(story, 'Act').map((act) => readAct(act, nameOf(story), context, skips)),
    ),
    stop: readTrigger(child(storyboard, 'StopTrigger'), context, skips),
  };
}

const nameOf = ({ attributes }: XmlElement) => shorten(attributes.get('name') ?? '', 60);

function readRoadFile(network: XmlElement, skips: Skips): string {
  for (const { name } of network.children)
    if (name !== 'LogicFile') skips.add(name, name === 'SceneGraphFile' ? 'a 3-D model' : 'not used by the lab');
  return shorten(child(network, 'LogicFile')?.attributes.get('filepath') ?? '', 200);
}

function readEntities(element: XmlElement, skips: Skips): Entity[] {
  const objects = all(element, 'ScenarioObject');
  if (objects.length > MAX_LOG_ACTORS)
    throw new ImportError(locationOf(element), `${objects.length} entities, at most ${MAX_LOG_ACTORS}`);
  for (const { name } of element.children)
    if (name !== 'ScenarioObject') skips.add(name, 'selections are not resolved');
  const names = new Set<string>();
  return objects.map((object) => {
    const id = object.attributes.get('name');
    if (!id) throw new ImportError(locationOf(object), 'it has no name');
    if (names.has(id)) throw new ImportError(locationOf(object), `"${shorten(id, 40)}" is there twice`);
    names.add(id);
    if (child(object, 'ObjectController')) skips.add('ObjectController', 'the lab’s policy drives the ego');
    const body = object.children.find(({ name }) => name !== 'ObjectController');
    if (!body)
      throw new ImportError(
        locationOf(object),
        `${shorten(id, 40)} is neither a vehicle nor a pedestrian nor an object`,
      );
    return readEntity(id, body, skips);
  });
}

function readEntity(id: string, body: XmlElement, skips: Skips): Entity {
  const { attributes } = body;
  const catalog = attributes.get('catalogName') ?? '';
  if (body.name === 'CatalogReference')
    skips.add(
      `catalogue entry ${catalog}/${attributes.get('entryName') ?? ''}`,
      'its catalogue is not at hand: its size is the lab’s usual one',
    );
  const word = body.name === 'CatalogReference' ? catalog : body.name;
  const type: EntityType = /pedestrian/i.test(word) ? 'pedestrian' : /misc/i.test(word) ? 'object' : 'vehicle';
  const category = ['vehicleCategory', 'pedestrianCategory', 'miscObjectCategory'].map((key) => attributes.get(key));
  const kind = shorten(category.find(Boolean) ?? (body.name === 'CatalogReference' ? type : body.name), 40);
  const box = child(body, 'BoundingBox');
  const [middle, dimensions] = [box && child(box, 'Center'), box && child(box, 'Dimensions')];
  const usual = type === 'pedestrian' ? SIZES.pedestrian : type === 'object' ? SIZES.static : usualSize(kind);
  const size = (name: 'length' | 'width') =>
    Math.max(0.2, dimensions ? numberAttribute(dimensions, name, 1000) : usual[name]);
  const usualCentre = type === 'vehicle' ? WHEELBASE / 2 : 0;
  return {
    id,
    kind,
    type,
    model: shorten(attributes.get('name') ?? attributes.get('entryName') ?? '', 80),
    length: size('length'),
    width: size('width'),
    centre: middle ? numberAttribute(middle, 'x', 100) : usualCentre,
    sized: dimensions !== undefined,
    marked: [...descendants(body)].some(
      (each) => each.name === 'Property' && each.attributes.get('value') === 'ego_vehicle',
    ),
  };
}

const usualSize = (kind: string) =>
  /bicycle/i.test(kind) ? SIZES.bicycle : /truck|bus|trailer/i.test(kind) ? SIZES.truck : SIZES.car;

/** By its mark, by the names the tools use, or the first. */
function chooseEgo(entities: readonly Entity[]): Pick<Storyboard, 'ego' | 'egoWhy'> {
  const marked = entities.findIndex((entity) => entity.marked);
  if (marked >= 0) return { ego: marked, egoWhy: 'its type is ego_vehicle' };
  const named = entities.findIndex(({ id }) => /^(ego|hero|ego_vehicle)$/i.test(id));
  if (named >= 0) return { ego: named, egoWhy: 'by its name' };
  return { ego: entities.length > 0 ? 0 : -1, egoWhy: 'the first entity' };
}

function readInit(init: XmlElement, context: ReadContext, skips: Skips): Storyboard['init'] {
  return needChild(init, 'Actions').children.flatMap((element) => {
    if (element.name !== 'Private')
      return readActions(element, context, skips).map((action) => ({ entity: '', action }));
    const entity = context.entity(element);
    return all(element, 'PrivateAction').flatMap((each) =>
      readActions(each, context, skips).map((action) => ({ entity, action })),
    );
  });
}

function readAct(act: XmlElement, story: string, context: ReadContext, skips: Skips): Act {
  return {
    name: nameOf(act),
    story,
    groups: all(act, 'ManeuverGroup').map((group) => readGroup(group, context, skips)),
    start: readTrigger(child(act, 'StartTrigger'), context, skips),
    stop: readTrigger(child(act, 'StopTrigger'), context, skips),
  };
}

const timesOf = (element: XmlElement) =>
  element.attributes.has('maximumExecutionCount')
    ? Math.max(1, Math.min(1000, Math.round(numberAttribute(element, 'maximumExecutionCount'))))
    : 1;

function readGroup(group: XmlElement, context: ReadContext, skips: Skips): ManeuverGroup {
  const actors = needChild(group, 'Actors');
  if (actors.attributes.get('selectTriggeringEntities') === 'true')
    skips.add('selectTriggeringEntities', 'only the actors that are named act');
  for (const { name } of group.children)
    if (name === 'CatalogReference') skips.add('maneuver in a catalogue', 'its catalogue is not at hand');
  return {
    name: nameOf(group),
    times: timesOf(group),
    actors: all(actors, 'EntityRef').map((each) => context.entity(each)),
    maneuvers: all(group, 'Maneuver').map((maneuver) => ({
      name: nameOf(maneuver),
      events: all(maneuver, 'Event').map((event): StoryEvent => {
        const priority = event.attributes.get('priority');
        return {
          name: nameOf(event),
          priority: priority === 'skip' || priority === 'parallel' ? priority : 'overwrite',
          times: timesOf(event),
          start: readTrigger(child(event, 'StartTrigger'), context, skips),
          actions: all(event, 'Action').flatMap((action) =>
            action.children
              .flatMap((each) => readActions(each, context, skips))
              .map((each) => ({ name: nameOf(action), action: each })),
          ),
        };
      }),
    })),
  };
}
