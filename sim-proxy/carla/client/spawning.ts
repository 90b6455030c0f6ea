/**
 * Spawning on a server that may know more or less than its version says: without definitions a blueprint is taken by its name, and a
 * parent's socket is named or not, as the server wants it (0.9.16 wants it; a build between two versions may do as either).
 */
import { toCarlaPose } from '../../../core/io/recordings/carla-frame.ts';
import type { SpawnRequest } from './client-types.ts';
import { CarlaError } from './errors.ts';
import type { Link } from './link.ts';
import { type Actor, type ActorDefinition, type ActorDescription, ATTACHMENT, attributeTypeOf } from './types.ts';

/** @throws CarlaError `server` (CARLA's reason), `wrong-type` (no such blueprint among `definitions`; null: none are known) */
export async function spawnOn(
  link: Link,
  definitions: readonly ActorDefinition[] | null,
  request: SpawnRequest,
): Promise<Actor> {
  const description = describe(link, definitions, request);
  const place = toCarlaPose(request.pose);
  const { parentId, attachment = 'rigid' } = request;
  const actor =
    parentId === undefined
      ? await link.call(link.methods.spawnActor, [description, place])
      : await spawnChild(link, [description, place, parentId, ATTACHMENT[attachment]]);
  link.learn(actor);
  return actor;
}

async function spawnChild(
  link: Link,
  args: readonly [ActorDescription, ReturnType<typeof toCarlaPose>, number, number],
): Promise<Actor> {
  try {
    return await link.call(link.methods.spawnActorWithParent, [...args, '']);
  } catch (error) {
    if (!(error instanceof CarlaError) || error.code !== 'arity') throw error;
    const { dialect } = link;
    link.adapt({ ...dialect, socketName: !dialect.socketName });
    const actor = await link.call(link.methods.spawnActorWithParent, [...args, '']);
    link.differ(`spawn_actor_with_parent takes ${dialect.socketName ? 'no' : 'a'} socket name here.`);
    return actor;
  }
}

function describe(
  { dialect }: Link,
  definitions: readonly ActorDefinition[] | null,
  { blueprint, attributes = {} }: SpawnRequest,
): ActorDescription {
  if (!definitions) {
    const type = attributeTypeOf('string', dialect);
    return {
      uid: 0,
      id: blueprint,
      attributes: Object.entries(attributes).map(([id, value]) => ({ id, type, value })),
    };
  }
  const definition = definitions.find(({ id }) => id === blueprint);
  if (!definition) throw new CarlaError('wrong-type', `This server has no blueprint "${blueprint}".`);
  const { uid, id } = definition;
  return {
    uid,
    id,
    attributes: definition.attributes.map(({ id: name, type, value }) => ({
      id: name,
      type,
      value: attributes[name] ?? value,
    })),
  };
}
