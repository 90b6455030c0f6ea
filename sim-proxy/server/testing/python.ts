/**
 * Test only: a Python that can run the examples (with grpcio and protobuf), or null, said loudly. PYTHON names it; else python3, or the
 * system's own, which has what apt installs (python3-grpcio, python3-protobuf) where another stands first in PATH.
 */
import { spawnSync } from 'node:child_process';

export function pythonWithGrpc(): string | null {
  const { PYTHON } = process.env;
  const known = PYTHON ? [PYTHON] : ['python3', '/usr/bin/python3'];
  for (const python of known)
    if (spawnSync(python, ['-c', 'import grpc, google.protobuf'], { stdio: 'ignore' }).status === 0) return python;
  console.warn(`SKIPPED: the Python examples (${known.join(', ')}: no grpcio and protobuf; PYTHON names another).`);
  return null;
}
