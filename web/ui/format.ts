/** Numbers as the lab writes them. */

/** Seconds as m:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** A number with a sign that is a real minus; what rounds to zero has none. `plus`: whether a plus is written. */
export function signed(value: number, digits = 2, plus = true): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return value < 0 ? `−${text}` : plus ? `+${text}` : text;
}

/** A probability as in a debugger's column: ".881", "1", "<.001". */
export function formatProbability(p: number): string {
  if (p >= 0.9995) return '1';
  return p < 0.0005 ? '<.001' : p.toFixed(3).slice(1);
}

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = count;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** Three significant digits, without an exponent where it is readable. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e5)) return value.toExponential(1).replace('-', '−');
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3).replace('-', '−');
}

/** A figure with so many digits; a dash where there is none. */
export const figure = (value: number, digits = 1): string =>
  Number.isFinite(value) ? value.toFixed(digits).replace('-', '−') : '–';
