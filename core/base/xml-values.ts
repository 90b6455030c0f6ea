/**
 * Typed attributes and children of an XML element, each refused with one `XmlError` that says file, line, element and what
 * was expected. Numbers are plain decimals in a stated range: NaN, Infinity and empty strings never get through.
 */
import { type XmlElement, XmlError } from './xml.ts';

const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?\s*$/;

export interface NumberBounds {
  readonly min?: number;
  readonly max?: number;
}

/** Readers for the elements of one file; `source` names it in errors. Every one throws XmlError. */
export function xmlValues(source: string) {
  const fail = (element: XmlElement, problem: string, expected: string): never => {
    throw new XmlError(source, element.line, element.name, problem, expected);
  };
  const parse = (element: XmlElement, name: string, text: string, { min = -1e9, max = 1e9 }: NumberBounds): number => {
    const value = Number(text);
    if (!DECIMAL.test(text) || !(value >= min && value <= max))
      fail(element, `${name} is "${text.slice(0, 40)}"`, `a number from ${min} to ${max}`);
    return value;
  };
  const string = (element: XmlElement, name: string): string =>
    element.attributes.get(name) ?? fail(element, `no ${name}`, `${name}="…"`);

  return {
    fail,
    string,
    /** A required number. */
    number: (element: XmlElement, name: string, bounds: NumberBounds = {}): number =>
      parse(element, name, string(element, name), bounds),
    /** A number, or `otherwise` where the attribute is absent. */
    numberOr<T>(element: XmlElement, name: string, otherwise: T, bounds: NumberBounds = {}): number | T {
      const text = element.attributes.get(name);
      return text === undefined ? otherwise : parse(element, name, text, bounds);
    },
    integer(element: XmlElement, name: string, bounds: NumberBounds = {}): number {
      const value = parse(element, name, string(element, name), bounds);
      return Number.isInteger(value) ? value : fail(element, `${name} is ${value}`, 'a whole number');
    },
    oneOf<T extends string>(element: XmlElement, name: string, choices: readonly T[]): T {
      const text = string(element, name);
      const found = choices.find((choice) => choice === text);
      return found ?? fail(element, `${name} is "${text.slice(0, 40)}"`, choices.join(' or '));
    },
    /** The only child of that name, or undefined. */
    child(element: XmlElement, name: string): XmlElement | undefined {
      const found = element.children.filter((child) => child.name === name);
      if (found.length > 1) fail(found[1], `a second <${name}> in <${element.name}>`, 'one');
      return found[0];
    },
  };
}
export type XmlValues = ReturnType<typeof xmlValues>;

export const childrenNamed = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];
