declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { Endpoint } from 'comlink';
  /** Makes a Comlink endpoint of a Node worker or message port. */
  export default function nodeEndpoint(port: unknown): Endpoint;
}
