/**
 * What the XML formats share: bytes to text in pieces, errors of the reader as `ImportError`s, numbers and children of an
 * element. An error's place is "line 12, commonRoad/lanelet".
 */
import { createXmlReader, type XmlElement, XmlError, type XmlReaderOptions } from '../../base/xml.ts';
import { MAX_LOG_COORDINATE, MAX_LOG_BYTES, shorten } from './log.ts';
import { ImportError } from '../../base/import-error.ts';

/** Bytes decoded and read at once. */
const CHUNK = 64 * 1024;

/** Feeds a file through the streaming reader. @throws ImportError */
export function readXmlFile(bytes: Uint8Array, options: XmlReaderOptions): void {
  checkSize(bytes.length);
  const reader = createXmlReader({ ...options, limits: { chars: MAX_LOG_BYTES, ...options.limits } });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (at: number) => {
    try {
      return decoder.decode(bytes.subarray(at, at + CHUNK), { stream: at + CHUNK < bytes.length });
    } catch {
      throw new ImportError('file', 'The file is not text (UTF-8).');
    }
  };
  try {
    for (let at = 0; at < bytes.length; at += CHUNK) reader.write(decode(at));
    reader.end();
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const { line, path, problem, expected } = error;
    const place = [line > 0 ? `line ${line}` : '', path].filter(Boolean).join(', ');
    throw new ImportError(place || 'file', `${problem}, expected ${expected}`);
  }
}

/** Refuses a file before it is read. @throws ImportError */
export function checkSize(bytes: number): void {
  if (bytes <= MAX_LOG_BYTES) return;
  const [size, limit] = [bytes, MAX_LOG_BYTES].map((n) => `${(n / 2 ** 20).toFixed(0)} MiB`);
  throw new ImportError('file', `The file has ${size}; a recorded drive has at most ${limit}.`);
}

export const child = ({ children }: XmlElement, name: string): XmlElement | undefined =>
  children.find((element) => element.name === name);
export const all = ({ children }: XmlElement, name: string): XmlElement[] =>
  children.filter((element) => element.name === name);
export const locationOf = ({ line, name }: XmlElement): string => `line ${line}, ${name}`;

/** @throws ImportError when the child is missing. */
export function needChild(element: XmlElement, name: string, of = element.name): XmlElement {
  const found = child(element, name);
  if (!found) throw new ImportError(`line ${element.line}, ${of}`, `there is no <${name}>`);
  return found;
}

/** @throws ImportError unless the text is a finite number within ±`limit`. */
export function toNumber(text: string | undefined, where: string, limit = MAX_LOG_COORDINATE): number {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value) && Math.abs(value) <= limit) return value;
  const got = text === undefined ? 'nothing' : `"${shorten(text, 60)}"`;
  throw new ImportError(
    where,
    `got ${got}, expected a number${limit === MAX_LOG_COORDINATE ? '' : ` within ±${limit}`}`,
  );
}

/** An attribute as a number. @throws ImportError */
export function numberAttribute(element: XmlElement, name: string, limit = MAX_LOG_COORDINATE): number {
  return toNumber(element.attributes.get(name), `${locationOf(element)} ${name}`, limit);
}

/** Every element below, depth first. */
export function* descendants(element: XmlElement): Generator<XmlElement> {
  for (const each of element.children) {
    yield each;
    yield* descendants(each);
  }
}
