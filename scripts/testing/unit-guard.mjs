// Loaded before each file of unit tests: a test that starts a process or a thread, or opens or awaits a connection, is told to move to a
// `.integration.test.ts`. What is replaced belongs to the thread of that one file; vitest itself speaks to it through a message port.
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import http2 from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import workerThreads from 'node:worker_threads';

const refusing = (what) =>
  function refused() {
    throw new Error(`A unit test ${what}; tests that do belong into a file named *.integration.test.ts.`);
  };

for (const name of ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'])
  childProcess[name] = refusing('starts a process');
net.Socket.prototype.connect = refusing('opens a connection');
net.Server.prototype.listen = refusing('listens at a port');
dgram.createSocket = refusing('opens a socket');
http2.connect = refusing('opens a connection');
workerThreads.Worker = refusing('starts a thread');
syncBuiltinESMExports();
