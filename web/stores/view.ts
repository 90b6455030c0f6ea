/**
 * How the lab is shown: theme, preset, camera, panel sizes. Kept in localStorage; a damaged or older record is dropped
 * field by field, never an error.
 */
import { createStore } from 'zustand/vanilla';

export type Theme = 'dark' | 'light' | 'system';
export type Preset = 'watch' | 'debug' | 'train' | 'compare';
export type Camera = 'chase' | 'driver' | 'top' | 'free';
/** The lab, or a page of its own beside it. */
export type Page = 'lab' | 'reports' | 'editor';
export type DialogName = 'palette' | 'shortcuts' | 'share' | 'engine' | 'new-drive' | null;

export const THEMES: readonly Theme[] = ['system', 'dark', 'light'];
export const PAGES: readonly Page[] = ['lab', 'reports', 'editor'];
export const PRESETS: readonly Preset[] = ['watch', 'debug', 'train', 'compare'];
export const CAMERAS: readonly Camera[] = ['chase', 'driver', 'top', 'free'];

export interface ViewState {
  readonly theme: Theme;
  /** What `theme` comes to now; the document carries it as `data-theme`. */
  readonly dark: boolean;
  readonly preset: Preset;
  readonly camera: Camera;
  /** Panel sizes in percent, by group of panels and preset. */
  readonly layouts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Whether the first-run tour has been finished or put away. */
  readonly toured: boolean;
  readonly metricsAsTable: boolean;
  /** Not kept: which page is shown (the address says it) and which dialog is open. */
  readonly page: Page;
  readonly dialog: DialogName;
  /** Not kept: whether the list of actors lies over the picture, where no panel has it. */
  readonly actorsOpen: boolean;
  /** Not kept: the id of the actor whose view is a picture in the picture. */
  readonly insetOf: string | null;
}

const KEY = 'traceway.view/1';
const KEPT = ['theme', 'preset', 'camera', 'layouts', 'toured', 'metricsAsTable'] as const;
type Kept = Pick<ViewState, (typeof KEPT)[number]>;

const FALLBACK: Kept = {
  theme: 'system',
  preset: 'debug',
  camera: 'chase',
  layouts: {},
  toured: false,
  metricsAsTable: false,
};

/** A layout record as it came from storage, or null when any part of it is not a percentage. */
function readLayouts(value: unknown): Kept['layouts'] | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const group of Object.values(value)) {
    if (typeof group !== 'object' || group === null) return null;
    for (const size of Object.values(group)) if (typeof size !== 'number' || !(size >= 0 && size <= 100)) return null;
  }
  return value as Kept['layouts'];
}

/** Reads kept settings from JSON text; anything not understood falls back. */
export function readKeptSettings(text: string | null): Kept {
  let record: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) record = parsed as Record<string, unknown>;
  } catch {
    return FALLBACK;
  }
  const oneOf = <T>(options: readonly T[], value: unknown, fallback: T) =>
    options.includes(value as T) ? (value as T) : fallback;
  return {
    theme: oneOf(THEMES, record.theme, FALLBACK.theme),
    preset: oneOf(PRESETS, record.preset, FALLBACK.preset),
    camera: oneOf(CAMERAS, record.camera, FALLBACK.camera),
    layouts: readLayouts(record.layouts) ?? FALLBACK.layouts,
    toured: record.toured === true,
    metricsAsTable: record.metricsAsTable === true,
  };
}

export const viewStore = createStore<ViewState>(() => ({
  ...FALLBACK,
  dark: true,
  page: 'lab',
  dialog: null,
  actorsOpen: false,
  insetOf: null,
}));

/** Reads what was kept, follows the system's colour scheme, and keeps every later change. */
export function startView(storage: Storage | null, system: MediaQueryList, root: HTMLElement): void {
  const isDark = (theme: Theme) => (theme === 'system' ? system.matches : theme === 'dark');
  const kept = readKeptSettings(storage?.getItem(KEY) ?? null);
  const show = (state: ViewState) => {
    root.dataset.theme = state.dark ? 'dark' : 'light';
  };
  viewStore.setState({ ...kept, dark: isDark(kept.theme) });
  show(viewStore.getState());
  system.addEventListener('change', () => viewStore.setState({ dark: isDark(viewStore.getState().theme) }));
  viewStore.subscribe((state, before) => {
    if (state.theme !== before.theme) viewStore.setState({ dark: isDark(state.theme) });
    if (state.dark !== before.dark) show(state);
    if (!KEPT.some((key) => state[key] !== before[key])) return;
    try {
      storage?.setItem(KEY, JSON.stringify(Object.fromEntries(KEPT.map((key) => [key, state[key]]))));
    } catch {
      // A full or forbidden storage costs only the memory of these settings.
    }
  });
}

export const openDialog = (dialog: DialogName): void => viewStore.setState({ dialog });
