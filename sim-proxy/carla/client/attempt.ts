/** What a server may lack or refuse without harm. */
import type { CarlaClient } from './client.ts';
import { CarlaError } from './errors.ts';

/** What the server answers; null where it lacks or refuses it, which then stands among its differences. @throws CarlaError `closed` */
export async function attemptCall<T>(client: CarlaClient, what: Promise<T>): Promise<T | null> {
  try {
    return await what;
  } catch (error) {
    const live = client.status.state === 'live';
    if (!live || !(error instanceof CarlaError) || error.code === 'closed') throw error;
    client.differ(error.message);
    return null;
  }
}
