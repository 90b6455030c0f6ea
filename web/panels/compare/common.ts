/** What two traces share: the longest common subsequence, which a person would call "the same thoughts". */

/** Whether each word belongs to a longest common subsequence with the other trace (48 words at most, so plainly). */
export function common(tokens: readonly number[], other: readonly number[]): readonly boolean[] {
  const rows = tokens.length + 1;
  const columns = other.length + 1;
  const length = new Uint16Array(rows * columns);
  for (let i = tokens.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      length[i * columns + j] =
        tokens[i] === other[j]
          ? length[(i + 1) * columns + j + 1] + 1
          : Math.max(length[(i + 1) * columns + j], length[i * columns + j + 1]);
    }
  }
  const marks: boolean[] = [];
  let j = 0;
  for (let i = 0; i < tokens.length; i++) {
    while (j < other.length && tokens[i] !== other[j] && length[i * columns + j] === length[i * columns + j + 1]) j++;
    const same = j < other.length && tokens[i] === other[j];
    marks.push(same);
    if (same) j++;
  }
  return marks;
}
