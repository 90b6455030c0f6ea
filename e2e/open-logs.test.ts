/** Logs of other tools, opened in the page: driven in, and what of them is not used is listed. */
import { expect, test } from '@playwright/test';
import { waymoScene } from '../core/io/logs/testing-logs.ts';
import { alerts, jsonFile, keptEpisodes, openFile, openLab, PATIENT, region, sharedData } from './helpers.ts';

test('a CommonRoad scenario is driven in, and what the lab does not use of it is listed', async ({ page }) => {
  const file = sharedData('logs/ZAM_Tutorial-1_2_T-1.xml');
  test.skip(file === null, 'the scenario is not here');
  await openLab(page);
  await openFile(page, { name: 'ZAM_Tutorial-1_2_T-1.xml', mimeType: 'text/xml', buffer: Buffer.from(file ?? '') });
  await expect(page.getByRole('banner')).toContainText('log_zam_tutorial', PATIENT);
  await expect(region(page, 'Compare')).toContainText('Imported from commonroad-2020a');
  const unused = page.getByRole('table', { name: 'In the file but not used' });
  await expect(unused.getByRole('row', { name: /lineMarking/ })).toContainText('6');
  expect(await keptEpisodes(page)).toHaveLength(1);
});

test('a GPUDrive scene has the human’s ghost and report; one without headings is refused by name', async ({ page }) => {
  await openLab(page);
  const scene = waymoScene({ unit: 'radians', metadata: true });
  await openFile(page, jsonFile('scene.json', JSON.stringify(scene)));
  await expect(page.getByRole('table', { name: 'Report on the drive behind the log' })).toContainText(
    'human 90',
    PATIENT,
  );
  await expect(region(page, 'Compare')).toContainText('headings are in radians');
  const before = await keptEpisodes(page);
  scene.objects[2].heading = undefined;
  await openFile(page, jsonFile('bad.json', JSON.stringify(scene)));
  await expect(alerts(page)).toContainText('objects[2].heading: got nothing', PATIENT);
  expect(await keptEpisodes(page)).toEqual(before);
});
