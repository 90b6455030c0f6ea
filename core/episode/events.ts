/**
 * What happened on a drive, told from successive world states alone, so a replay finds the same events as the drive did.
 *
 * A near miss is a local minimum of the time to collision below NEAR_MISS_TTC, one for each dip that ends without a
 * collision. Hard braking is harder than HARD_BRAKE (nuPlan's comfort bound, 4.05 m/s²). An actor *appears* when it comes out
 * from behind another box within view, not when it merely comes into range.
 */
import { LIGHT_GREEN, LIGHT_NONE, LIGHT_RED, LIGHT_YELLOW, OBS_ACTORS } from '../abi/layout.ts';
import { kindName } from '../tasks/driving/kinds/kinds.ts';
import { VIEW_RANGE } from '../tasks/driving/observe/observation.ts';
import type { WorldState } from '../tasks/driving/world/world.ts';
import type { DriveEvent, DriveEventKind } from './episode.ts';

const NEAR_MISS_TTC = 1.5;
/** A dip of the time to collision is over when it is back above this, s. */
const DIP_OVER_TTC = 2;
export const HARD_BRAKE = -4.05;
const HARD_BRAKE_OVER = -3;
/** How many steps an actor must have been hidden for its return to be an event. */
const HIDDEN_STEPS = 5;
/** Actors nearer to the limit of view than this may flicker, m. */
const VIEW_MARGIN = 5;
const LIGHT_NAMES = new Map([
  [LIGHT_GREEN, 'green'],
  [LIGHT_YELLOW, 'yellow'],
  [LIGHT_RED, 'red'],
]);

/** Slot of actor `index` in the observation ("A2"): its rank, in the scenario's order, among the nearest OBS_ACTORS. */
function actorLabel(state: WorldState, index: number): string {
  const distance = (i: number) => {
    const { x, y, present } = state.actors[i];
    return present ? Math.hypot(x - state.x, y - state.y) : Number.POSITIVE_INFINITY;
  };
  const near = state.actors
    .map((_, i) => i)
    .sort((a, b) => distance(a) - distance(b) || a - b)
    .slice(0, OBS_ACTORS)
    .sort((a, b) => a - b);
  const slot = near.indexOf(index);
  return `A${(slot < 0 ? index : slot) + 1}`;
}

const nameOf = ({ kind, length, width }: WorldState['actors'][number]) => kindName(kind, length, width);

/** Watches one drive: call `observe` with the state of step 0 and after every step, then `finish`. */
export class EventDetector {
  readonly #events: DriveEvent[] = [];
  #previous: WorldState | undefined;
  #dip: { step: number; ttc: number; actor: number; state: WorldState } | undefined;
  #braking = false;
  readonly #hidden: number[] = [];

  observe(state: WorldState): void {
    const previous = this.#previous;
    this.#watchActors(state, previous);
    this.#watchTtc(state);
    if (previous) {
      this.#watchFlags(state, previous);
      this.#watchLight(state, previous);
    }
    if (!this.#braking && state.accelMps2 < HARD_BRAKE) {
      this.#add(state.step, 'hard-brake', `Hard braking, ${Math.abs(state.accelMps2).toFixed(1)} m/s²`);
    }
    this.#braking = state.accelMps2 < (this.#braking ? HARD_BRAKE_OVER : HARD_BRAKE);
    this.#previous = state;
  }

  /** An event the states don't show (an edited thought). */
  add(event: DriveEvent): void {
    this.#events.push(event);
  }

  /** All events in order of step. */
  finish(): DriveEvent[] {
    if (this.#previous && !this.#previous.collision) this.#endDip();
    return this.#events.toSorted((a, b) => a.step - b.step);
  }

  #add(step: number, kind: DriveEventKind, text: string, actor?: string): void {
    this.#events.push({ step, kind, ...(actor !== undefined && { actor }), text });
  }

  #watchFlags(state: WorldState, previous: WorldState): void {
    const { step } = state;
    if (state.collision && !previous.collision) {
      const hit = state.actors[state.collisionActor];
      const actor = hit && actorLabel(state, state.collisionActor);
      this.#add(step, 'collision', hit ? `Collision with ${nameOf(hit)} ${actor}` : 'Collision', actor);
    }
    if (state.offRoad && !previous.offRoad) this.#add(step, 'off-road', 'Left the road');
    if (state.ranRedLight && !previous.ranRedLight) this.#add(step, 'red-light', 'Ran a red light');
    if (state.success && !previous.success) this.#add(step, 'goal', 'Reached the goal');
    if (state.truncated && !previous.truncated) this.#add(step, 'timeout', 'Out of time');
  }

  #watchLight(state: WorldState, previous: WorldState): void {
    if (state.light === previous.light || state.light === LIGHT_NONE) return;
    this.#add(state.step, 'light', `Light turns ${LIGHT_NAMES.get(state.light)}`);
  }

  #watchActors(state: WorldState, previous: WorldState | undefined): void {
    state.actors.forEach((actor, i) => {
      const inView = Math.hypot(actor.x - state.x, actor.y - state.y) < VIEW_RANGE - VIEW_MARGIN;
      const waited = this.#hidden[i] ?? 0;
      if (previous && actor.visible && waited >= HIDDEN_STEPS) {
        const [label, name] = [actorLabel(state, i), nameOf(actor)];
        this.#add(state.step, 'appears', `${/^[aeiou]/.test(name) ? 'An' : 'A'} ${name} appears: ${label}`, label);
      }
      this.#hidden[i] = actor.present && inView && !actor.visible ? waited + 1 : 0;
    });
  }

  #watchTtc(state: WorldState): void {
    if (state.collision) {
      this.#dip = undefined;
    } else if (state.ttc < NEAR_MISS_TTC && state.ttc < (this.#dip?.ttc ?? Number.POSITIVE_INFINITY)) {
      this.#dip = { step: state.step, ttc: state.ttc, actor: mostCritical(state), state };
    } else if (state.ttc > DIP_OVER_TTC) {
      this.#endDip();
    }
  }

  #endDip(): void {
    const dip = this.#dip;
    this.#dip = undefined;
    if (!dip) return;
    const label = dip.actor < 0 ? undefined : actorLabel(dip.state, dip.actor);
    this.#add(dip.step, 'near-miss', `Near miss${label ? ` with ${label}` : ''}, TTC ${dip.ttc.toFixed(1)} s`, label);
  }
}

/** The actor with the soonest closest approach at constant velocity, weighed by its distance then; −1 without actors. */
function mostCritical(state: WorldState): number {
  const velocity = (heading: number, speed: number) => [Math.cos(heading) * speed, Math.sin(heading) * speed];
  const [egoVx, egoVy] = velocity(state.headingRad, state.speedMps);
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  state.actors.forEach((actor, i) => {
    if (!actor.present) return;
    const [vx, vy] = velocity(actor.headingRad, actor.speedMps);
    const [dx, dy, rvx, rvy] = [actor.x - state.x, actor.y - state.y, vx - egoVx, vy - egoVy];
    const closing = rvx * rvx + rvy * rvy;
    const time = closing > 0 ? Math.max(0, -(dx * rvx + dy * rvy) / closing) : 0;
    const miss = Math.hypot(dx + rvx * time, dy + rvy * time) - (actor.length + actor.width) / 4;
    if (time + Math.max(0, miss) < least) {
      least = time + Math.max(0, miss);
      best = i;
    }
  });
  return best;
}
