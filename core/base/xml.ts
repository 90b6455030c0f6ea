/**
 * A small, strict XML reader for the lab's map and log formats: elements, attributes, text and line numbers, nothing else.
 *
 * It reads chunk by chunk and hands over each element of a chosen depth as it closes, so a file never stands in memory as
 * a whole tree. Files are hostile until read: a DOCTYPE is refused (and with it every entity but XML's own five and
 * character references, so there are no entity bombs), and depth, size, names, attributes and elements held at once are
 * capped. Whatever the input, the only thing thrown is one `XmlError`. Source: W3C XML 1.0, fifth edition.
 */

export interface XmlElement {
  readonly name: string;
  /** 1-based line of the start tag. */
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Character data directly inside, entities decoded, trimmed. */
  readonly text: string;
}

/** "town.xodr:12 planView: got NaN, expected a finite number". Content errors of the formats built on XML use it too. */
export class XmlError extends Error {
  readonly source: string;
  /** 1-based; 0 when the whole file is meant. */
  readonly line: number;
  readonly path: string;
  readonly problem: string;
  readonly expected: string;

  constructor(source: string, line: number, path: string, problem: string, expected: string) {
    super(`${source}${line > 0 ? `:${line}` : ''}${path ? ` ${path}` : ''}: ${problem}, expected ${expected}`);
    this.name = 'XmlError';
    this.source = source;
    this.line = line;
    this.path = path;
    this.problem = problem;
    this.expected = expected;
  }
}

export interface XmlLimits {
  /** Characters of the whole file. */
  readonly chars: number;
  readonly depth: number;
  /** Elements held at once: the whole tree for `parseXml`, one handed-over element for a reader. */
  readonly elements: number;
  readonly attributes: number;
  /** Characters of one tag, comment, or run of text. */
  readonly token: number;
}
const XML_LIMITS: XmlLimits = {
  chars: 64 * 1024 * 1024,
  depth: 64,
  elements: 400_000,
  attributes: 128,
  token: 1024 * 1024,
};

export interface XmlReaderOptions {
  /** The name used in errors. */
  readonly source?: string;
  readonly limits?: Partial<XmlLimits>;
  /** Depth of the elements handed to `onElement`: 0 the root itself, 1 its children, … */
  readonly depth: number;
  /** Called as such an element closes; it is not kept. `root` is the root as known so far. */
  onElement(element: XmlElement, root: XmlElement): void;
}

interface Open {
  name: string;
  line: number;
  attributes: Map<string, string>;
  children: Open[];
  text: string;
}

const NAME = '[A-Za-z_:\\u00c0-\\ufffd][\\w:.\\-\\u00b7\\u00c0-\\ufffd]{0,255}';
const TAG = new RegExp(`<(${NAME})`, 'y');
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'y');
const TAG_END = /\s*(\/?)>/y;
const CLOSING = new RegExp(`^</(${NAME})\\s*>$`);
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

/**
 * A reader to `write` chunks to, and to `end`.
 * @throws XmlError from either, and whatever `onElement` throws.
 */
