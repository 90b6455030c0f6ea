/**
 * OpenSCENARIO parameters: `$name` stands for a declared value, `${…}` for an expression over them. Declarations hold in the
 * element they stand in and below. An expression that is no arithmetic stays as text: whoever needs a number there says so. References to
 * catalogues are followed on the way: an entry has parameters of its own, and the reference may assign them.
 * Source: ASAM OpenSCENARIO 1.1, 9.1 parameters and 9.2 expressions.
 */
import type { XmlElement } from '../../base/xml.ts';
import { shorten } from '../logs/log.ts';
import { ImportError } from '../../base/import-error.ts';
import { all, child, locationOf } from '../logs/xml-file.ts';

type Scope = ReadonlyMap<string, string>;
const MAX_EXPRESSION = 500;
const MAX_DEPTH = 50;

/** Catalogue entries refer to each other at most this deep. */
const MAX_REFERENCES = 8;

export interface ResolveOptions {
  /** The element to stand in the place of a <CatalogReference>; undefined leaves the reference. */
  readonly entry?: (reference: XmlElement) => XmlElement | undefined;
  readonly outer?: Scope;
  /** Values that a reference gives to parameters of its entry. */
  readonly assigned?: Scope;
  /** References followed to get here. */
  readonly followed?: number;
}

/** The tree with every attribute resolved. `onText` hears of expressions that stay text. @throws ImportError */
export function resolveParameters(
  root: XmlElement,
  onText: (expression: string) => void,
  options: ResolveOptions = {},
): XmlElement {
  const { entry, outer, assigned, followed = 0 } = options;
  const scope = new Map(outer);
  const declared = child(root, 'ParameterDeclarations');
  for (const each of declared ? all(declared, 'ParameterDeclaration') : []) {
    const [name, value] = ['name', 'value'].map((key) => each.attributes.get(key));
    if (name === undefined || value === undefined)
      throw new ImportError(locationOf(each), 'it has no name or no value');
    scope.set(name, assigned?.get(name) ?? resolve(value, scope, each, onText));
  }
  const attributes = new Map<string, string>();
  for (const [name, value] of root.attributes) attributes.set(name, resolve(value, scope, root, onText));
  const below = { ...(entry && { entry }), outer: scope, followed };
  const resolved = {
    ...root,
    attributes,
    children: root.children.map((each) => resolveParameters(each, onText, below)),
  };
  if (!entry || root.name !== 'CatalogReference' || followed >= MAX_REFERENCES) return resolved;
  const found = entry(resolved);
  if (!found) return resolved;
  return resolveParameters(found, onText, { ...below, assigned: assignments(resolved), followed: followed + 1 });
}

function assignments(reference: XmlElement): Scope {
  const holder = child(reference, 'ParameterAssignments');
  return new Map(
    (holder ? all(holder, 'ParameterAssignment') : []).map(({ attributes }) => [
      attributes.get('parameterRef') ?? '',
      attributes.get('value') ?? '',
    ]),
  );
}

function resolve(text: string, scope: Scope, element: XmlElement, onText: (expression: string) => void): string {
  if (!text.includes('$')) return text;
  const simple = /^\$([A-Za-z_][\w.]*)$/.exec(text);
  if (simple) return lookUp(simple[1], scope, element);
  const braced = /^\$\{(.*)\}$/s.exec(text);
  if (!braced || text.length > MAX_EXPRESSION) {
    onText(text);
    return text;
  }
  const value = evaluateExpression(braced[1], (name) => Number(lookUp(name, scope, element)));
  if (value !== undefined) return String(value);
  onText(text);
  return text;
}

function lookUp(name: string, scope: Scope, element: XmlElement): string {
  const value = scope.get(name);
  if (value === undefined)
    throw new ImportError(locationOf(element), `the parameter $${shorten(name, 40)} is not declared`);
  return value;
}

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  max: Math.max,
  min: Math.min,
  pow: (base, exponent) => base ** exponent,
  round: Math.round,
  sign: Math.sign,
  sqrt: Math.sqrt,
};

/** Value of an arithmetic expression; undefined when it is none or has no finite value. Recursive descent. */
export function evaluateExpression(text: string, parameter: (name: string) => number): number | undefined {
  const tokens =
    text.match(/\s+|\$?[A-Za-z_][\w.]*|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[-+*/%(),]|./gs) ?? [];
  const words = tokens.filter((token) => token.trim() !== '');
  let at = 0;
  let depth = 0;
  const nothing = Symbol('no arithmetic');
  const no = (): never => {
    throw nothing;
  };
  const take = (token: string) => words[at] === token && ++at > 0;
  const sum = (): number => {
    if (++depth > MAX_DEPTH) no();
    let value = product();
    for (;;) {
      if (take('+')) value += product();
      else if (take('-')) value -= product();
      else break;
    }
    depth--;
    return value;
  };
  const product = (): number => {
    let value = factor();
    for (;;) {
      if (take('*')) value *= factor();
      else if (take('/')) value /= factor();
      else if (take('%')) value %= factor();
      else return value;
    }
  };
  const factor = (): number => {
    let sign = 1;
    for (; words[at] === '-' || words[at] === '+'; at++) if (words[at] === '-') sign = -sign;
    return sign * atom();
  };
  const atom = (): number => {
    const word = words[at++] ?? no();
    if (word === '(') {
      const value = sum();
      return take(')') ? value : no();
    }
    if (word.startsWith('$')) return parameter(word.slice(1));
    if (/^[\d.]/.test(word)) return Number(word);
    if (!Object.hasOwn(FUNCTIONS, word) || !take('(')) return no();
    const values = [sum()];
    while (take(',')) values.push(sum());
    return take(')') ? FUNCTIONS[word](...values) : no();
  };
  try {
    const value = sum();
    return at === words.length && Number.isFinite(value) ? value : undefined;
  } catch (error) {
    if (error === nothing) return undefined;
    throw error;
  }
}
