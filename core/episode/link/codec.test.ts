import { sha256 } from '@noble/hashes/sha2.js';
import * as fc from 'fast-check';
import { deflateSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { STEER_MAX_Q } from '../../abi/layout.ts';
import { FormatError } from '../../base/bytes.ts';
import { decodeRecipe, encodeRecipe, hashSteps, type Recipe } from './codec.ts';
import { sealEnvelope, LinkError, MAX_LINK_CHARACTERS, openEnvelope } from './link-envelope.ts';
import { decodePlan, encodePlan, PLAN_NUMBERS } from '../plan-code.ts';

const STEPS = 130;
const recipe: Recipe = {
  scenario: { id: 'hidden_pedestrian', hash: '0123456789abcdef', inline: 'title: "ü"' },
  seed: 4294967295,
  name: 'Ünfall?',
  policy: { kind: 'checkpoint', checkpointHash: 'fedcba9876543210', name: 'SFT', engine: 'wasm' },
  controls: Array.from({ length: STEPS * 2 }, (_, i) => (i % 2 === 0 ? ((i * 7) % 220) - 160 : ((i * 13) % 500) - 250)),
  decisions: Array.from({ length: 26 }, (_, i) => ({
    step: i * 5,
    trace: i % 3 === 0 ? [1, i, 200] : [],
    plan: Array.from({ length: PLAN_NUMBERS }, (_, k) => ((i * k) % 5) - 2),
    ...(i === 4 && { edit: { index: 3, from: 77 } }),
  })),
  traceCheck: '89abcdef',
  hashes: hashSteps(STEPS).map((step) => (step === STEPS ? '0011223344556677' : '8899aabb')),
  view: {
    step: 87,
    camera: 'top',
    breakpoints: [
      { kind: 'ttc', value: '1.5' },
      { kind: 'token', value: 'yield' },
    ],
  },
  parent: { episodeId: 'abc-1', decision: 4, edit: { index: 3, from: 77, to: 78 }, returnDelta: -1.1 },
};

/** `recipe` as the first release wrote it; never to be changed. */
const VERSION_1 =
  '#r1.4xfMyExJSc2LL0hNSS0uKcpMzGNUdk3vXH32PXdJZklOqpWC0uE9Sv-BgJ_j8Jy8tMScHHsm5mC3kH93ds0oCzESYClPLM5tYmTaz3SHiQEFbGfewUyyCFU1Md1k7mNBlQCC5-wv2IkTJEEpcYJSDCy4ANC5OBAjwwlGRmYgZgNiTiDmAWJ-IBYCYlEgljjByIwbMDIwsWAlmBlYGJmwEsxMjCwMWAlmFiYGRqwEdV3AyMLsC0qEHTNX7QZhBkElY5fQtPJwRiYmZkM9UwbWyszUnBTWxKRkXUOgWr9ZM0Hg434A.c7t_CPQVN-o';

/** A link with a correct check sum over arbitrary deflated bytes, as a hostile sender would make it. */
function forge(deflated: Uint8Array): string {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  return `#r1.${text(deflated)}.${text(sha256(deflated).subarray(0, 8))}`;
}
const failure = (link: string): LinkError => {
  try {
    openEnvelope(link);
  } catch (error) {
    if (error instanceof LinkError) return error;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('recipe', () => {
  test('bytes give back the recipe', () => {
    expect(decodeRecipe(encodeRecipe(recipe))).toEqual(recipe);
    const { parent: _p, ...rest } = recipe;
    const bare: Recipe = {
      ...rest,
      scenario: { id: 'x', hash: '0000000000000000' },
      policy: { kind: 'expert', name: '' },
    };
    expect(decodeRecipe(encodeRecipe(bare))).toEqual(bare);
  });

  test('controls of any shape survive', () => {
    const steer = fc.array(fc.integer({ min: -STEER_MAX_Q, max: STEER_MAX_Q }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steer, (values) => {
        const controls = values.flatMap((value) => [Math.max(-160, Math.min(60, value)), value]);
        const short = { ...recipe, controls, decisions: [], parent: undefined, view: { ...recipe.view, step: 0 } };
        const hashes = hashSteps(values.length).map((step) =>
          step === values.length ? 'ab'.repeat(8) : 'ab'.repeat(4),
        );
        expect(decodeRecipe(encodeRecipe({ ...short, hashes })).controls).toEqual(controls);
      }),
    );
  });

  test('bytes cut anywhere, or followed by more, name the field that is missing', () => {
    const bytes = encodeRecipe(recipe);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeRecipe(bytes.subarray(0, length))).toThrow(FormatError);
    }
    expect(() => decodeRecipe(Uint8Array.from([...bytes, 0]))).toThrow('left over');
  });

  test('thousands of damaged recipes give a recipe in range or a FormatError, never anything else', () => {
    const bytes = encodeRecipe(recipe);
    const patch = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(patch, (changes) => {
        const damaged = bytes.slice();
        for (const [at, value] of changes) damaged[at] = value;
        try {
          const { controls, view, decisions } = decodeRecipe(damaged);
          const steps = controls.length / 2;
          expect(controls.every((count, i) => Math.abs(count) <= (i % 2 === 0 ? 160 : 250))).toBe(true);
          expect(view.step <= steps && decisions.every(({ step }) => step < steps)).toBe(true);
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
          expect(error.where).not.toBe('');
        }
      }),
      { numRuns: 4000 },
    );
  });
});

