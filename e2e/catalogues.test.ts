/**
 * An OpenSCENARIO file with its map and its catalogues, all in one zip: the other car, which starts on a catalogue's route, is there. Dropped
 * without them it is left out, and adding the catalogues brings it back.
 */
import { expect, type Page, test } from '@playwright/test';
import { strToU8, zipSync } from 'fflate';
import { alerts, button, openLab, PATIENT, sharedData } from './helpers.ts';

const story = sharedData('openscenario/ltap-od.xosc');
const map = sharedData('opendrive/fabriksgatan_traffic_lights.xodr');
const waypoint = (road: number, lane: number, s: number) =>
  `<Waypoint routeStrategy="shortest"><Position><LanePosition roadId="${road}" laneId="${lane}" offset="0" s="${s}"/></Position></Waypoint>`;
const catalogue = (name: string, entries: string) =>
  `<OpenSCENARIO><FileHeader revMajor="1" revMinor="1"/><Catalog name="${name}">${entries}</Catalog></OpenSCENARIO>`;
const ROUTES = catalogue(
  'RoutesAtFabriksgatan',
  `<Route name="HostStraightRoute" closed="false">${waypoint(0, 1, 63)}${waypoint(2, 1, 0)}</Route>` +
    `<Route name="TargetLeftTurnRoute" closed="false">${waypoint(2, -1, 100)}${waypoint(1, -1, 0)}</Route>`,
);

async function choose(page: Page, ...files: readonly (readonly [string, string | Uint8Array])[]): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button(page, 'Open file').click()]);
  await chooser.setFiles(
    files.map(([name, content]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })),
  );
}

test('a storyboard opens with its map and catalogues from one zip; catalogues may also come later', async ({
  page,
}) => {
  test.skip(story === null || map === null, 'the scenario is not here');
  await openLab(page);
  const zip = zipSync({
    'ltap-od.xosc': strToU8(story ?? ''),
    'maps/fabriksgatan.xodr': strToU8(map ?? ''),
    'Catalogs/Routes/RoutesAtFabriksgatan.xosc': strToU8(ROUTES),
  });
  await choose(page, ['ltap-od.zip', zip]);
  const row = (name: RegExp) => page.getByRole('row', { name });
  const withOther = async () => {
    await expect(row(/^entity NPC/)).toHaveCount(0, PATIENT);
    await expect(row(/^catalogue entry VehicleCatalog/)).not.toHaveCount(0, PATIENT);
    await expect(row(/RoutesAtFabriksgatan/)).toHaveCount(0);
  };
  await expect(page.getByRole('banner')).toContainText('ltap_od', PATIENT);
  await withOther();

  await choose(page, ['ltap-od.xosc', story ?? ''], ['fabriksgatan.xodr', map ?? '']);
  await expect(row(/^entity NPC/)).toContainText('not at hand', PATIENT);
  await choose(page, ['RoutesAtFabriksgatan.xosc', ROUTES]);
  await withOther();

  await choose(page, ['broken.zip', zip.subarray(0, 60)]);
  await expect(alerts(page)).toContainText('The archive cannot be unpacked', PATIENT);
});
