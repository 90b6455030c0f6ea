import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openRoadMap } from '../../tasks/driving/roads/survey/road-map.ts';
import { importLog } from '../importers/import-log.ts';
import { createSkips } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import { catalogueFolders, type CatalogueFile, isCatalogueFile } from './catalogues.ts';
import { openStory } from './openscenario.ts';
import { readStoryboard } from './read.ts';

const DATA = '../shared/data';
const present = existsSync(`${DATA}/openscenario/ltap-od.xosc`);
if (!present) {
  if (process.env.CI) throw new Error(`${DATA}/openscenario is missing`);
  console.warn(`SKIPPED: ${DATA}/openscenario is missing; no real OpenSCENARIO file is read with catalogues.`);
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const catalogue = (name: string, entries: string): CatalogueFile => ({
  name: `${name}.xosc`,
  bytes: bytesOf(
    `<?xml version="1.0"?><OpenSCENARIO><FileHeader revMajor="1" revMinor="1"/><Catalog name="${name}">${entries}</Catalog></OpenSCENARIO>`,
  ),
});
const box = (length: string, width: number, x: number) =>
  `<BoundingBox><Center x="${x}" y="0" z="0.8"/><Dimensions length="${length}" width="${width}" height="1.6"/></BoundingBox>`;
const VEHICLES = catalogue(
  'VehicleCatalog',
  `<Vehicle name="car_white" vehicleCategory="car"><ParameterDeclarations><ParameterDeclaration name="Long" parameterType="double" value="5.04"/></ParameterDeclarations>${box('$Long', 2, 1.4)}</Vehicle>` +
    `<Vehicle name="car_red" vehicleCategory="car">${box('4.6', 1.9, 1.3)}</Vehicle>` +
    `<Vehicle name="truck_yellow" vehicleCategory="truck">${box('8.4', 2.4, 2.8)}</Vehicle>`,
);
const waypoint = (road: number, lane: number, s: number) =>
  `<Waypoint routeStrategy="shortest"><Position><LanePosition roadId="${road}" laneId="${lane}" offset="0" s="${s}"/></Position></Waypoint>`;
const ROUTES = catalogue(
  'RoutesAtFabriksgatan',
  `<Route name="HostStraightRoute" closed="false">${waypoint(0, 1, 63)}${waypoint(2, 1, 0)}</Route>` +
    `<Route name="TargetLeftTurnRoute" closed="false">${waypoint(2, -1, 100)}${waypoint(1, -1, 0)}</Route>`,
);

/** A storyboard whose one car is a reference with `assignments`. */
const referring = (entry: string, more = '', events = '') =>
  bytesOf(
    `<OpenSCENARIO><FileHeader revMajor="1" revMinor="1"/><ParameterDeclarations><ParameterDeclaration name="Which" parameterType="string" value="${entry}"/></ParameterDeclarations>` +
      `<CatalogLocations><VehicleCatalog><Directory path="Catalogs/$Folder"/></VehicleCatalog></CatalogLocations><RoadNetwork/>`.replace(
        '$Folder',
        'Vehicles',
      ) +
      `<Entities><ScenarioObject name="Ego"><CatalogReference catalogName="VehicleCatalog" entryName="$Which">${more}</CatalogReference></ScenarioObject></Entities>` +
      `<Storyboard><Init><Actions/></Init><Story name="s"><Act name="a"><ManeuverGroup name="g" maximumExecutionCount="1"><Actors><EntityRef entityRef="Ego"/></Actors>${events}</ManeuverGroup></Act></Story><StopTrigger/></Storyboard></OpenSCENARIO>`,
  );

describe('catalogues', () => {
  it('an entry stands in the place of its reference, with its own parameters or those assigned', () => {
    const plain = readStoryboard(referring('car_white'), createSkips(), [VEHICLES]);
    expect(plain.entities[0]).toMatchObject({
      model: 'car_white',
      kind: 'car',
      length: 5.04,
      width: 2,
      centre: 1.4,
      sized: true,
    });
    const longer = '<ParameterAssignments><ParameterAssignment parameterRef="Long" value="6"/></ParameterAssignments>';
    expect(readStoryboard(referring('car_white', longer), createSkips(), [VEHICLES]).entities[0].length).toBe(6);
    expect(readStoryboard(referring('truck_yellow'), createSkips(), [VEHICLES]).entities[0]).toMatchObject({
      kind: 'truck',
      length: 8.4,
    });
  });

  it('an entry that is nowhere is listed, and the usual size stands in for it', () => {
    const skips = createSkips();
    const { entities } = readStoryboard(referring('car_green'), skips, [VEHICLES]);
    expect(entities[0].sized).toBe(false);
    expect(skips.list().map(({ what }) => what)).toContain('catalogue entry VehicleCatalog/car_green');
  });

  it('maneuvers, with what they refer to, are read from catalogues too', () => {
    const MANEUVERS = catalogue(
      'ManeuverCatalog',
      `<Maneuver name="brake"><ParameterDeclarations><ParameterDeclaration name="To" parameterType="double" value="3"/></ParameterDeclarations>` +
        `<Event name="e" priority="overwrite"><Action name="x"><PrivateAction><LongitudinalAction><SpeedAction><SpeedActionDynamics dynamicsShape="step" value="0" dynamicsDimension="time"/>` +
        `<SpeedActionTarget><AbsoluteTargetSpeed value="$To"/></SpeedActionTarget></SpeedAction></LongitudinalAction></PrivateAction></Action></Event></Maneuver>`,
    );
    const reference =
      '<CatalogReference catalogName="ManeuverCatalog" entryName="brake"><ParameterAssignments><ParameterAssignment parameterRef="To" value="4"/></ParameterAssignments></CatalogReference>';
    const { acts } = readStoryboard(referring('car_red', '', reference), createSkips(), [VEHICLES, MANEUVERS]);
    const [{ name, events }] = acts[0].groups[0].maneuvers;
    expect(name).toBe('brake');
    expect(events[0].actions[0].action).toMatchObject({ kind: 'speed', target: { value: 4 } });
  });

  it('hostile catalogues: entries that refer to themselves end, those that multiply are refused, damaged files are listed', () => {
    const SELF = catalogue(
      'VehicleCatalog',
      '<Vehicle name="car_white" vehicleCategory="car"><CatalogReference catalogName="VehicleCatalog" entryName="car_white"/></Vehicle>',
    );
    expect(readStoryboard(referring('car_white'), createSkips(), [SELF]).entities).toHaveLength(1);
    const many = '<CatalogReference catalogName="VehicleCatalog" entryName="car_white"/>'.repeat(60);
    const BOMB = catalogue('VehicleCatalog', `<Vehicle name="car_white" vehicleCategory="car">${many}</Vehicle>`);
    expect(() => readStoryboard(referring('car_white'), createSkips(), [BOMB])).toThrow(
      'more than 200000 elements come from catalogues',
    );
    const skips = createSkips();
    readStoryboard(referring('car_white'), skips, [
      { name: 'cut.xosc', bytes: VEHICLES.bytes.subarray(0, 200) },
      VEHICLES,
    ]);
    expect(skips.list()).toMatchObject([{ what: 'catalogue file cut.xosc', count: 1 }]);
  });

  it('the folders that a storyboard names are told; a catalogue alone is no storyboard', () => {
    expect(catalogueFolders(referring('car_white'))).toEqual(['Catalogs/Vehicles']);
    expect([isCatalogueFile(VEHICLES.bytes), isCatalogueFile(referring('car_white'))]).toEqual([true, false]);
    expect(() => readStoryboard(VEHICLES.bytes, createSkips())).toThrow(ImportError);
    expect(() => readStoryboard(VEHICLES.bytes, createSkips())).toThrow('open it together with the storyboard');
  });
});

describe.skipIf(!present)('ltap-od with its catalogues', () => {
  const name = 'fabriksgatan_traffic_lights';
  const town = () => openRoadMap(name, readFileSync(`${DATA}/opendrive/${name}.xodr`, 'utf8'));
  const bytes = present ? new Uint8Array(readFileSync(`${DATA}/openscenario/ltap-od.xosc`)) : new Uint8Array();
  const open = (catalogues?: readonly CatalogueFile[]) =>
    importLog('ltap-od.xosc', bytes, { map: town(), ...(catalogues && { catalogues }) });

  it('the other car starts on its route, turns left in front of the ego, and is in the scenario', () => {
    const log = open([VEHICLES, ROUTES]);
    expect(log.skipped.map(({ what }) => what)).not.toContain('entity NPC');
    expect(log.skipped.filter(({ what }) => /catalogue|route/i.test(what))).toEqual([]);
    expect(log.scenario?.actors).toHaveLength(1);
    const [actor] = log.scenario?.actors ?? [];
    if (actor?.behaviour !== 'replay') throw new Error('NPC does not replay');
    const headings = actor.rows.filter((row) => row[4] !== 0).map((row) => row[2]);
    const turned = Math.abs(headings[headings.length - 1] - headings[0]);
    expect(Math.abs(turned - Math.PI / 2) % Math.PI).toBeLessThan(0.4);
    expect(actor).toMatchObject({ length: 4.6, width: 1.9 });
  });

  it('150 m along a route that begins at s 100 of road 2 is s 250 of it, on its lane', () => {
    const { story, map } = openStory(bytes, town(), createSkips(), [], [VEHICLES, ROUTES]);
    const action = story.init.find((each) => each.entity === 'NPC' && each.action.kind === 'teleport')?.action;
    if (action?.kind !== 'teleport') throw new Error('NPC does not start');
    const placed = map.resolve(action.position, () => undefined);
    const heading = { rad: 0, relative: true };
    const there = map.resolve(
      { kind: 'lane', line: 0, heading, road: '2', lane: -1, s: 250, offset: 0 },
      () => undefined,
    );
    expect(placed?.x).toBeCloseTo(there?.x ?? Number.NaN, 1);
    expect(placed?.y).toBeCloseTo(there?.y ?? Number.NaN, 1);
    expect(placed?.headingRad).toBeCloseTo(there?.headingRad ?? Number.NaN, 2);
  });

  it('without its catalogues it is left out, and the reason is said', () => {
    expect(open().skipped.find(({ what }) => what === 'entity NPC')?.why).toContain('not at hand');
  });
});
