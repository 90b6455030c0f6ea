/** The proxy worker: talks to the proxy over gRPC-web and hands frames over without copying them. */
import type { ProxyService } from '../contracts/proxy-protocol.ts';
import { expose } from '../expose.ts';
import { createProxyService } from './answers.ts';

expose<ProxyService>(createProxyService());
