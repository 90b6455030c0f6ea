/**
 * The viewer's colours, read from the page's CSS variables so that a theme is written once. Colours are sRGB triples 0..1 and
 * are mixed in sRGB, as CSS `color-mix(in srgb, …)` does, so canvas and page agree.
 */
export type Rgb = readonly [number, number, number];

/** Variable of each colour and what stands in for it when a page has none (the dark theme of DESIGN.md). */
const VARIABLES = {
  bg: ['--bg', '#0f1115'],
  panel: ['--panel', '#16191f'],
  line: ['--line', '#2b313b'],
  text: ['--text', '#e6e9ef'],
  dim: ['--dim', '#9aa4b2'],
  accent: ['--accent', '#4cc2ff'],
  error: ['--error', '#ff6b6b'],
  ego: ['--ego', '#29d3c2'],
  expert: ['--expert', '#ffb454'],
  vehicle: ['--vehicle', '#8bd17c'],
  pedestrian: ['--pedestrian', '#6ea8ff'],
  bicycle: ['--bicycle', '#ff7b72'],
  counterfactual: ['--counterfactual', '#c792ea'],
  road: ['--road', '#22272f'],
  verge: ['--verge', '#14181d'],
  mark: ['--mark', '#7b8594'],
} as const;

export type ViewerTheme = { readonly [key in keyof typeof VARIABLES]: Rgb } & { readonly dark: boolean };

/** Parses what a computed `color` can be: `rgb(…)`, `rgba(…)` or `color(srgb …)`. Returns null for anything else. */
export function parseColor(text: string): Rgb | null {
  const numbers = text.match(/-?\d*\.?\d+(e-?\d+)?/gi)?.map(Number) ?? [];
  if (numbers.length < 3) return null;
  const scale = text.startsWith('color(srgb') ? 1 : text.startsWith('rgb') ? 255 : 0;
  return scale ? [numbers[0] / scale, numbers[1] / scale, numbers[2] / scale] : null;
}

/** Reads the colours in force at `element`. */
export function readTheme(element: HTMLElement): ViewerTheme {
  const probe = document.createElement('i');
  probe.style.display = 'none';
  element.append(probe);
  const read = ([variable, fallback]: readonly [string, string]): Rgb => {
    probe.style.color = `var(${variable}, ${fallback})`;
    return parseColor(getComputedStyle(probe).color) ?? [0.5, 0.5, 0.5];
  };
  const colors = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, source]) => [name, read(source)]),
  ) as unknown as Omit<ViewerTheme, 'dark'>;
  probe.remove();
  return { ...colors, dark: luminance(colors.bg) < 0.5 };
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** `share` of `a` and the rest of `b`. */
export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [0, 1, 2].map((i) => a[i] * share + b[i] * (1 - share)) as unknown as Rgb;
}

/** CSS text of a colour. */
export function css(color: Rgb, alpha = 1): string {
  const [r, g, b] = color.map((c) => Math.round(c * 255));
  return `rgb(${r} ${g} ${b} / ${alpha})`;
}
