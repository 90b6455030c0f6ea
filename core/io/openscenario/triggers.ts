/** Triggers of an OpenSCENARIO file. What the lab cannot evaluate never holds, and is listed. */
import type { XmlElement } from '../../base/xml.ts';
import { shorten, type Skips } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import type { Comparison, Condition, ElementState, EntityTest, Measure, Rule, Test, Trigger } from './model.ts';
import { type ReadContext, readPosition } from './positions.ts';
import { all, child, needChild, numberAttribute, locationOf } from '../logs/xml-file.ts';

const RULES: readonly string[] = ['lessThan', 'greaterThan', 'equalTo', 'lessOrEqual', 'greaterOrEqual', 'notEqualTo'];
const EDGES: readonly string[] = ['none', 'rising', 'falling', 'risingOrFalling'];
const STATES: Readonly<Record<string, ElementState>> = {
  startTransition: 'start',
  endTransition: 'end',
  stopTransition: 'stop',
  skipTransition: 'skip',
  completeState: 'complete',
  runningState: 'running',
  standbyState: 'standby',
};

/** @throws ImportError */
export function readTrigger(element: XmlElement | undefined, context: ReadContext, skips: Skips): Trigger {
  if (!element) return [];
  return all(element, 'ConditionGroup').map((group) =>
    all(group, 'Condition').map((condition): Condition => {
      const { attributes } = condition;
      return {
        name: shorten(attributes.get('name') ?? '', 60),
        delay: attributes.has('delay') ? Math.max(0, numberAttribute(condition, 'delay', 1e4)) : 0,
        edge: oneOf(condition, 'conditionEdge', EDGES, 'none') as Condition['edge'],
        test: readTest(condition, context, skips),
      };
    }),
  );
}

function oneOf(element: XmlElement, name: string, words: readonly string[], otherwise?: string): string {
  const value = element.attributes.get(name) ?? otherwise ?? '';
  if (!words.includes(value))
    throw new ImportError(
      `${locationOf(element)} ${name}`,
      `got "${shorten(value, 30)}", expected ${words.join(', ')}`,
    );
  return value;
}

const compare = (element: XmlElement): Comparison => ({
  value: numberAttribute(element, 'value'),
  rule: oneOf(element, 'rule', RULES) as Rule,
});

function readTest(condition: XmlElement, context: ReadContext, skips: Skips): Test {
  const by = condition.children.find(({ name }) => name === 'ByValueCondition' || name === 'ByEntityCondition');
  if (!by) throw new ImportError(locationOf(condition), 'it compares neither a value nor an entity');
  const never = (what: string): Test => {
    skips.add(`trigger ${what}`, 'not evaluated: it never holds');
    return { kind: 'never' };
  };
  if (by.name === 'ByValueCondition') {
    const [element] = by.children;
    if (element?.name === 'SimulationTimeCondition') return { kind: 'time', ...compare(element) };
    if (element?.name !== 'StoryboardElementStateCondition') return never(element?.name ?? 'without a condition');
    return {
      kind: 'element',
      type: element.attributes.get('storyboardElementType') ?? '',
      ref: element.attributes.get('storyboardElementRef') ?? '',
      state: STATES[oneOf(element, 'state', Object.keys(STATES))],
    };
  }
  const holder = needChild(by, 'TriggeringEntities');
  const who = all(holder, 'EntityRef').map((each) => context.entity(each));
  const test = readEntityTest(needChild(by, 'EntityCondition'), context);
  if (typeof test === 'string') return never(test);
  return { kind: 'entity', who, all: holder.attributes.get('triggeringEntitiesRule') === 'all', test };
}

/** The name of the condition for one that the lab does not know. */
function readEntityTest(holder: XmlElement, context: ReadContext): EntityTest | string {
  const [element] = holder.children;
  if (!element) throw new ImportError(locationOf(holder), 'it is empty');
  const { entity } = context;
  switch (element.name) {
    case 'SpeedCondition':
      return { kind: 'speed', ...compare(element) };
    case 'AccelerationCondition':
      return { kind: 'acceleration', ...compare(element) };
    case 'RelativeSpeedCondition':
      return { kind: 'relativeSpeed', to: entity(element), ...compare(element) };
    case 'StandStillCondition':
      return { kind: 'standStill', seconds: numberAttribute(element, 'duration') };
    case 'TraveledDistanceCondition':
      return { kind: 'traveled', value: numberAttribute(element, 'value') };
    case 'ReachPositionCondition':
      return {
        kind: 'reach',
        position: readPosition(needChild(element, 'Position'), context),
        tolerance: numberAttribute(element, 'tolerance'),
      };
    case 'DistanceCondition': {
      const to = readPosition(needChild(element, 'Position'), context);
      return { kind: 'distance', to, ...measureOf(element), ...compare(element) };
    }
    case 'RelativeDistanceCondition':
      return { kind: 'distance', to: entity(element), ...measureOf(element), ...compare(element) };
    case 'TimeHeadwayCondition':
      return { kind: 'headway', to: entity(element), ...measureOf(element, 'longitudinal'), ...compare(element) };
    case 'TimeToCollisionCondition': {
      const target = child(element, 'TimeToCollisionConditionTarget') ?? needChild(element, 'Target');
      const position = child(target, 'Position');
      const to = position ? readPosition(position, context) : entity(needChild(target, 'EntityRef'));
      return { kind: 'collisionTime', to, ...measureOf(element, 'longitudinal'), ...compare(element) };
    }
    case 'CollisionCondition': {
      const other = child(element, 'EntityRef');
      return { kind: 'collision', to: other && entity(other) };
    }
    default:
      return element.name;
  }
}

function measureOf({ attributes }: XmlElement, otherwise: Measure['axis'] = 'euclidean'): Measure {
  const type = attributes.get('relativeDistanceType');
  return {
    axis: type === undefined ? otherwise : type === 'longitudinal' || type === 'lateral' ? type : 'euclidean',
    alongRoad:
      ['road', 'lane', 'trajectory'].includes(attributes.get('coordinateSystem') ?? '') ||
      attributes.get('alongRoute') === 'true',
    freespace: attributes.get('freespace') === 'true',
  };
}
