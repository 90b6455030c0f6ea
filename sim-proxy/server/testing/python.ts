/** Test only: a Python that can run examples/push_frames.py; undefined, said loudly, where there is none. */
import { spawnSync } from 'node:child_process';

/** The one in PATH may be another than the system's, which has what apt installs (python3-grpcio, python3-protobuf). */
export const python = ['python3', '/usr/bin/python3'].find(
  (program) => spawnSync(program, ['-c', 'import grpc, google.protobuf'], { stdio: 'ignore' }).status === 0,
);
if (!python) console.warn('SKIPPED: the Python example (no python3 has grpcio and protobuf).');
