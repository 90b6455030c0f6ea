/** The proxy worker: talks to the proxy over gRPC-web and hands frames over without copying them. */
import { expose, transfer } from 'comlink';
import { createProxyService } from './answers.ts';
import type { ProxyService } from '../contracts/proxy-protocol.ts';

const answers = createProxyService();
const service: ProxyService = {
  ...answers,
  async next(watch) {
    const result = await answers.next(watch);
    return result.ok && result.value?.kind === 'frames' ? transfer(result, [result.value.packed.buffer]) : result;
  },
};
expose(service);
