/**
 * Small logs for the tests. Of GPUDrive and Nocturne no sample is at hand: these have the keys that the two converters write
 * (facebookresearch/nocturne waymo_scenario_construction.py, Emerge-Lab/gpudrive process_waymo_files.py); the keys inside
 * `metadata` besides `sdc_track_index`, and a whole real scene, are inferred.
 */

export const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

interface SceneOptions {
  readonly unit: 'degrees' | 'radians';
  readonly metadata: boolean;
  readonly others?: number;
  readonly steps?: number;
  /** Direction of travel, rad. */
  readonly direction?: number;
  readonly dt?: number;
}
type Numbers = (number | { x: number; y: number })[];
interface SceneObject {
  id?: number;
  type: string;
  position: Numbers;
  heading: unknown;
  velocity: Numbers;
  valid: (boolean | number)[];
  width: number;
  length: number;
  [key: string]: unknown;
}
export interface Scene {
  objects: SceneObject[];
  roads: { type: string; geometry: { x: number; y: number }[] }[];
  [key: string]: unknown;
}

/** Cars at 10 m/s in lanes 4 m apart; the ego is the second object, on the line through (1000, 2000). */
export function waymoScene({ unit, metadata, others = 3, steps = 91, direction = 2, dt = 0.1 }: SceneOptions): Scene {
  const [cos, sin] = [Math.cos(direction), Math.sin(direction)];
  const heading = unit === 'degrees' ? (direction * 180) / Math.PI : direction;
  const filler = metadata ? -1e4 : 1e-4;
  const objects = Array.from({ length: others + 1 }, (_, i): SceneObject => {
    const [ahead, left] = i === 1 ? [0, 0] : [10 + 5 * i, 4 * (i + 1)];
    const valid = Array.from({ length: steps }, (_, k) => i !== 2 || (k >= 10 && k <= 50));
    const at = (k: number) => ahead + 10 * dt * k;
    return {
      ...(metadata && { id: 100 + i, mark_as_expert: false }),
      type: i === 3 ? 'pedestrian' : 'vehicle',
      position: valid.map((ok, k) =>
        ok
          ? { x: 1000 + at(k) * cos - left * sin, y: 2000 + at(k) * sin + left * cos, z: 3 }
          : { x: filler, y: filler },
      ),
      heading: valid.map((ok) => (ok ? heading : filler)),
      velocity: valid.map((ok) => (ok ? { x: 10 * cos, y: 10 * sin } : { x: filler, y: filler })),
      valid,
      width: i === 3 ? 0.6 : 1.9,
      length: i === 3 ? 0.5 : 4.6,
      height: 1.5,
      goalPosition: { x: 0, y: 0 },
    };
  });
  return {
    name: 'tfrecord-00000-of-00001_0.json',
    ...(metadata && { scenario_id: 'abc', metadata: { sdc_track_index: 1, tracks_to_predict: [{}, {}] } }),
    objects,
    roads: [
      {
        type: 'lane',
        geometry: [
          { x: 0, y: 0 },
          { x: 30, y: 40 },
        ],
      },
      { type: 'road_edge', geometry: [{ x: 0, y: 0 }] },
      { type: 'stop_sign', geometry: [{ x: 0, y: 0 }] },
    ],
    tl_states: { 17: { state: ['stop'], x: [0], y: [0], time_index: [0] } },
  };
}

const state = (tag: string, step: number, x: number, y: number, heading = 0, velocity = 10) =>
  `<${tag}><position><point><x>${x}</x><y>${y}</y></point></position><orientation><exact>${heading}</exact></orientation>` +
  `<time><exact>${step}</exact></time><velocity><exact>${velocity}</exact></velocity></${tag}>`;
const bound = (tag: string, y: number, from: number, to: number) =>
  `<${tag}>${[from, (from + to) / 2, to].map((x) => `<point><x>${x}</x><y>${y}</y></point>`).join('')}</${tag}>`;
const BOX = '<shape><rectangle><length>4.5</length><width>2</width></rectangle></shape>';

