import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { numberId, VOCABULARY, VOCABULARY_SIZE, wordHolds, wordId, wordsOf } from './vocabulary.ts';

describe('vocabulary', () => {
  test('the ids of traceway-vocabulary/2 are frozen', () => {
    const list = VOCABULARY.map((w) => w.text).join('\n');
    expect(VOCABULARY_SIZE).toBe(204);
    expect(bytesToHex(sha256(utf8ToBytes(list)))).toBe(
      '62a093fd1c07d01d4aa6ccc11429a3121f2d06dc3c67414d4ab8676aa87dfc94',
    );
  });

  test('every word is its own, fits in a line of text and says what it means', () => {
    expect(new Set(VOCABULARY.map((w) => w.text)).size).toBe(VOCABULARY_SIZE);
    for (const w of VOCABULARY) {
      expect(w.text).toMatch(/^\S+$/);
      expect(w.meaning.length).toBeGreaterThan(3);
      expect(w.stages.length).toBeGreaterThan(0);
      expect(wordId(w.text)).toBe(w.id);
    }
  });

  test('a number always holds for the word it rounds to, and its own value rounds to the word itself', () => {
    for (const name of ['v', 'lim', 'lat', 'sight', 'd', 'y', 'vy', 'ttc', 'gap', 'a'] as const) {
      for (let x = -100; x <= 100; x += 0.083) expect(wordHolds(VOCABULARY[numberId(name, x)], x)).toBe(true);
      for (const w of wordsOf(name)) expect(numberId(name, w.value as number)).toBe(w.id);
    }
  });

  test('a word does not hold for a number two bins away', () => {
    const word = (text: string) => VOCABULARY[wordId(text) as number];
    expect(wordHolds(word('v:6'), 8)).toBe(false);
    expect(wordHolds(word('v:35'), 200)).toBe(true);
    expect(wordHolds(word('ttc:none'), 3)).toBe(false);
    expect(wordHolds(word('ttc:8'), Number.POSITIVE_INFINITY)).toBe(false);
    expect(wordHolds(word('d:12'), Number.NaN)).toBe(false);
    expect(() => numberId('v', Number.NaN)).toThrow(RangeError);
  });
});
