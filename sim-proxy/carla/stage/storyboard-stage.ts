/**
 * An OpenSCENARIO storyboard live in CARLA: its entities are spawned when they are there, its triggers are looked at before every tick with the hero as the
 * server shows it, and its actions move everyone but the hero, who is the policy's.
 *
 * Before a tick each entity is put where the storyboard has it, with the velocity (a walker: the control) that takes it to where it
 * will be after the tick; so the server's own velocities are right, and nothing drifts. Heights are the server's. A command that the
 * server refuses is told with the entity, the actor and the server's reason.
 */
import { type Pose3, toCarlaPose, toCarlaVector } from '../../../core/io/recordings/carla-frame.ts';
import type { OpenedStory } from '../../../core/io/openscenario/openscenario.ts';
import type { Mover } from '../../../core/io/openscenario/mover.ts';
import type { Entity } from '../../../core/io/openscenario/model.ts';
import { StoryRun } from '../../../core/io/openscenario/run.ts';
import type { CarlaClient } from '../client/client.ts';
import type { CarlaCommand } from '../client/commands.ts';
import { CarlaError } from '../client/errors.ts';
import type { CarlaFrame } from '../client/frames.ts';
import { type ActorDefinition, EMERGENCY_LIGHTS } from '../client/types.ts';
import { carlaSceneOf } from '../hero/scene.ts';
import { type DrivenServer, TICK_S } from '../hero/hero-control.ts';
import { setWeather } from '../hero/weather.ts';
import type { Pose } from '../../../core/base/geometry.ts';

/** Above the road at the start, m: wheels do not start in it, a walker's origin is its middle. */
const DROP_M = { vehicle: 0.3, pedestrian: 1, object: 0.1 } as const;
/** Whom to take for a model that the server does not have: the first blueprint of these beginnings. */
const STAND_INS = { vehicle: ['vehicle.tesla.model3', 'vehicle.'], pedestrian: ['walker.'], object: [] } as const;
const MAX_SPAWNED = 200;
/** Kinds of entity that drive with their blue lights on. */
const EMERGENCY = /emergency|police/i;

interface Body {
  readonly actorId: number;
  readonly mover: Mover;
}
/** A command on a body. */
type BodyCommand = Extract<CarlaCommand, { readonly id: number }>;

export interface StageOptions {
  /** Hears what could not be done. */
  readonly tell?: (sentence: string) => void;
  /** Whether one who cannot be spawned at the start is an error, rather than left out and told. */
  readonly strict?: boolean;
}

export class StoryboardStage implements DrivenServer {
  readonly run: StoryRun;
  readonly #client: CarlaClient;
  readonly #opened: OpenedStory;
  readonly #heroId: number;
  readonly #hero: Entity | undefined;
  /** Entities that were spawned, or left out. */
  readonly #known = new Set<string>();
  #bodies: Body[] = [];
  readonly #tell: (sentence: string) => void;
  readonly #names = new Map<number, string>();
  /** Refused commands by what is said of them, and how often. */
  readonly #refused = new Map<string, number>();
  #weather: StoryRun['weather'];

  /**
   * Spawns everyone but the hero, who stands at its start, and gives it its start speed. Rejects with CarlaError.
   */
  static async stage(
    client: CarlaClient,
    opened: OpenedStory,
    heroId: number,
    { tell = () => {}, strict = true }: StageOptions = {},
  ): Promise<StoryboardStage> {
    const live = new StoryboardStage(client, opened, heroId, tell);
    try {
      await live.#spawn(strict);
      const ego = live.#hero && live.run.movers.get(live.#hero.id);
      if (ego && ego.speed > 0) await client.setVelocity(heroId, along(ego.pose, ego.speed));
    } catch (error) {
      await live.close();
      throw error;
    }
    return live;
  }

