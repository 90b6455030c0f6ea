/**
 * A second evaluation of `.xodr` files that shares nothing with the product: tags found by regular expression, closed forms
 * by the textbook with `Math.sin`, spirals by Simpson's rule with 4,000 intervals, poly3 by marching along u. Slow on purpose.
 */
export interface IndependentRoad {
  readonly id: string;
  readonly length: number;
  at(s: number): { x: number; y: number; heading: number };
  /** Lanes at s: id, t of centre, width. */
  lanes(s: number): { id: number; t: number; width: number }[];
}

type Attributes = Record<string, string>;
const attributesOf = (tag: string): Attributes =>
  Object.fromEntries([...tag.matchAll(/([\w:]+)\s*=\s*"([^"]*)"/g)].map(([, name, value]) => [name, value]));
const blocks = (text: string, tag: string) =>
  [...text.matchAll(new RegExp(`<${tag}(\\s[^>]*?)?(?:/>|>([\\s\\S]*?)</${tag}>)`, 'g'))].map(([, head, body]) => ({
    head: attributesOf(head ?? ''),
    body: body ?? '',
  }));
const cubic = (o: Attributes, d: number) => +o.a + +o.b * d + +o.c * d ** 2 + +o.d * d ** 3;
const lastBefore = <T extends { head: Attributes }>(items: T[], key: string, s: number): T | undefined =>
  items.filter(({ head }) => +head[key] <= s).at(-1);

export function independentRoads(xodr: string): IndependentRoad[] {
  const text = xodr.replace(/<!--[\s\S]*?-->/g, '');
  return [...text.matchAll(/<road\s([^>]*)>([\s\S]*?)<\/road>/g)].map(([, head, body]) => {
    const road = attributesOf(head);
    const plan = blocks(body, 'geometry');
    const offsets = blocks(body, 'laneOffset');
    const sections = blocks(body, 'laneSection').map((section) => ({
      ...section,
      lanes: blocks(section.body, 'lane').map((lane) => ({ id: +lane.head.id, widths: blocks(lane.body, 'width') })),
    }));
    return {
      id: road.id,
      length: +road.length,
      at(s) {
        const geometry = lastBefore(plan, 's', s) ?? plan[0];
        return place(geometry.head, geometry.body, s - +geometry.head.s);
      },
      lanes(s) {
        const section = lastBefore(sections, 's', s);
        if (!section) return [];
        const offset = lastBefore(offsets, 's', s);
        const base = offset ? cubic(offset.head, s - +offset.head.s) : 0;
        const d = s - +section.head.s;
        const widthOf = (id: number) => {
          const width = lastBefore(section.lanes.find((lane) => lane.id === id)?.widths ?? [], 'sOffset', d);
          return width ? cubic(width.head, d - +width.head.sOffset) : 0;
        };
        return section.lanes
          .filter(({ id }) => id !== 0)
          .map(({ id }) => {
            const sign = Math.sign(id);
            let t = base;
            for (let i = 1; i < Math.abs(id); i++) t += sign * widthOf(sign * i);
            const width = widthOf(id);
            return { id, t: t + (sign * width) / 2, width };
          });
      },
    };
  });
}

function place(g: Attributes, body: string, d: number): { x: number; y: number; heading: number } {
  const [x, y, h, length] = [+g.x, +g.y, +g.hdg, +g.length];
  const [, kind, rest] = /<(line|arc|spiral|poly3|paramPoly3)([\s\S]*?)\/?>/.exec(body) ?? [];
  const o = attributesOf(rest ?? '');
  const local = (u: number, v: number, heading: number) => ({
    x: x + u * Math.cos(h) - v * Math.sin(h),
    y: y + u * Math.sin(h) + v * Math.cos(h),
    heading: h + heading,
  });
  if (kind === 'line') return local(d, 0, 0);
  if (kind === 'arc') {
    const k = +o.curvature;
    return local(Math.sin(k * d) / k, (1 - Math.cos(k * d)) / k, k * d);
  }
  if (kind === 'spiral') {
    const rate = (+o.curvEnd - +o.curvStart) / length;
    const angle = (s: number) => +o.curvStart * s + (rate * s * s) / 2;
    const n = 4000;
    const simpson = (f: (angle: number) => number) => {
      let sum = f(angle(0)) + f(angle(d));
      for (let i = 1; i < n; i++) sum += (i % 2 ? 4 : 2) * f(angle((d * i) / n));
      return (sum * d) / n / 3;
    };
    return local(simpson(Math.cos), simpson(Math.sin), angle(d));
  }
  if (kind === 'poly3') {
    const slope = (u: number) => +o.b + 2 * +o.c * u + 3 * +o.d * u * u;
    const steps = 2000;
    let u = 0;
    // du/ds = 1/√(1+v'²), fourth-order Runge–Kutta.
    const rate = (at: number) => 1 / Math.hypot(1, slope(at));
    for (let i = 0; i < steps; i++) {
      const step = d / steps;
      const k1 = rate(u);
      const k2 = rate(u + (step * k1) / 2);
      const k3 = rate(u + (step * k2) / 2);
      const k4 = rate(u + step * k3);
      u += (step * (k1 + 2 * k2 + 2 * k3 + k4)) / 6;
    }
    return local(u, cubic(o, u), Math.atan(slope(u)));
  }
  const p = o.pRange === 'normalized' ? d / length : d;
  const value = (axis: string) =>
    +o[`a${axis}`] + +o[`b${axis}`] * p + +o[`c${axis}`] * p ** 2 + +o[`d${axis}`] * p ** 3;
  const slope = (axis: string) => +o[`b${axis}`] + 2 * +o[`c${axis}`] * p + 3 * +o[`d${axis}`] * p ** 2;
  return local(value('U'), value('V'), Math.atan2(slope('V'), slope('U')));
}
