import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createXmlReader, parseXml, type XmlElement, XmlError } from './xml.ts';
import { xmlValues } from './xml-values.ts';

const errorOf = (run: () => unknown): XmlError => {
  try {
    run();
  } catch (error) {
    if (error instanceof XmlError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const SAMPLE = `<?xml version="1.0"?>
<!-- a comment with <tags> & things -->
<a x='1' y="a &lt; b &#x41;">
  <b/>
  text &amp; more<![CDATA[ <raw> & ]]>
  <c:d k = "v > w"
     l="2"></c:d>
</a>
`;

test('elements, attributes, text, CDATA and line numbers', () => {
  const a = parseXml(SAMPLE);
  expect([a.name, a.line, [...a.attributes]]).toEqual([
    'a',
    3,
    [
      ['x', '1'],
      ['y', 'a < b A'],
    ],
  ]);
  expect(a.children.map(({ name, line }) => [name, line])).toEqual([
    ['b', 4],
    ['c:d', 6],
  ]);
  expect(a.children[1].attributes.get('k')).toBe('v > w');
  expect(a.text).toMatch(/^text & more <raw> &$/);
});

test('chunks of any size give the same tree, and elements are handed over and let go', () => {
  for (const size of [1, 2, 3, 7, 1000]) {
    const seen: XmlElement[] = [];
    const reader = createXmlReader({ depth: 1, onElement: (element, root) => void seen.push(element, root) });
    for (let i = 0; i < SAMPLE.length; i += size) reader.write(SAMPLE.slice(i, i + size));
    reader.end();
    expect(seen.map(({ name }) => name)).toEqual(['b', 'a', 'c:d', 'a']);
    expect(seen[1].children).toEqual([]);
    expect(seen[2]).toEqual(parseXml(SAMPLE).children[1]);
  }
});

test('each kind of broken file is one error with its line', () => {
  const cases: [string, number, RegExp][] = [
    ['', 0, /no element/],
    ['\x89PNG', 1, /expected an XML element/],
    ['<a>\n<b></a>', 2, /<\/a>, expected <\/b> for line 2/],
    ['<a>\n\n<b x="1"', 3, /ends inside a tag/],
    ['<a>\n<b>', 2, /ends inside <b> of line 2/],
    ['<a/>\n<b/>', 2, /second root/],
    ['<a x="1" x="2"/>', 1, /twice/],
    ['<a x=1/>', 1, /name="value"/],
    ['<a x="1"y="2"/>', 1, /name="value"/],
    ['<a>\n&bomb;</a>', 1, /entity "&bomb;"/],
    ['<a>&#0;</a>', 1, /entity/],
    ['<a>&#xd800;</a>', 1, /entity/],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 1, /no DOCTYPE/],
    [`${'<a>'.repeat(100)}`, 1, /nested 65 deep/],
  ];
  for (const [text, line, message] of cases) {
    const error = errorOf(() => parseXml(text));
    expect(error.message).toMatch(message);
    expect(error.line, text).toBe(line);
  }
});

test('size, element, attribute and token caps hold', () => {
  const limits = { chars: 1000, elements: 10, attributes: 3, token: 100 };
  const refused = (text: string) => errorOf(() => parseXml(text, { limits })).problem;
  expect(refused(`<a>${' '.repeat(1000)}</a>`)).toMatch(/1000 characters/);
  expect(refused(`<a>${'<b/>'.repeat(10)}</a>`)).toMatch(/10 elements/);
  expect(refused('<a b="" c="" d="" e=""/>')).toMatch(/3 attributes/);
  expect(refused(`<a b="${'x'.repeat(200)}"/>`)).toMatch(/100 characters/);
  const reader = createXmlReader({ depth: 0, limits, onElement: () => {} });
  expect(() => {
    for (;;) reader.write('<a b="x');
  }).toThrow(XmlError);
});

test('attributes named like object members are only attributes', () => {
  expect(parseXml('<a __proto__="1" constructor="2"/>').attributes.get('__proto__')).toBe('1');
});

test('whatever is read, only an XmlError is thrown', () => {
  const piece = fc.constantFrom(
    '<a>',
    '</a>',
    '<b x="1"/>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&amp;',
    '&',
    '<',
    '>',
    '"',
    '<?x',
    '?>',
    '<!',
    '\n',
    ' ',
    'é',
    '\0',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(piece, fc.string({ maxLength: 3 }))).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), (input, size) => {
      const outcome = (run: () => unknown) => {
        try {
          return JSON.stringify(run(), (_, value) => (value instanceof Map ? [...value] : value));
        } catch (error) {
          if (!(error instanceof XmlError)) throw error;
          return 'refused';
        }
      };
      const chunked = outcome(() => {
        let tree: unknown;
        const reader = createXmlReader({ depth: 0, onElement: (element) => (tree = element) });
        for (let i = 0; i < input.length; i += size) reader.write(input.slice(i, i + size));
        reader.end();
        return tree;
      });
      expect(chunked).toBe(outcome(() => parseXml(input)));
    }),
    { numRuns: 2000 },
  );
});

test('truncated or damaged real files end in one XmlError or a tree', () => {
  const whole = `<a>${SAMPLE.slice(SAMPLE.indexOf('<a x'))}</a>`;
  for (let i = 0; i < whole.trim().length; i++)
    expect(errorOf(() => parseXml(whole.slice(0, i))).name).toBe('XmlError');
});

test('a number is a plain decimal within its bounds', () => {
  const read = xmlValues('f');
  const element = (text: string) => parseXml(`<e n="${text}"/>`);
  expect(read.number(element(' -1.5e-3 '), 'n')).toBe(-0.0015);
  for (const bad of ['NaN', 'Infinity', '', '1e999', '0x10', '1,5', '1 2'])
    expect(() => read.number(element(bad), 'n'), bad).toThrow(/f:1 e: n is .* expected a number from/);
  expect(() => read.number(element('-1'), 'n', { min: 0 })).toThrow(/from 0 to/);
  expect(() => read.number(element('1'), 'm')).toThrow(/no m, expected m="…"/);
});
