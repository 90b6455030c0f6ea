/** Test only: a server on the loopback. */
import { createServer, type Server, type Socket } from 'node:net';

/** Port 0 takes a free one. */
export function listening(onSocket: (socket: Socket) => void, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(onSocket);
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
