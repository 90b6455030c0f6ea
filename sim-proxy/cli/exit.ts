/**
 * Ends the process once all that was printed is out: a pipe takes 64 KiB until somebody reads, and what still waits is lost when a process
 * exits. A reader that has gone does not keep it.
 */
export function exit(code: number): void {
  let open = 2;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {});
    stream.write('', () => {
      if (--open === 0) process.exit(code);
    });
  }
}
