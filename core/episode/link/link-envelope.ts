/**
 * The text of a replay link: `#r1.<base64url(deflate-raw(bytes))>.<base64url(first 8 bytes of SHA-256)>`.
 *
 * The digest is taken over the deflated bytes, so damage is found before anything is inflated. Reading is hostile-input code,
 * in this order: length, version, alphabet, digest, streaming inflate with a cap. No step does work that the one before it
 * has not bounded. Base64url is RFC 4648 §5 without padding, in its canonical form only.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { deflateSync, Inflate } from 'fflate';

/** Characters a link may have, `#` included. */
export const MAX_LINK_CHARACTERS = 32_000;
/** Bytes a link may inflate to. */
const MAX_LINK_BYTES = 256 * 1024;
const VERSION = 'r1';
const DIGEST_BYTES = 8;
/** Deflate expands at most 1032-fold, so one slice overshoots the cap by 132 kB at most. */
const INFLATE_SLICE = 128;

export type LinkFailure =
  | 'not-a-link'
  | 'newer'
  | 'too-long'
  | 'alphabet'
  | 'digest'
  | 'compression'
  | 'format'
  | 'scenario'
  | 'trace'
  | 'diverged';

/** Why a link cannot be opened or made: one sentence for the person, and which part of the link it is about. */
export class LinkError extends Error {
  readonly reason: LinkFailure;
  readonly where: string;
  constructor(reason: LinkFailure, where: string, message: string) {
    super(message);
    this.name = 'LinkError';
    this.reason = reason;
    this.where = where;
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUE_OF = new Map([...ALPHABET].map((character, value) => [character, value]));

function toBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const characters = Math.min(4, bytes.length - i + 1);
    for (let k = 0; k < characters; k++) text += ALPHABET[(word >> (18 - 6 * k)) & 63];
  }
  return text;
}

/** `offset` is where `text` starts in the fragment, for the error. @throws LinkError */
function fromBase64url(text: string, offset: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const value = VALUE_OF.get(text[i]);
    if (value === undefined) {
      const where = `character ${offset + i + 1}`;
      throw new LinkError('alphabet', where, `The link is damaged: ${where} does not belong in a replay link.`);
    }
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[count++] = (held >> bits) & 0xff;
    }
  }
  if (bits >= 6 || (held & ((1 << bits) - 1)) !== 0) {
    const where = `character ${offset + text.length}`;
    throw new LinkError('alphabet', where, `The link is incomplete: it is cut off near ${where}.`);
  }
  return bytes;
}

/** Inflates with a cap; gives up as soon as the cap is passed. @throws LinkError */
function inflate(deflated: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let size = 0;
  const inflater = new Inflate((part) => {
    size += part.length;
    parts.push(part);
  });
  for (let at = 0; at < deflated.length; at += INFLATE_SLICE) {
    const last = at + INFLATE_SLICE >= deflated.length;
    try {
      inflater.push(deflated.subarray(at, at + INFLATE_SLICE), last);
    } catch {
      throw new LinkError('compression', `byte ${at}`, 'The link is damaged: its contents cannot be unpacked.');
    }
    if (size > MAX_LINK_BYTES) {
      const limit = `${MAX_LINK_BYTES / 1024} KiB`;
      throw new LinkError('too-long', 'contents', `The link unpacks to more than ${limit}; it was not opened.`);
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The fragment that carries `bytes`, `#` included. @throws LinkError when it would be too long to open again. */
export function sealEnvelope(bytes: Uint8Array): string {
  const deflated = deflateSync(bytes, { level: 9 });
  const digest = sha256(deflated).subarray(0, DIGEST_BYTES);
  const fragment = `#${VERSION}.${toBase64url(deflated)}.${toBase64url(digest)}`;
  if (fragment.length > MAX_LINK_CHARACTERS || bytes.length > MAX_LINK_BYTES) {
    const message = `This drive makes a link of ${fragment.length} characters; the most is ${MAX_LINK_CHARACTERS}. Export it as a file instead.`;
    throw new LinkError('too-long', 'link', message);
  }
  return fragment;
}

/** The bytes a link carries. Takes a fragment, with or without `#`, or a whole address. @throws LinkError */
export function openEnvelope(link: string): Uint8Array {
  if (link.length > MAX_LINK_CHARACTERS) {
    const message = `The link has ${link.length} characters; the most is ${MAX_LINK_CHARACTERS}. It was not opened.`;
    throw new LinkError('too-long', 'link', message);
  }
  const text = link.trim();
  const fragment = text.slice(text.indexOf('#') + 1);
  const version = /^r([0-9]{1,9})\./.exec(fragment)?.[1];
  if (version !== undefined && Number(version) > 1 && !version.startsWith('0')) {
    throw new LinkError('newer', `version r${version}`, 'This link was made by a newer Traceway; update to open it.');
  }
  const [head, body, check, ...more] = fragment.split('.', 4);
  if (head !== VERSION) {
    throw new LinkError('not-a-link', 'start', 'This is not a replay link: it does not start with #r1.');
  }
  if (!body || !check || more.length > 0) {
    throw new LinkError('not-a-link', 'parts', 'The link is incomplete: a replay link has three parts.');
  }
  const deflated = fromBase64url(body, VERSION.length + 2);
  const given = fromBase64url(check, VERSION.length + body.length + 3);
  const digest = sha256(deflated).subarray(0, DIGEST_BYTES);
  if (given.length !== DIGEST_BYTES || digest.some((byte, i) => byte !== given[i])) {
    throw new LinkError('digest', 'check sum', 'The link is damaged: its check sum does not match its contents.');
  }
  return inflate(deflated);
}
