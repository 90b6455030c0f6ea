/**
 * Test only: the stand-in CARLA server, of the version given as the first argument, with a hero and two other cars that drive on their
 * own. Its map is the OpenDRIVE file given as the second argument, where there is one. Prints its port; lives until SIGTERM.
 */
import { existsSync, readFileSync } from 'node:fs';
import { startTownCarla } from './town-carla.ts';

const [version = '0.9.15', map = ''] = process.argv.slice(2);
const openDrive = existsSync(map) ? readFileSync(map, 'utf8') : undefined;
const server = await startTownCarla(3, { version, asyncFramesPerSecond: 20, ...(openDrive && { openDrive }) });
console.log(String(server.port));
process.on('SIGTERM', () => process.exit(0));
