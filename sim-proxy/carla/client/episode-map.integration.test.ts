/** A client's map: read once an episode, made on a thread of its own. */
import { afterEach, expect, test } from 'vitest';
import { CarlaClient } from './client.ts';
import { StandInCarla } from '../testing/stand-in.ts';

const ROAD = `<OpenDRIVE><header revMajor="1" revMinor="4"/><road id="4" length="50"><planView>
  <geometry s="0" x="0" y="0" hdg="0" length="50"><line/></geometry></planView><lanes><laneSection s="0">
  <center><lane id="0"><roadMark sOffset="0" type="solid"/></lane></center><right><lane id="-1" type="driving">
  <width sOffset="0" a="3" b="0" c="0" d="0"/></lane></right></laneSection></lanes></road></OpenDRIVE>`;
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const run of cleanUp.splice(0).reverse()) await run();
});
async function connected(openDrive?: string) {
  const server = await new StandInCarla(openDrive === undefined ? {} : { openDrive }).start();
  cleanUp.push(() => server.kill());
  const client = await CarlaClient.connect({ host: '127.0.0.1', port: server.port });
  cleanUp.push(() => client.close());
  return { server, client, readings: () => server.calls.filter((name) => name === 'get_map_data').length };
}

test('text and roads are read once an episode, by however many ask at once', async () => {
  const { client, readings } = await connected(ROAD);
  const [one, two, text] = await Promise.all([client.roadMap(), client.roadMap(), client.openDrive()]);
  expect([one === two, text, readings()]).toEqual([true, ROAD, 1]);
  // What came over from the thread answers like a map made here.
  expect(one.waypoint({ x: 10, y: -1 })).toMatchObject({ road: '4', laneId: -1, laneS: 10, lateral: 0.5 });
  expect(one.marks.marks.map(({ type, road }) => [type, road])).toEqual([['solid', '4']]);
  await client.loadMap('Town02');
  expect([(await client.roadMap()).name, readings()]).toEqual(['Carla/Maps/Town02', 2]);
});

test('frames go on while a map is made; a text that is no map is said, and not read again', async () => {
  const { client, readings } = await connected();
  await client.setSynchronous(0.05);
  const failing = expect(client.roadMap()).rejects.toThrow(/OpenDRIVE/);
  for (let i = 0; i < 20; i++) await client.tick();
  await failing;
  await expect(client.roadMap()).rejects.toThrow(/no <header>/);
  expect(readings()).toBe(1);
});
