/** Actions of an OpenSCENARIO file. What the lab does not do is over as soon as it begins, and is listed. */
import type { XmlElement } from '../../base/xml.ts';
import { shorten, type Skips } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import type { Action, Dynamics, Shape, SpeedTarget } from './model.ts';
import { type ReadContext, readPosition, readRouteWaypoints, wholeAttribute } from './positions.ts';
import { readEnvironment } from './weather.ts';
import { all, child, descendants, needChild, numberAttribute, locationOf } from '../logs/xml-file.ts';

const SHAPES: readonly string[] = ['linear', 'cubic', 'sinusoidal', 'step'];
const MAX_SPEED = 100;
const MAX_VERTICES = 5000;
const CONTAINERS = new Set(
  'PrivateAction GlobalAction LongitudinalAction LateralAction RoutingAction EntityAction'.split(' '),
);

/** What a <PrivateAction>, <GlobalAction> or <UserDefinedAction> does: one each, of ControllerAction none. @throws ImportError */
export function readActions(holder: XmlElement, context: ReadContext, skips: Skips): Action[] {
  if (CONTAINERS.has(holder.name) && holder.name !== 'EntityAction')
    return holder.children.flatMap((each) => readActions(each, context, skips));
  const skip = (why: string): Action[] => {
    skips.add(`action ${holder.name}`, why);
    return [{ kind: 'none' }];
  };
  switch (holder.name) {
    case 'SpeedAction':
      return [
        {
          kind: 'speed',
          dynamics: readDynamics(needChild(holder, 'SpeedActionDynamics')),
          target: readSpeedTarget(needChild(holder, 'SpeedActionTarget'), context),
        },
      ];
    case 'LaneChangeAction':
      return [readLaneChange(holder, context)];
    case 'LaneOffsetAction':
      return [readLaneOffset(holder, context)];
    case 'FollowTrajectoryAction':
      return readTrajectory(holder, context) ?? skip('only polylines are followed, and catalogues that are at hand');
    case 'AssignRouteAction': {
      const route = child(holder, 'Route');
      if (!route) return skip('its catalogue is not at hand: the lane is followed, straight on');
      return [{ kind: 'route', waypoints: readRouteWaypoints(route, context) }];
    }
    case 'AcquirePositionAction':
      return [{ kind: 'route', waypoints: [readPosition(needChild(holder, 'Position'), context)] }];
    case 'TeleportAction':
      return [{ kind: 'teleport', position: readPosition(needChild(holder, 'Position'), context) }];
    case 'SynchronizeAction':
      return [readSynchronize(holder, context)];
    case 'EnvironmentAction':
      return [readEnvironment(holder, skips) ?? { kind: 'none' }];
    case 'EntityAction':
      if (!child(holder, 'DeleteEntityAction')) return skip('entities are not added later');
      return [{ kind: 'remove', entity: context.entity(holder) }];
    case 'ControllerAction':
    case 'ActivateControllerAction':
      return skip('the lab’s policy drives the ego, the storyboard everyone else');
    default:
      return skip('not simulated');
  }
}

function readDynamics(element: XmlElement): Dynamics {
  const by = element.attributes.get('dynamicsDimension') ?? '';
  if (by !== 'time' && by !== 'distance' && by !== 'rate')
    throw new ImportError(
      `${locationOf(element)} dynamicsDimension`,
      `got "${shorten(by, 30)}", expected time, distance or rate`,
    );
  return { shape: shapeOf(element), by, value: Math.abs(numberAttribute(element, 'value', 1e5)) };
}

function shapeOf(element: XmlElement): Shape {
  const shape = element.attributes.get('dynamicsShape') ?? '';
  if (!SHAPES.includes(shape))
    throw new ImportError(
      `${locationOf(element)} dynamicsShape`,
      `got "${shorten(shape, 30)}", expected ${SHAPES.join(', ')}`,
    );
  return shape as Shape;
}

