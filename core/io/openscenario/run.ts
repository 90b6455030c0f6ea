/**
 * A storyboard played: `start` puts everyone where they start, each `step` looks at the triggers, begins and ends acts and events, and
 * moves everyone on by one step. The ego is moved like the others (`nominal`), or is what somebody else drives and `observe` tells.
 *
 * Bounded whatever the file says: each step looks at every condition once, an event starts at most once a step, and nothing here
 * loops until something happens. Triggers that wait for one another wait for ever.
 */
import { LiveTrigger, type ConditionContext } from './conditions.ts';
import type { StoryMap } from './map.ts';
import type { Placed } from './course.ts';
import { begin, type StoryMotion, type MotionContext } from './motions.ts';
import type { Act, Action, ElementState, Position, Storyboard, StoryEvent } from './model.ts';
import { Mover, type Seen } from './mover.ts';

/** Something that happened: which act, event or action, to what. */
export interface StoryMoment {
  readonly time: number;
  readonly type: 'act' | 'event' | 'action';
  readonly name: string;
  readonly state: 'start' | 'end' | 'stop';
}

export interface RunOptions {
  readonly dt: number;
  /** Whether the storyboard moves the ego too, or only sees it. */
  readonly ego: 'nominal' | 'observed';
}

type Weather = Extract<Action, { kind: 'weather' }>;

interface LiveAction {
  readonly name: string;
  over: boolean;
}
interface Moving extends LiveAction {
  readonly mover: Mover;
  readonly motion: StoryMotion;
}
interface LiveEvent {
  readonly event: StoryEvent;
  readonly trigger: LiveTrigger;
  state: 'standby' | 'running' | 'complete';
  runs: number;
  actions: LiveAction[];
}
interface LiveManeuver {
  readonly name: string;
  readonly events: readonly LiveEvent[];
  complete: boolean;
}
interface LiveGroup {
  readonly name: string;
  readonly actors: readonly string[];
  readonly times: number;
  readonly maneuvers: readonly LiveManeuver[];
  runs: number;
  complete: boolean;
}
interface LiveAct {
  readonly act: Act;
  readonly start: LiveTrigger;
  readonly stop: LiveTrigger;
  readonly groups: readonly LiveGroup[];
  state: 'standby' | 'running' | 'complete';
}
interface Element {
  state: 'standby' | 'running' | 'complete';
  readonly at: Map<ElementState, number>;
}

const MAX_MOMENTS = 1000;
/** When all acts are complete the stop trigger is waited for so long, s. */
const WAIT_S = 10;

export class StoryRun {
  readonly movers = new Map<string, Mover>();
  readonly moments: StoryMoment[] = [];
  /** The last weather that was set. */
  weather: Weather | undefined;
  time = 0;
  /** Whether the storyboard is over: its stop trigger held, or all acts are complete and it does not come. */
  ended: 'stopped' | 'complete' | undefined;
  readonly #story: Storyboard;
  readonly #dt: number;
  readonly #ego: Mover | undefined;
  readonly #observed: boolean;
  readonly #stage: MotionContext;
  readonly #scene: ConditionContext & { time: number };
  readonly #acts: readonly LiveAct[];
  readonly #stop: LiveTrigger;
  readonly #elements = new Map<string, Element>();
  readonly #mayStop: boolean;
  #running: Moving[] = [];
  #completeFor = 0;
  #steps = 0;

