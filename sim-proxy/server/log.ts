/** Structured logs: one JSON object a line. Callers pass plain facts; headers, tokens and query strings are never among them. */
type LogLevel = 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, event: string, facts?: Readonly<Record<string, unknown>>) => void;

/** Writes to `write` (stderr by default); a line of more than 4,000 characters is cut. */
export function createLog(write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  return (level, event, facts = {}) => {
    const line = JSON.stringify({ time: new Date().toISOString(), level, event, ...facts });
    write(`${line.length > 4000 ? JSON.stringify({ level, event, cut: line.slice(0, 3000) }) : line}\n`);
  };
}
