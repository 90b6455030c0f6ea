/** Who pushes frames and who serves environments under one name share one source: the first call makes it, the last one ends it. */
import { PushSource } from '../sources/push/push.ts';
import { SourceHost } from './host.ts';
import type { ServiceContext } from './service-context.ts';

export interface PushedPart {
  readonly host: SourceHost;
  /** Takes the part away again, once, and the source with its last. Whoever watches is told when no more frames come. */
  leave(): Promise<void>;
}

/** A part of the source "push-`name`". @throws ProxyError `bad-name`, `source-exists` when somebody has that part, `too-many-sources` */
export function joinSource<Part extends 'frames' | 'simulator'>(
  { registry, hostOptions }: Pick<ServiceContext, 'registry' | 'hostOptions'>,
  name: string,
  part: Part,
  value: PushSource[Part],
): PushedPart {
  const found = [...registry.hosts].find(({ source }) => source instanceof PushSource && source.name === name);
  const source = found ? (found.source as PushSource) : new PushSource(name);
  source[part] = value;
  const host = found ?? registry.add(new SourceHost(source, hostOptions));
  let left = false;
  return {
    host,
    async leave() {
      if (left) return;
      left = true;
      source[part] = null as PushSource[Part];
      if (!source.deserted && part === 'simulator') return;
      const closed = registry.remove(host.id);
      if (!source.deserted) registry.add(new SourceHost(source, hostOptions));
      await closed;
    },
  };
}
