/** Test only: a Python that can run the examples (PYTHON, else python3, with grpcio and protobuf), or null, said loudly. */
import { spawnSync } from 'node:child_process';

export function pythonWithGrpc(): string | null {
  const python = process.env.PYTHON ?? 'python3';
  if (spawnSync(python, ['-c', 'import grpc, google.protobuf'], { stdio: 'ignore' }).status === 0) return python;
  console.warn(`SKIPPED: the Python examples (${python} has no grpcio and protobuf; PYTHON names another).`);
  return null;
}
