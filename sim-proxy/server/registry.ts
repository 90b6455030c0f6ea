/** The sources there are, by id: those of the command line, and those that come and go (pushers, environments). */
import { ProxyError } from '../feed/errors.ts';
import type { SourceHost } from './host.ts';

const MAX_SOURCES = 64;

export class Registry {
  readonly #hosts = new Map<string, SourceHost>();

  get hosts(): Iterable<SourceHost> {
    return this.#hosts.values();
  }

  /** @throws ProxyError `no-source` */
  get(id: string): SourceHost {
    const host = this.#hosts.get(id);
    if (!host)
      throw new ProxyError(
        'not-found',
        'no-source',
        `There is no source ${JSON.stringify(id.slice(0, 80))}.`,
        'source_id',
      );
    return host;
  }

  /** A host that is refused is closed. @throws ProxyError `source-exists`, `too-many-sources` */
  add(host: SourceHost): SourceHost {
    const problem = this.#problem(host.id);
    if (problem) {
      void host.close();
      throw problem;
    }
    this.#hosts.set(host.id, host);
    return host;
  }

  #problem(id: string): ProxyError | null {
    if (this.#hosts.has(id)) {
      return new ProxyError('exists', 'source-exists', `There is a source "${id}" already.`, 'name');
    }
    if (this.#hosts.size < MAX_SOURCES) return null;
    return new ProxyError('too-much', 'too-many-sources', `There are ${MAX_SOURCES} sources already.`);
  }

  async remove(id: string): Promise<readonly string[]> {
    const host = this.#hosts.get(id);
    this.#hosts.delete(id);
    return host ? host.close() : [];
  }

  /** Closes every source, each whatever becomes of the others; what could not be undone, in sentences. */
  async close(): Promise<readonly string[]> {
    const left = await Promise.allSettled([...this.#hosts.keys()].map((id) => this.remove(id)));
    return left.flatMap((each) => (each.status === 'fulfilled' ? each.value : [String(each.reason)]));
  }
}