/** Two lanes of 2 × 100 m; a car ahead at 10 m/s, a parked one beside; 2018b by default, at 25 Hz. */
export function commonRoad({ version = '2018b', dt = 0.04, steps = 100 } = {}): string {
  const old = version === '2018b';
  const lane = (id: number, y: number, from: number, more: string) =>
    `<lanelet id="${id}">${bound('leftBound', y + 2, from, from + 100)}${bound('rightBound', y - 2, from, from + 100)}${more}` +
    `${old ? '<speedLimit>13.9</speedLimit>' : '<laneletType>urban</laneletType>'}</lanelet>`;
  const obstacle = (role: string, id: number, inside: string) =>
    old
      ? `<obstacle id="${id}"><role>${role}</role>${inside}</obstacle>`
      : `<${role}Obstacle id="${id}">${inside}</${role}Obstacle>`;
  const states = Array.from({ length: steps - 1 }, (_, i) => state('state', i + 1, 40 + 10 * dt * (i + 1), 0)).join('');
  return (
    `<?xml version="1.0"?>\n<commonRoad commonRoadVersion="${version}" benchmarkID="ZAM_Test-1_1_T-1" timeStepSize="${dt}">\n` +
    `${lane(1, 0, 0, '<successor ref="3"/><adjacentLeft ref="2" drivingDir="same"/>')}\n` +
    `${lane(2, 4, 0, '<successor ref="4"/><adjacentRight ref="1" drivingDir="same"/>')}\n` +
    `${lane(3, 0, 100, '<predecessor ref="1"/><adjacentLeft ref="4" drivingDir="same"/>')}\n` +
    `${lane(4, 4, 100, '<predecessor ref="2"/><adjacentRight ref="3" drivingDir="same"/>')}\n` +
    `${obstacle('static', 20, `<type>parkedVehicle</type>${BOX}${state('initialState', 0, 60, 4, 3, 0)}`)}\n` +
    `${obstacle('dynamic', 21, `<type>car</type>${BOX}${state('initialState', 0, 40, 0)}<trajectory>${states}</trajectory>`)}\n` +
    `<planningProblem id="7">${state('initialState', 0, 10, 0)}<goalState><position><lanelet ref="3"/></position>` +
    `<time><intervalStart>0</intervalStart><intervalEnd>300</intervalEnd></time></goalState></planningProblem>\n</commonRoad>\n`
  );
}

export const OPEN_SCENARIO = `<?xml version="1.0"?>
<!-- a comment <first> --><OpenSCENARIO><FileHeader revMajor="1" revMinor="1"/>
<ParameterDeclarations><ParameterDeclaration name="Speed" parameterType="double" value="108"/></ParameterDeclarations>
<RoadNetwork><LogicFile filepath="road.xodr"/></RoadNetwork>
<Entities><ScenarioObject name="Other"><Vehicle name="v" vehicleCategory="truck"/></ScenarioObject>
<ScenarioObject name="Ego"><CatalogReference catalogName="VehicleCatalog" entryName="car"/></ScenarioObject></Entities>
<Storyboard><Init><Actions><Private entityRef="Ego"><PrivateAction><LongitudinalAction><SpeedAction><SpeedActionDynamics dynamicsShape="step" value="0" dynamicsDimension="time"/><SpeedActionTarget>
<AbsoluteTargetSpeed value="\${$Speed / 3.6}"/></SpeedActionTarget></SpeedAction></LongitudinalAction></PrivateAction></Private></Actions></Init>
<Story name="s"><ParameterDeclarations><ParameterDeclaration name="who" parameterType="string" value="Other"/></ParameterDeclarations>
<Act name="a"><ManeuverGroup name="g"><Actors><EntityRef entityRef="$who"/></Actors><Maneuver name="m"><Event name="e">
<Action name="x"><PrivateAction><LateralAction><LaneChangeAction><LaneChangeActionDynamics dynamicsShape="linear" value="2" dynamicsDimension="time"/>
<LaneChangeTarget><AbsoluteTargetLane value="-1"/></LaneChangeTarget></LaneChangeAction></LateralAction></PrivateAction></Action>
<StartTrigger><ConditionGroup><Condition name="c"><ByValueCondition><SimulationTimeCondition value="3" rule="greaterThan"/>
</ByValueCondition></Condition></ConditionGroup></StartTrigger></Event></Maneuver></ManeuverGroup></Act></Story></Storyboard></OpenSCENARIO>`;

export const ROUTES = `<routes><route id="7" town="Town12"><weathers><weather route_percentage="0" cloudiness="5.0"/></weathers>
<waypoints><position x="0" y="0" z="1"/><position x="100" y="0" z="1"/><position x="150" y="50" z="1"/></waypoints>
<scenarios><scenario name="Accident_1" type="Accident"><trigger_point x="50" y="0" z="1" yaw="0"/></scenario></scenarios></route>
<route id="8" town="Town01"><waypoint x="0" y="0" z="0" yaw="0" pitch="0" roll="0"/>
<waypoint x="50" y="20" z="0" yaw="90" pitch="0" roll="0"/></route></routes>`;