export function createXmlReader(options: XmlReaderOptions): { write(chunk: string): void; end(): void } {
  const { source = 'xml', depth: handOver } = options;
  const limits = { ...XML_LIMITS, ...options.limits };
  const stack: Open[] = [];
  let root: Open | undefined;
  let buffer = '';
  let at = 0;
  let line = 1;
  /** The next line's end in the buffer: looked for once a line, so a buffer without any is not searched at every token. */
  let lineEnd = -1;
  let chars = 0;
  let held = 0;

  const fail = (problem: string, expected: string, where = line): never => {
    throw new XmlError(source, where, stack.map(({ name }) => name).join('/'), problem, expected);
  };
  const lineEndFrom = (from: number) => {
    const found = buffer.indexOf('\n', from);
    return found < 0 ? Number.POSITIVE_INFINITY : found;
  };
  const advance = (to: number) => {
    while (lineEnd < to) {
      line++;
      lineEnd = lineEndFrom(lineEnd + 1);
    }
    at = to;
  };

  const decode = (text: string): string =>
    text.includes('&')
      ? text.replace(/&([^;&\s]{1,12};)?/g, (_, body: string | undefined) => {
          const name = body?.slice(0, -1) ?? '';
          if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name];
          const digits = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name);
          const code = digits ? Number.parseInt(digits[1] ?? digits[2], digits[1] ? 16 : 10) : 0;
          if (code < 9 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
            fail(`entity "&${body ?? ''}"`, 'one of &lt; &gt; &amp; &apos; &quot; or a character reference');
          return String.fromCodePoint(code);
        })
      : text;

  const addText = (text: string) => {
    const open = stack.at(-1);
    if (open) open.text += text;
    else if (text.trim() !== '' && text !== '\ufeff')
      fail(`text "${text.trim().slice(0, 20)}"`, root ? 'the end of the file' : 'an XML element');
  };

  const close = () => {
    const element = stack.pop() as Open;
    element.text = element.text.trim();
    if (stack.length === handOver) {
      held = 0;
      options.onElement(element, root as XmlElement);
    } else if (stack.length > handOver) stack[stack.length - 1].children.push(element);
  };

  const startTag = (token: string) => {
    if (root && stack.length === 0) fail('a second root element', 'the end of the file');
    if (stack.length >= limits.depth) fail(`elements nested ${limits.depth + 1} deep`, `at most ${limits.depth}`);
    if (++held > limits.elements) fail(`more than ${limits.elements} elements`, `at most ${limits.elements}`);
    TAG.lastIndex = 0;
    const name = TAG.exec(token)?.[1] ?? fail(`"${token.slice(0, 20)}"`, 'a tag');
    const attributes = new Map<string, string>();
    let end = TAG.lastIndex;
    for (;;) {
      ATTRIBUTE.lastIndex = end;
      const match = ATTRIBUTE.exec(token);
      if (!match) break;
      if (attributes.has(match[1])) fail(`attribute "${match[1]}" twice in <${name}>`, 'it once');
      if (attributes.size >= limits.attributes) fail(`more than ${limits.attributes} attributes`, 'fewer');
      attributes.set(match[1], decode(match[2] ?? match[3]));
      end = ATTRIBUTE.lastIndex;
    }
    TAG_END.lastIndex = end;
    const rest = TAG_END.exec(token);
    if (!rest || TAG_END.lastIndex !== token.length)
      fail(`"${token.slice(end, end + 20).trim()}" in <${name}>`, 'name="value" or the end of the tag');
    const element: Open = { name, line, attributes, children: [], text: '' };
    root ??= element;
    stack.push(element);
    if (rest?.[1]) close();
  };

  const endTag = (token: string) => {
    const name = CLOSING.exec(token)?.[1] ?? fail(`"${token.slice(0, 20)}"`, 'a closing tag');
    const open = stack.at(-1);
    if (open?.name !== name) fail(`</${name}>`, open ? `</${open.name}> for line ${open.line}` : 'no closing tag');
    close();
  };

  /** Where the markup at `at` ends (exclusive), or −1 when the buffer ends first. */
  const markupEnd = (): number => {
    const until = (mark: string, skip: number) => {
      const end = buffer.indexOf(mark, at + skip);
      return end < 0 ? -1 : end + mark.length;
    };
    if (buffer.startsWith('<!--', at)) return until('-->', 4);
    if (buffer.startsWith('<![CDATA[', at)) return until(']]>', 9);
    if (buffer.startsWith('<?', at)) return until('?>', 2);
    if (buffer.startsWith('<!', at)) {
      const begun = buffer.slice(at, at + 9);
      if ('<!--'.startsWith(begun) || '<![CDATA['.startsWith(begun)) return -1;
      fail(`"${begun}…"`, 'no DOCTYPE and no declarations');
    }
    let quote = '';
    for (let i = at + 1; i < buffer.length; i++) {
      const c = buffer[i];
      if (quote) {
        if (c === quote) quote = '';
      } else if (c === '"' || c === "'") quote = c;
      else if (c === '>') return i + 1;
      else if (c === '<') fail('"<" inside a tag', '">"');
    }
    return -1;
  };

  const drain = (final: boolean) => {
    while (at < buffer.length) {
      const markup = buffer[at] === '<';
      const next = markup ? markupEnd() : buffer.indexOf('<', at);
      const end = next < 0 && final && !markup ? buffer.length : next;
      if ((end < 0 ? buffer.length : end) - at > limits.token)
        fail(`a tag or text of more than ${limits.token} characters`, 'a shorter one');
      if (end < 0) {
        if (final) fail('the file ends inside a tag', '">"');
        return;
      }
      const token = buffer.slice(at, end);
      if (!markup) addText(decode(token));
      else if (token.startsWith('<![CDATA[')) addText(token.slice(9, -3));
      else if (token.startsWith('</')) endTag(token);
      else if (!token.startsWith('<!') && !token.startsWith('<?')) startTag(token);
      advance(end);
    }
  };

  return {
    write(chunk) {
      chars += chunk.length;
      if (chars > limits.chars) fail(`more than ${limits.chars} characters`, 'a smaller file', 0);
      buffer = at < buffer.length ? buffer.slice(at) + chunk : chunk;
      at = 0;
      lineEnd = lineEndFrom(0);
      drain(false);
    },
    end() {
      drain(true);
      const open = stack.at(-1);
      if (open) fail(`the file ends inside <${open.name}> of line ${open.line}`, `</${open.name}>`);
      if (!root) fail('no element', 'an XML file', 0);
    },
  };
}

/**
 * The whole tree of a text.
 * @throws XmlError
 */
export function parseXml(text: string, options: { source?: string; limits?: Partial<XmlLimits> } = {}): XmlElement {
  let tree: XmlElement | undefined;
  const reader = createXmlReader({ ...options, depth: 0, onElement: (element) => (tree = element) });
  reader.write(text);
  reader.end();
  return tree as unknown as XmlElement;
}