function readSpeedTarget(element: XmlElement, { entity }: ReadContext): SpeedTarget {
  const absolute = child(element, 'AbsoluteTargetSpeed');
  if (absolute) return { value: numberAttribute(absolute, 'value', MAX_SPEED) };
  const relative = needChild(element, 'RelativeTargetSpeed');
  return {
    value: numberAttribute(relative, 'value', MAX_SPEED),
    to: entity(relative),
    factor: relative.attributes.get('speedTargetValueType') === 'factor',
    continuous: relative.attributes.get('continuous') === 'true',
  };
}

function readLaneChange(element: XmlElement, { entity, side }: ReadContext): Action {
  const target = needChild(element, 'LaneChangeTarget');
  const dynamics = readDynamics(needChild(element, 'LaneChangeActionDynamics'));
  const offset = element.attributes.has('targetLaneOffset')
    ? side * numberAttribute(element, 'targetLaneOffset', 100)
    : 0;
  const relative = child(target, 'RelativeTargetLane');
  if (relative)
    return { kind: 'laneChange', dynamics, lane: wholeAttribute(relative, 'value'), to: entity(relative), offset };
  return {
    kind: 'laneChange',
    dynamics,
    lane: wholeAttribute(needChild(target, 'AbsoluteTargetLane'), 'value'),
    offset,
  };
}

function readLaneOffset(element: XmlElement, { entity, side }: ReadContext): Action {
  const dynamics = needChild(element, 'LaneOffsetActionDynamics');
  const holder = needChild(element, 'LaneOffsetTarget');
  const relative = child(holder, 'RelativeTargetLaneOffset');
  const target = relative ?? needChild(holder, 'AbsoluteTargetLaneOffset');
  return {
    kind: 'laneOffset',
    shape: shapeOf(dynamics),
    maxLateralAcc: dynamics.attributes.has('maxLateralAcc')
      ? Math.max(0.01, numberAttribute(dynamics, 'maxLateralAcc', 100))
      : 1,
    offset: side * numberAttribute(target, 'value', 100),
    ...(relative && { to: entity(relative) }),
  };
}

function readTrajectory(element: XmlElement, context: ReadContext): Action[] | undefined {
  const below = [...descendants(element)];
  const line = below.find(({ name }) => name === 'Polyline');
  if (!line) return undefined;
  const vertices = all(line, 'Vertex').map((vertex) => ({
    position: readPosition(needChild(vertex, 'Position'), context),
    time: vertex.attributes.has('time') ? numberAttribute(vertex, 'time', 1e5) : undefined,
  }));
  if (vertices.length < 2 || vertices.length > MAX_VERTICES)
    throw new ImportError(locationOf(line), `${vertices.length} vertices, expected 2 to ${MAX_VERTICES}`);
  const timed = below.some(({ name }) => name === 'Timing') && vertices.every(({ time }) => time !== undefined);
  vertices.forEach(({ time }, i) => {
    if (timed && i > 0 && !((time ?? 0) > (vertices[i - 1].time ?? 0)))
      throw new ImportError(locationOf(line), 'its times do not ascend');
  });
  return [{ kind: 'trajectory', vertices, timed }];
}

function readSynchronize(element: XmlElement, context: ReadContext): Action {
  const tolerance = (name: string) =>
    element.attributes.has(name) ? Math.max(0.1, numberAttribute(element, name, 1000)) : 1;
  const final = [...descendants(element)].find(({ name }) => name === 'AbsoluteSpeed');
  return {
    kind: 'synchronize',
    master: context.entity(element, 'masterEntityRef'),
    at: readPosition(needChild(element, 'TargetPosition'), context),
    masterAt: readPosition(needChild(element, 'TargetPositionMaster'), context),
    tolerance: tolerance('targetTolerance'),
    masterTolerance: tolerance('targetToleranceMaster'),
    finalSpeed: final && numberAttribute(final, 'value', MAX_SPEED),
  };
}
