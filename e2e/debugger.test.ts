/**
 * The trace debugger on the shipped drive: it steps by token, stage and decision in both directions, shows what else the model
 * could have said, stops where it is told to, and forks a drive without touching the original.
 */
import { expect, type Page, test } from '@playwright/test';
import {
  alternatives,
  button,
  CHANGE,
  CHANGE_STEP,
  CHANGE_WORDS,
  currentToken,
  driveStatus,
  expectStep,
  exportOpen,
  goToStep,
  keptEpisodes,
  openLab,
  PATIENT,
  region,
  stepOf,
  timeline,
  tokens,
} from './helpers.ts';

/** The decision of the offered change as the screen counts it, and the live text there. */
const DECISION = CHANGE.decision + 1;
const SENTENCE = new RegExp(`^step ${CHANGE_STEP}, yielding to pedestrian A\\d, TTC \\d\\.\\d s, \\d+\\.\\d m/s$`);

/** "perceive", "v:6" … of the current token, and its number of how many. */
async function at(page: Page): Promise<{ word: string; token: number; of: number; decision: number }> {
  const text = (await region(page, 'Trace').textContent()) ?? '';
  const [, decision] = /· decision (\d+)/.exec(text) ?? [];
  const [, token, of] = /token (\d+) of (\d+)/.exec(text) ?? [];
  const word = (await currentToken(page).textContent()) ?? '';
  return { word, token: Number(token), of: Number(of), decision: Number(decision) };
}

async function press(page: Page, key: string) {
  await page.keyboard.press(key);
  return at(page);
}

/** The open thought's alternatives with probabilities, once the model's own are shown. */
async function choices(page: Page): Promise<{ word: string; probability: number }[]> {
  await expect(alternatives(page).first()).toHaveText(/(\.\d{3}|1)$/, PATIENT);
  const texts = await alternatives(page).evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll('span')].map((cell) => cell.textContent?.trim() ?? '').filter(Boolean)),
  );
  return texts.map((cells) => {
    const figure = cells[cells.length - 1];
    return { word: cells[0], probability: figure.startsWith('<') ? 0 : Number(figure) };
  });
}

test('it steps by token, stage and decision, forwards and back', async ({ page }) => {
  await openLab(page);
  await goToStep(page, CHANGE_STEP);
  await tokens(page).focus();
  await page.keyboard.press('Home');
  const first = await at(page);
  expect(first).toEqual({ token: 1, of: CHANGE_WORDS.length, decision: DECISION, word: 'perceive' });
  await expect(tokens(page).getByRole('option')).toHaveCount(first.of);

  await test.step('by buttons', async () => {
    await button(page, 'Step token').click();
    expect((await at(page)).token).toBe(2);
    await button(page, 'Step back').click();
    expect((await at(page)).token).toBe(1);
    await button(page, 'Step back').click();
    expect(await at(page)).toMatchObject({ decision: DECISION - 1 });
    await expectStep(page, CHANGE_STEP - 5);
    await button(page, 'Step decision').click();
    expect(await at(page)).toMatchObject({ decision: DECISION, token: 1 });
    await expectStep(page, CHANGE_STEP);
  });
  await test.step('by keys', async () => {
    expect((await press(page, 'F10')).token).toBe(2);
    expect((await press(page, 'n')).token).toBe(3);
    expect((await press(page, 'Shift+F10')).token).toBe(2);
    expect((await press(page, 'Shift+n')).token).toBe(1);
    const stages: string[] = [];
    for (let i = 0; i < 3; i++) stages.push((await press(page, ']')).word);
    expect(stages).toEqual(['predict', 'plan', 'act']);
    expect((await press(page, '[')).word).toBe('plan');
    expect(await press(page, 'Shift+F11')).toMatchObject({ decision: DECISION, token: first.of, word: '<end>' });
    expect(await press(page, 'Shift+o')).toMatchObject({ decision: DECISION, token: 1 });
    expect(await press(page, 'Shift+ArrowRight')).toMatchObject({ decision: DECISION + 1, token: 1 });
    expect(await press(page, 'Shift+ArrowLeft')).toMatchObject({ decision: DECISION, token: 1 });
    await timeline(page).focus();
    await page.keyboard.press('ArrowRight');
    await expectStep(page, CHANGE_STEP + 1);
    await page.keyboard.press('ArrowLeft');
    await expectStep(page, CHANGE_STEP);
    await expect(driveStatus(page)).toHaveText(SENTENCE);
  });
  await test.step('Space plays and pauses', async () => {
    await page.keyboard.press('Space');
    await expect.poll(() => stepOf(page)).toBeGreaterThan(CHANGE_STEP);
    await page.keyboard.press('Space');
    await expect(button(page, 'Play')).toBeVisible();
  });
});

