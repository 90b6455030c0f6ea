/**
 * Triggers evaluated step by step. A condition with an edge holds from the step in which it first rose (or fell) on, after its
 * delay, until what it starts has started: so conditions of one group need not rise in the same step. That is ScenarioRunner's
 * reading; the standard's differs only where several edges are joined. What holds at the first look counts as risen.
 */
import { distanceBetween, holds, type Spot, spotOf, touch } from './measure.ts';
import type { StoryMap } from './map.ts';
import type { Placed } from './course.ts';
import type { Condition, EntityTest, Position, Test, Trigger } from './model.ts';
import type { Mover } from './mover.ts';

/** What conditions look at. */
export interface ConditionContext {
  readonly map: StoryMap;
  readonly time: number;
  /** Of one step, s. */
  readonly dt: number;
  readonly movers: ReadonlyMap<string, Mover>;
  resolve(position: Position): Placed | undefined;
  /** Whether an element of the storyboard is in a state, or went through a transition in this step or the last. */
  element(test: Extract<Test, { kind: 'element' }>): boolean;
}

interface Memory {
  readonly condition: Condition;
  before: boolean | undefined;
  /** When an edge was first seen. */
  since: number | undefined;
  /** What was true when, for a delay without an edge. */
  readonly past: { readonly time: number; readonly value: boolean }[];
}

/** A trigger with its memory. Without conditions it is `empty`: what it starts starts at once, what it stops goes on. */
export class LiveTrigger {
  readonly #groups: readonly (readonly Memory[])[];
  readonly empty: boolean;

  constructor(trigger: Trigger) {
    this.#groups = trigger.map((group) =>
      group.map((condition) => ({ condition, before: undefined, since: undefined, past: [] })),
    );
    this.empty = trigger.every((group) => group.length === 0);
  }

  reset(): void {
    for (const memory of this.#groups.flat()) {
      memory.since = undefined;
      memory.past.length = 0;
    }
  }

  /** Looks at every condition, so that none misses an edge. */
  holds(scene: ConditionContext): boolean {
    let any = false;
    for (const group of this.#groups) {
      let all = group.length > 0;
      for (const memory of group) all = look(memory, scene) && all;
      any ||= all;
    }
    return any;
  }
}

function look(memory: Memory, scene: ConditionContext): boolean {
  const { edge, delay, test } = memory.condition;
  const { time } = scene;
  const now = evaluate(test, scene);
  const { before } = memory;
  memory.before = now;
  if (edge === 'none') {
    if (delay === 0) return now;
    memory.past.push({ time, value: now });
    while (memory.past.length > 1 && memory.past[1].time <= time - delay + 1e-9) memory.past.shift();
    return memory.past[0].time <= time - delay + 1e-9 && memory.past[0].value;
  }
  const rose = now && !before;
  const fell = !now && before === true;
  if ((rose && edge !== 'falling') || (fell && edge !== 'rising')) memory.since ??= time;
  return memory.since !== undefined && time >= memory.since + delay - 1e-9;
}

function evaluate(test: Test, scene: ConditionContext): boolean {
  switch (test.kind) {
    case 'never':
      return false;
    case 'time':
      return holds(scene.time, test, scene.dt / 2);
    case 'element':
      return scene.element(test);
    case 'entity': {
      const one = (id: string) => {
        const mover = scene.movers.get(id);
        return mover?.present === true && entityTest(test.test, mover, scene);
      };
      return test.all ? test.who.length > 0 && test.who.every(one) : test.who.some(one);
    }
  }
}

function entityTest(test: EntityTest, mover: Mover, scene: ConditionContext): boolean {
  const { map, movers } = scene;
  switch (test.kind) {
    case 'speed':
      return holds(mover.speed, test);
    case 'acceleration':
      return holds(Math.abs(mover.accel), test);
    case 'standStill':
      return mover.stillFor >= test.seconds - 1e-9 && mover.stillFor > 0;
    case 'traveled':
      return mover.traveled >= test.value;
    case 'relativeSpeed': {
      const other = movers.get(test.to);
      return other !== undefined && holds(mover.speed - other.speed, test);
    }
    case 'reach': {
      const at = scene.resolve(test.position);
      return at !== undefined && Math.hypot(at.x - mover.pose.x, at.y - mover.pose.y) <= test.tolerance;
    }
    case 'collision': {
      const others = test.to === undefined ? [...movers.values()] : [movers.get(test.to)];
      return others.some((other) => other?.present === true && other !== mover && touch(mover, other));
    }
    default: {
      const other = typeof test.to === 'string' ? movers.get(test.to) : undefined;
      const spot = typeof test.to === 'string' ? other?.present && spotOf(other) : placeOf(scene.resolve(test.to));
      if (!spot) return false;
      const distance = distanceBetween(map, mover, spot, test);
      if (test.kind === 'distance') return holds(Math.abs(distance), test);
      // Headway and time to collision look ahead; straight distances have no sign.
      if (distance < 0) return false;
      if (test.kind === 'headway')
        return holds(mover.speed > 0 ? distance / mover.speed : Number.POSITIVE_INFINITY, test);
      const closing = closingSpeed(mover, other);
      return holds(closing > 0 ? distance / closing : Number.POSITIVE_INFINITY, test);
    }
  }
}

const placeOf = (placed: Placed | undefined): Spot | undefined =>
  placed && { pose: placed, on: placed.on, length: 0, width: 0, centre: 0 };

/** How fast the gap ahead shrinks: the other's speed counts along the own heading. */
function closingSpeed(mover: Mover, other: Mover | undefined): number {
  if (!other) return mover.speed;
  return mover.speed - other.speed * Math.cos(other.pose.headingRad - mover.pose.headingRad);
}
