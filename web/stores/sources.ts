/**
 * The proxy behind the page and what it offers: where it is, whether it answers, its sources. Nothing is asked before somebody looks
 * (`watchSources`), and the lab works without any proxy. A token lives in this tab's session only.
 */
import { createStore } from 'zustand/vanilla';
import type { Failure } from '../../workers/contracts/protocol.ts';
import type { ProxyHandle } from '../../workers/proxy/proxy.ts';
import type { LiveSource } from '../../workers/contracts/proxy-protocol.ts';
import { ask } from './services.ts';

type ProxyLink =
  | { readonly phase: 'unasked' | 'connecting' }
  | { readonly phase: 'connected'; readonly version: string }
  /** Answered once, or refused, or never answered. */
  | { readonly phase: 'lost' | 'refused' | 'away'; readonly failure: Failure };

export interface SourcesState {
  readonly url: string;
  readonly token: string;
  readonly link: ProxyLink;
  readonly sources: readonly LiveSource[];
  /** Whether the panel is unfolded, which is when the list is kept fresh. */
  readonly open: boolean;
}

const TOKEN_KEY = 'traceway.proxy-token';
/** Where `npm run proxy` listens unless told otherwise. */
const USUAL = 'http://localhost:8090/';
const REFRESH_MS = 1500;

export const sourcesStore = createStore<SourcesState>(() => ({
  url: '',
  token: '',
  link: { phase: 'unasked' },
  sources: [],
  open: false,
}));

let handle: Promise<ProxyHandle> | undefined;
/** The proxy worker; its code is fetched when first needed. */
export function proxy(): Promise<ProxyHandle> {
  handle ??= import('../../workers/proxy/proxy.ts').then(({ createProxy }) => createProxy());
  return handle;
}

/** This page's own proxy, or null where the page came from something else. */
function ownProxy(): string | null {
  const place = document.querySelector('meta[name="traceway-proxy"]')?.getAttribute('content');
  return place ? new URL(place, document.baseURI).href : null;
}

/** Unfolds or folds the panel; unfolded, the page's own proxy is looked for at once. */
export function openSources(open: boolean): void {
  const { url, link } = sourcesStore.getState();
  const own = ownProxy();
  sourcesStore.setState({ open, ...(url === '' && { url: own ?? USUAL, token: keptToken() }) });
  if (open && own && link.phase === 'unasked') void connectProxy();
  if (open) void refreshSoon();
}

/** Looks for the proxy at the address given, from now on. */
export async function connectProxy(): Promise<boolean> {
  const { url, token } = sourcesStore.getState();
  sourcesStore.setState({ link: { phase: 'connecting' } });
  const answer = await ask(async () => (await proxy()).connect({ url: withScheme(url), ...(token && { token }) }));
  if (!answer.ok) {
    const { failure } = answer;
    const refused = /^(no|wrong)-token/.test(failure.message);
    sourcesStore.setState({ link: { phase: refused ? 'refused' : 'away', failure }, sources: [] });
    return false;
  }
  keepToken(token);
  const { version, sources } = answer.value;
  sourcesStore.setState({ link: { phase: 'connected', version }, sources });
  void refreshSoon();
  return true;
}

/** Reads the list again; a proxy that does not answer any more is lost, its last list stays to be seen. */
export async function refreshSources(): Promise<void> {
  const { link } = sourcesStore.getState();
  if (link.phase !== 'connected' && link.phase !== 'lost') return;
  const answer = await ask(async () => (await proxy()).sources());
  const now = sourcesStore.getState().link;
  if (now.phase !== 'connected' && now.phase !== 'lost') return;
  if (answer.ok) {
    const version = now.phase === 'connected' ? now.version : '';
    sourcesStore.setState({
      sources: answer.value,
      ...(now.phase === 'lost' && { link: { phase: 'connected', version } }),
    });
  } else sourcesStore.setState({ link: { phase: 'lost', failure: answer.failure } });
}

let waiting = false;
/** Again and again while the panel is unfolded. */
async function refreshSoon(): Promise<void> {
  if (waiting) return;
  waiting = true;
  await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  if (!document.hidden) await refreshSources();
  waiting = false;
  const { open, link } = sourcesStore.getState();
  if (open && (link.phase === 'connected' || link.phase === 'lost')) void refreshSoon();
}

const withScheme = (url: string) => (/^https?:\/\//.test(url) ? url : `http://${url}`);

function keptToken(): string {
  try {
    return sessionStorage.getItem(TOKEN_KEY) ?? '';
  } catch {
    return '';
  }
}
function keepToken(token: string): void {
  try {
    if (token) sessionStorage.setItem(TOKEN_KEY, token);
    else sessionStorage.removeItem(TOKEN_KEY);
  } catch {
    // Without a session's storage the token is asked for again after a reload.
  }
}