describe('link text', () => {
  const link = sealEnvelope(encodeRecipe(recipe));

  test('a link gives back its bytes, with or without #, spaces or an address before it', () => {
    for (const text of [link, link.slice(1), `  ${link}\n`, `https://lab.example/?x=1${link}`]) {
      expect(openEnvelope(text)).toEqual(encodeRecipe(recipe));
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(openEnvelope(sealEnvelope(bytes))).toEqual(bytes);
      }),
    );
  });

  test.each([
    ['', 'not-a-link', 'not a replay link'],
    ['hello', 'not-a-link', 'not a replay link'],
    ['#r0.AAAA.AAAA', 'not-a-link', 'not a replay link'],
    ['#r1.AAAA', 'not-a-link', 'incomplete'],
    ['#r1..AAAA', 'not-a-link', 'incomplete'],
    ['#r1.AAAA.AAAA.AAAA', 'not-a-link', 'incomplete'],
    ['#r2.AAAA.AAAA', 'newer', 'made by a newer Traceway'],
    ['#r12.whatever comes then', 'newer', 'made by a newer Traceway'],
    ['#r1.AA+A.AAAAAAAAAAA', 'alphabet', 'character 7'],
    ['#r1.AAAé.AAAAAAAAAAA', 'alphabet', 'character 8'],
    ['#r1.AAAAA.AAAAAAAAAAA', 'alphabet', 'cut off'],
    ['#r1.AB.AAAAAAAAAAA', 'alphabet', 'cut off'],
    ['#r1.AAAA.AAAAAAAAAAA', 'digest', 'check sum'],
    [`#r1.${'A'.repeat(MAX_LINK_CHARACTERS)}.AAAAAAAAAAA`, 'too-long', '32000'],
  ] as const)('%s is refused: %s', (text, reason, words) => {
    const error = failure(text);
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(words);
    expect(error.message).toMatch(/^[^.]*(\.[^ .][^.]*)*\.( It was not opened\.)?$/);
  });

  test('a bomb is refused as soon as it passes the cap', () => {
    const bomb = forge(deflateSync(new Uint8Array(16 * 2 ** 20), { level: 9 }));
    expect(bomb.length).toBeLessThan(MAX_LINK_CHARACTERS);
    expect(failure(bomb).reason).toBe('too-long');
  });

  test('contents that do not inflate are refused', () => {
    const deflated = deflateSync(encodeRecipe(recipe), { level: 9 });
    expect(failure(forge(deflated.subarray(0, deflated.length - 9))).reason).toBe('compression');
    expect(failure(forge(Uint8Array.of(0xff, 0xff, 0xff))).reason).toBe('compression');
  });

  test('of version 1 is read for ever', () => {
    expect(decodeRecipe(openEnvelope(VERSION_1))).toEqual(recipe);
  });

  test('every single bit of a link matters', () => {
    for (let at = 1; at < link.length; at++) {
      const flipped = String.fromCharCode(link.charCodeAt(at) ^ 1);
      expect(() => openEnvelope(link.slice(0, at) + flipped + link.slice(at + 1))).toThrow(LinkError);
    }
  });

  test('thousands of mutations end in the same bytes or a LinkError', () => {
    fc.assert(
      fc.property(fc.nat(link.length), fc.nat(8), fc.string({ maxLength: 6 }), (at, removed, patch) => {
        const damaged = link.slice(0, at) + patch + link.slice(at + removed);
        try {
          expect(openEnvelope(damaged)).toEqual(encodeRecipe(recipe));
        } catch (error) {
          if (!(error instanceof LinkError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('forged contents with a correct check sum end in a recipe or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, packed) => {
        try {
          decodeRecipe(openEnvelope(forge(packed ? deflateSync(bytes) : bytes)));
        } catch (error) {
          if (!(error instanceof LinkError || error instanceof FormatError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('plan', () => {
  test('a smooth plan comes back within 0.2 m, the expected plan exactly', () => {
    const expected = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? (i + 2) * 0.5 : 0));
    expect(decodePlan(encodePlan(expected, expected), expected)).toEqual(expected);
    const bend = fc.float({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(bend, bend, bend, (accel, lateral, jerk) => {
        const t = (i: number) => ((i >> 1) + 1) / 10;
        const plan = expected.map((value, i) =>
          i % 2 === 0 ? value + 0.5 * accel * t(i) ** 2 : value + lateral * t(i) ** 2 * 0.3 + 0.1 * jerk * t(i) ** 3,
        );
        const back = decodePlan(encodePlan(plan, expected), expected);
        for (let i = 0; i < 40; i++) expect(Math.abs(back[i] - plan[i])).toBeLessThan(0.2);
      }),
    );
  });
});