  private constructor(client: CarlaClient, opened: OpenedStory, heroId: number, tell: (sentence: string) => void) {
    const { story, map, missing } = opened;
    this.#client = client;
    this.#opened = opened;
    this.#hero = story.entities[story.ego];
    this.#heroId = heroId;
    this.#tell = tell;
    this.run = new StoryRun(story, map, { dt: TICK_S, ego: 'observed' }, (what, why) => this.#tell(`${what}: ${why}.`));
    this.run.start(missing);
  }

  /** Puts everyone on the server who is present and not there yet. */
  async #spawn(strict: boolean): Promise<void> {
    for (const [id, mover] of this.run.movers) {
      if (!mover.present || mover.entity === this.#hero || this.#known.has(id)) continue;
      this.#known.add(id);
      const { type, kind, model } = mover.entity;
      const blueprint = blueprintFor(await this.#client.blueprints(), type, model);
      if (blueprint === undefined || this.#bodies.length >= MAX_SPAWNED) {
        this.#tell(
          blueprint === undefined
            ? `${id} is left out: this server has no ${type} like "${model}".`
            : `${id} is left out: at most ${MAX_SPAWNED} are spawned.`,
        );
        mover.present = false;
        continue;
      }
      const { map } = this.#opened;
      const pose = upright(mover.middle, map.heightAt(mover.on ?? map.laneUnder(mover.middle)) + DROP_M[type]);
      const actor = await this.#client
        .spawn({ blueprint, attributes: { role_name: id }, pose })
        .catch((error: unknown) => {
          if (!(error instanceof CarlaError) || this.#client.status.state !== 'live') throw error;
          const sentence = `${id} (${blueprint}) cannot be spawned: ${error.message}`;
          if (strict) throw new CarlaError(error.code, sentence);
          this.#tell(sentence);
        });
      if (!actor) {
        mover.present = false;
        continue;
      }
      this.#bodies.push({ actorId: actor.id, mover });
      this.#names.set(actor.id, id);
      if (EMERGENCY.test(kind))
        await this.#batch([{ kind: 'setVehicleLightState', id: actor.id, flags: EMERGENCY_LIGHTS }]);
    }
  }

  /** Runs commands; what the server refuses is told once, and counted. */
  async #batch(commands: readonly BodyCommand[]): Promise<void> {
    if (commands.length === 0) return;
    const outcomes = await this.#client.batch(commands);
    outcomes.forEach((outcome, i) => {
      if (!('error' in outcome)) return;
      const { kind, id } = commands[i];
      const name = this.#names.get(id) ?? '?';
      const sentence = `${kind} of ${name} (actor ${id}) was refused: ${outcome.error}`;
      const times = (this.#refused.get(sentence) ?? 0) + 1;
      this.#refused.set(sentence, times);
      if (times === 1) this.#tell(sentence);
    });
    if (outcomes.length < commands.length)
      this.#tell(`The server answered ${outcomes.length} of ${commands.length} commands of the storyboard.`);
  }

  control: DrivenServer['control'] = (actorId, control) => this.#client.control(actorId, control);

  /** One tick of the storyboard and of the server. */
  async tick(timeoutMs?: number): Promise<CarlaFrame> {
    const { latestFrame } = this.#client;
    const hero = latestFrame && carlaSceneOf(latestFrame, this.#heroId, { lights: [] })?.ego;
    if (hero) this.run.observe(hero);
    const before = this.#bodies.map(({ mover }) => mover.middle);
    this.run.step();
    const moved = this.#bodies;
    await this.#spawn(false);
    const heights = new Map(latestFrame?.actors.map(({ id, z }) => [id, z]));
    const commands = moved.slice(0, before.length).flatMap(({ actorId, mover }, i): BodyCommand[] => {
      if (!mover.present) return [{ kind: 'destroyActor', id: actorId }];
      return moveCommands(actorId, mover, before[i], heights.get(actorId));
    });
    this.#bodies = this.#bodies.filter(({ mover }) => mover.present);
    await this.#batch(commands);
    await this.#setWeather();
    return this.#client.tick(timeoutMs);
  }

  async #setWeather(): Promise<void> {
    const { weather } = this.run;
    if (!weather || weather === this.#weather) return;
    this.#weather = weather;
    await setWeather(this.#client, weather.weather);
  }

  /** Removes whom it spawned, and tells how often what was refused. */
  async close(): Promise<void> {
    if (this.#client.status.state === 'live')
      await this.#batch(this.#bodies.map(({ actorId }) => ({ kind: 'destroyActor', id: actorId })));
    this.#bodies = [];
    for (const [sentence, times] of this.#refused) if (times > 1) this.#tell(`${sentence}, ${times} times in all`);
    this.#refused.clear();
  }
}

/** The model itself, else the first that stands in for its kind. */
function blueprintFor(
  definitions: readonly ActorDefinition[],
  type: keyof typeof STAND_INS,
  model: string,
): string | undefined {
  const exact = definitions.find(({ id }) => id === model || (type === 'object' && id === `static.prop.${model}`));
  if (exact) return exact.id;
  for (const beginning of STAND_INS[type]) {
    const found = definitions.find(({ id }) => id.startsWith(beginning));
    if (found) return found.id;
  }
  return undefined;
}

/** From `before` to where the entity is now, in one tick. */
function moveCommands(id: number, mover: Mover, before: Pose, z: number | undefined): BodyCommand[] {
  const now = mover.middle;
  const [dx, dy] = [(now.x - before.x) / TICK_S, (now.y - before.y) / TICK_S];
  const still = Math.hypot(dx, dy) < 1e-3;
  // One that stands is left where it stands, and one that is set elsewhere at once has no velocity of that size.
  const jumps = Math.hypot(dx, dy) > 2 * Math.abs(mover.speed) + 5;
  const at = jumps ? now : before;
  const velocity = toCarlaVector(still || jumps ? { x: 0, y: 0, z: 0 } : { x: dx, y: dy, z: 0 });
  const place: BodyCommand = { kind: 'applyTransform', id, transform: toCarlaPose(upright(at, z ?? DROP_M.vehicle)) };
  if (mover.entity.type === 'object') return [place];
  if (mover.entity.type === 'vehicle') return [place, { kind: 'applyTargetVelocity', id, velocity }];
  const speed = Math.hypot(velocity.x, velocity.y);
  const direction = speed > 0 ? { x: velocity.x / speed, y: velocity.y / speed, z: 0 } : { x: 1, y: 0, z: 0 };
  return [place, { kind: 'applyWalkerControl', id, control: { direction, speed, jump: false } }];
}

const upright = ({ x, y, headingRad }: Pose, z: number): Pose3 => ({ x, y, z, headingRad, pitchRad: 0, rollRad: 0 });
const along = ({ headingRad }: Pose, speed: number) => ({
  x: speed * Math.cos(headingRad),
  y: speed * Math.sin(headingRad),
  z: 0,
});