  constructor(story: Storyboard, map: StoryMap, { dt, ego }: RunOptions, cannot: MotionContext['cannot'] = () => {}) {
    this.#story = story;
    this.#dt = dt;
    this.#observed = ego === 'observed';
    for (const entity of story.entities) this.movers.set(entity.id, new Mover(entity, map));
    this.#ego = story.ego < 0 ? undefined : this.movers.get(story.entities[story.ego].id);
    const resolve = (position: Position) => map.resolve(position, (id) => this.#whereIs(id));
    this.#stage = { map, mover: (id) => this.#mover(id), resolve, cannot };
    const element: ConditionContext['element'] = ({ type, ref, state }) => this.#isIn(type, ref, state);
    this.#scene = { map, time: 0, dt, movers: this.movers, resolve, element };
    this.#stop = new LiveTrigger(story.stop);
    this.#mayStop = story.stop.some((group) => group.every(({ test }) => test.kind !== 'never') && group.length > 0);
    this.#acts = story.acts.map((act) => ({
      act,
      start: new LiveTrigger(act.start),
      stop: new LiveTrigger(act.stop),
      state: 'standby',
      groups: act.groups.map((group) => ({
        name: group.name,
        actors: group.actors,
        times: group.times,
        runs: 0,
        complete: false,
        maneuvers: group.maneuvers.map(({ name, events }) => ({
          name,
          complete: false,
          events: events.map((event) => ({
            event,
            trigger: new LiveTrigger(event.start),
            state: 'standby',
            runs: 0,
            actions: [],
          })),
        })),
      })),
    }));
  }

  /** Puts everyone where they start and gives them their speeds. `missing` is asked for the place of one whose own is not known. */
  start(missing: (id: string, position: Position | undefined) => Placed | undefined = () => undefined): void {
    const later: Storyboard['init'][number][] = [];
    const teleport = ({ entity, action }: Storyboard['init'][number], last: boolean) => {
      if (action.kind !== 'teleport' || entity === '') return;
      const placed = this.#stage.resolve(action.position) ?? (last ? missing(entity, action.position) : undefined);
      if (placed) this.#mover(entity).put(placed, placed.on);
      else if (!last) later.push({ entity, action });
    };
    // An entity may start relative to one that comes later.
    for (const each of this.#story.init) teleport(each, false);
    for (const each of later) teleport(each, true);
    for (const [id, mover] of this.movers) {
      const placed =
        mover.present || this.#story.init.some(({ entity, action }) => entity === id && action.kind === 'teleport');
      const other = placed ? undefined : missing(id, undefined);
      if (other) mover.put(other, other.on);
    }
    for (const { entity, action } of this.#story.init)
      if (action.kind !== 'teleport') this.#begin('Init', action, entity === '' ? [] : [entity]);
  }

  /** What the observed ego does now. */
  observe(seen: Seen): void {
    this.#ego?.observe(seen, this.#steps === 0 ? 0 : this.#dt);
  }

  /** One step: triggers at the present time, then everyone moves. */
  step(): void {
    if (!this.ended) this.#evaluate();
    this.advance();
  }

  /** Looks at the triggers at the present time. */
  #evaluate(): void {
    this.#scene.time = this.time;
    this.#settleActions();
    for (const act of this.#acts) this.#runAct(act);
    if (!this.#stop.empty && this.#stop.holds(this.#scene)) this.ended = 'stopped';
    if (this.#acts.every(({ state }) => state === 'complete')) this.#completeFor += this.#dt;
    if (!this.ended && this.#completeFor > (this.#mayStop ? WAIT_S : 0)) this.ended = 'complete';
  }

  /** Everyone goes on for one step with what is under way. */
  advance(): void {
    const dt = this.#dt;
    const before = new Map([...this.movers].map(([id, { speed, offset }]) => [id, { speed, offset }]));
    for (const action of this.#running) {
      if (action.over || !action.mover.present) action.over = true;
      else action.over = action.motion.step(dt);
    }
    for (const [id, mover] of this.movers) {
      if (!mover.present || (this.#observed && mover === this.#ego)) continue;
      const was = before.get(id) ?? mover;
      mover.move(dt, was.speed, was.offset);
    }
    for (const { over, mover, motion } of this.#running) if (over && mover.present) motion.finish?.();
    this.#running = this.#running.filter(({ over }) => !over);
    this.#steps++;
    this.time = this.#steps * dt;
  }

  #mover(id: string): Mover {
    const mover = this.movers.get(id);
    if (!mover) throw new Error(`there is no entity ${id}`);
    return mover;
  }

  #whereIs(id: string): Placed | undefined {
    const mover = this.movers.get(id);
    return mover?.present ? { ...mover.pose, on: mover.on } : undefined;
  }

  #mark(type: string, name: string, transition: 'start' | 'end' | 'stop' | 'skip'): void {
    const key = `${type.toLowerCase()}:${name}`;
    const element = this.#elements.get(key) ?? { state: 'standby', at: new Map() };
    element.at.set(transition, this.#steps);
    if (transition !== 'skip') element.state = transition === 'start' ? 'running' : 'complete';
    this.#elements.set(key, element);
    if (transition === 'skip' || (type !== 'act' && type !== 'event' && type !== 'action')) return;
    if (this.moments.length < MAX_MOMENTS) this.moments.push({ time: this.time, type, name, state: transition });
  }

  #isIn(type: string, ref: string, state: ElementState): boolean {
    const name = ref.split('::').at(-1) ?? ref;
    const element = this.#elements.get(`${type.toLowerCase()}:${name}`);
    if (state === 'complete' || state === 'running') return element?.state === state;
    if (state === 'standby') return element === undefined || element.state === 'standby';
    const at = element?.at.get(state);
    return at !== undefined && at >= this.#steps - 1;
  }

  /** Events whose actions are all over end now. */
  #settleActions(): void {
    for (const { groups } of this.#acts)
      for (const { maneuvers } of groups)
        for (const { events } of maneuvers)
          for (const live of events) {
            if (live.state !== 'running') continue;
            for (const action of live.actions) if (action.over) this.#mark('action', action.name, 'end');
            live.actions = live.actions.filter(({ over }) => !over);
            if (live.actions.length === 0) this.#endEvent(live, 'end');
          }
  }

  #runAct(live: LiveAct): void {
    const { act, start, stop, groups } = live;
    if (live.state === 'complete') return;
    if (live.state === 'standby') {
      if (!start.empty && !start.holds(this.#scene)) return;
      live.state = 'running';
      this.#mark('story', act.story, 'start');
      this.#mark('act', act.name, 'start');
      for (const group of groups) {
        this.#mark('maneuverGroup', group.name, 'start');
        for (const { name } of group.maneuvers) this.#mark('maneuver', name, 'start');
      }
    } else if (!stop.empty && stop.holds(this.#scene)) {
      for (const { maneuvers } of groups)
        for (const { events } of maneuvers) for (const event of events) this.#cancel(event);
      live.state = 'complete';
      this.#mark('act', act.name, 'stop');
      return;
    }
    for (const group of groups) this.#runGroup(group);
    if (!groups.every(({ complete }) => complete)) return;
    live.state = 'complete';
    this.#mark('act', act.name, 'end');
  }

  #runGroup(group: LiveGroup): void {
    if (group.complete) return;
    for (const maneuver of group.maneuvers) {
      if (maneuver.complete) continue;
      for (const event of maneuver.events) this.#runEvent(event, maneuver, group);
      maneuver.complete = maneuver.events.every(({ state }) => state === 'complete');
      if (maneuver.complete) this.#mark('maneuver', maneuver.name, 'end');
    }
    if (!group.maneuvers.every(({ complete }) => complete)) return;
    group.runs++;
    group.complete = group.runs >= group.times || group.maneuvers.length === 0;
    if (group.complete) this.#mark('maneuverGroup', group.name, 'end');
    else
      for (const maneuver of group.maneuvers) {
        maneuver.complete = false;
        for (const event of maneuver.events) {
          event.state = 'standby';
          event.runs = 0;
          event.trigger.reset();
        }
      }
  }

  #runEvent(live: LiveEvent, { events }: LiveManeuver, { actors }: LiveGroup): void {
    const { event, trigger } = live;
    if (live.state !== 'standby') return;
    if (!trigger.holds(this.#scene) && !trigger.empty) return;
    const others = events.filter((other) => other !== live && other.state === 'running');
    if (event.priority === 'skip' && others.length > 0) {
      this.#mark('event', event.name, 'skip');
      trigger.reset();
      return;
    }
    if (event.priority === 'overwrite') for (const other of others) this.#cancel(other);
    live.state = 'running';
    live.runs++;
    this.#mark('event', event.name, 'start');
    live.actions = event.actions.flatMap(({ name, action }): LiveAction[] => {
      this.#mark('action', name, 'start');
      const begun = this.#begin(name, action, actors);
      // Over at once: its end is seen in the next step, as that of an action that took a step.
      return begun.length > 0 ? begun : [{ name, over: true }];
    });
  }

  #endEvent(live: LiveEvent, how: 'end' | 'stop'): void {
    live.state = live.runs >= live.event.times ? 'complete' : 'standby';
    live.actions = [];
    live.trigger.reset();
    this.#mark('event', live.event.name, how);
  }

  #cancel(live: LiveEvent): void {
    if (live.state !== 'running') return;
    for (const action of live.actions) {
      action.over = true;
      this.#mark('action', action.name, 'stop');
    }
    this.#running = this.#running.filter(({ over }) => !over);
    this.#endEvent(live, 'stop');
  }

  /** Begins an action of every actor; what it replaces of theirs is over. */
  #begin(name: string, action: Action, actors: readonly string[]): Moving[] {
    if (action.kind === 'weather') this.weather = action;
    if (action.kind === 'remove') this.#mover(action.entity).present = false;
    return actors.flatMap((id) => {
      const mover = this.#mover(id);
      // Who is not there yet comes with being put somewhere.
      const there = mover.present || action.kind === 'teleport';
      if (!there || (this.#observed && mover === this.#ego)) return [];
      for (const other of this.#running) {
        const replaced = other.mover === mover && replaces(action, other.motion);
        if (replaced) other.over = true;
      }
      this.#running = this.#running.filter(({ over }) => !over);
      const motion = begin(action, mover, this.#stage);
      if (!motion) return [];
      const live: Moving = { name, mover, motion, over: false };
      this.#running.push(live);
      return [live];
    });
  }
}

function replaces({ kind }: Action, { rules }: StoryMotion): boolean {
  if (kind === 'teleport') return true;
  if (kind === 'speed' || kind === 'synchronize') return rules === 'speed';
  if (kind === 'laneChange' || kind === 'laneOffset') return rules !== 'speed';
  return (kind === 'trajectory' || kind === 'route') && rules !== 'speed';
}
