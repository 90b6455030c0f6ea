// Drops files on the lab and times how soon a recording plays.

/**
 * Drops files on the page and resolves at once; `playsAfter` then says after how many milliseconds the recording played: its first
 * step on the screen, the clock running.
 * @param {import('@playwright/test').Page} page
 * @param {readonly (readonly [name: string, bytes: Buffer])[]} files
 */
export async function drop(page, files) {
  const plain = files.map(([name, bytes]) => ({ name, text: bytes.toString('base64') }));
  await page.evaluate((sent) => {
    const data = new DataTransfer();
    for (const { name, text } of sent)
      data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
    const main = document.querySelector('main');
    const options = { bubbles: true, cancelable: true, dataTransfer: data };
    main.dispatchEvent(new DragEvent('dragover', options));
    const began = performance.now();
    const look = () => {
      const at = document.querySelector('[role=slider][aria-label=Timeline]')?.getAttribute('aria-valuenow');
      const plays = document.querySelector('button[aria-label=Pause]') !== null && Number(at) > 0;
      if (plays && document.querySelector('header')?.textContent?.includes('CARLA recording'))
        document.documentElement.dataset.playsAfter = String(performance.now() - began);
      else requestAnimationFrame(look);
    };
    delete document.documentElement.dataset.playsAfter;
    requestAnimationFrame(look);
    main.dispatchEvent(new DragEvent('drop', options));
  }, plain);
}

/**
 * Milliseconds from the last drop to the playing recording.
 * @param {import('@playwright/test').Page} page
 */
export async function playsAfter(page, timeoutMs = 45_000) {
  const root = page.locator('html[data-plays-after]');
  await root.waitFor({ state: 'attached', timeout: timeoutMs });
  return Number(await root.getAttribute('data-plays-after'));
}