test('alternatives carry probabilities and entropy, and F11 goes to them', async ({ page }) => {
  await openLab(page);
  await goToStep(page, CHANGE_STEP);
  const trace = region(page, 'Trace');
  for (const word of [CHANGE.from, 'crosses', 'keep_lane']) {
    await tokens(page).getByRole('option', { name: word, exact: true }).click();
    const shown = await choices(page);
    const sum = shown.reduce((total, { probability }) => total + probability, 0);
    expect(sum, word).toBeLessThanOrEqual(1.002);
    expect(sum, word).toBeGreaterThan(0.9);
    expect(shown.map(({ probability }) => probability)).toEqual(
      shown.map(({ probability }) => probability).toSorted((a, b) => b - a),
    );
    const entropy = Number(/H (\d+\.\d+)/.exec((await trace.textContent()) ?? '')?.[1]);
    const known = shown.reduce((h, { probability: p }) => h - (p > 0 ? p * Math.log(p) : 0), 0);
    expect(entropy, `entropy at ${word}, of which ${known} is on the screen`).toBeGreaterThan(known - 0.02);
  }
  await expect(page.getByRole('list', { name: 'Looks at' }).getByRole('listitem')).toHaveCount(3);
  for (const name of ['grounded', 'consistent', 'necessary', 'sufficient'])
    await expect(trace.getByRole('button', { name: new RegExp(`^${name}: (passed|failed|open)$`) })).toBeVisible();
  await page.keyboard.press('F11');
  await expect(alternatives(page).first()).toBeFocused();
});

test('playback stops on a token, on a decision, and when the time to collision falls below a bound', async ({
  page,
}) => {
  await openLab(page);
  await test.step('F9 on a decision word, F8 to it', async () => {
    await goToStep(page, CHANGE_STEP);
    await tokens(page).getByRole('option', { name: CHANGE.from, exact: true }).click();
    await page.keyboard.press('F9');
    await timeline(page).focus();
    await page.keyboard.press('Home');
    await page.getByRole('combobox', { name: 'Speed' }).selectOption({ label: '4×' });
    await timeline(page).focus();
    await page.keyboard.press('F8');
    await expectStep(page, CHANGE_STEP);
    await expect(button(page, 'Play')).toBeVisible();
    await expect(currentToken(page)).toHaveText(CHANGE.from);
    await page.keyboard.press('Shift+F8');
    await expectStep(page, 0);
  });
  await page.getByRole('tab', { name: /^Breakpoints/ }).click();
  await button(page, `Remove decision ${CHANGE.from}`).click();
  const add = async (kind: string, value: string) => {
    await page.getByRole('combobox', { name: 'Kind of breakpoint' }).selectOption(kind);
    if (kind === 'ttc') await page.getByRole('textbox', { name: 'Seconds' }).fill(value);
    else await page.getByRole('combobox', { name: 'Word' }).selectOption(value);
    await button(page, 'Add').click();
  };
  await test.step('a token', async () => {
    await add('token', 'crosses');
    await button(page, 'Resume').click();
    await expect(page.getByText('stopped here')).toBeVisible(PATIENT);
    await expect(currentToken(page)).toHaveText('crosses');
    await button(page, 'Remove token crosses').click();
  });
  await test.step('a time to collision', async () => {
    await timeline(page).focus();
    await page.keyboard.press('Home');
    await add('ttc', '2');
    await button(page, 'Resume').click();
    await expect(page.getByText('stopped here')).toBeVisible(PATIENT);
    const [, seconds] = /TTC (\d\.\d) s/.exec((await driveStatus(page).textContent()) ?? '') ?? [];
    expect(Number(seconds)).toBeLessThanOrEqual(2);
    expect(Number(seconds)).toBeGreaterThan(1.5);
  });
});

test('editing a token forks: the ghost costs reward, the branch is listed, the original is unchanged', async ({
  page,
}) => {
  await openLab(page);
  const before = await exportOpen(page);
  await goToStep(page, CHANGE_STEP);
  await tokens(page).getByRole('option', { name: CHANGE.from, exact: true }).click();
  await page.keyboard.press('e');
  const editor = page.getByRole('combobox', { name: `Word instead of ${CHANGE.from}` });
  await expect(editor).toBeFocused();
  await editor.fill(CHANGE.to);
  await page.keyboard.press('Enter');

  await page.getByRole('tab', { name: /^Branches/ }).click();
  const name = `${DECISION}: ${CHANGE.from} → ${CHANGE.to}`;
  const branch = page.getByRole('list', { name: 'Branches' }).getByRole('button', { name });
  await expect(branch).toBeVisible(PATIENT);
  await expect(page.getByRole('list', { name: 'Branches' })).toContainText(/−\d\.\d\d/);
  await expect(region(page, 'Viewport').getByText('ghost', { exact: true })).toBeVisible();
  await expect.poll(() => keptEpisodes(page), PATIENT).toHaveLength(1);
  const after = await exportOpen(page);
  expect(after.bytes.equals(before.bytes)).toBe(true);

  await page.keyboard.press('x');
  await expect(driveStatus(page)).toHaveText(new RegExp(`^step ${CHANGE_STEP}, proceeding`));
  const fork = (await exportOpen(page)).episode;
  expect(fork.parent).toMatchObject({ episodeId: before.episode.id, decision: CHANGE.decision });
  expect(fork.parent?.returnDelta).toBeLessThan(0);
  expect(fork.controls.slice(0, 2 * CHANGE_STEP)).toEqual(before.episode.controls.slice(0, 2 * CHANGE_STEP));
  expect(fork.stateHashes.at(-1)).not.toEqual(before.episode.stateHashes.at(-1));
  expect(fork.decisions[CHANGE.decision].edit?.index).toBe(CHANGE.token);
});
