/** Maps from disk: read chunk by chunk, so a file of any size costs bounded memory before it is refused. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createOpenDriveReader, type OpenDrive } from '../../core/tasks/driving/roads/opendrive/opendrive.ts';

/**
 * The road network of an OpenDRIVE file.
 * @throws XmlError for a file that is not one, and the file system's error for one that cannot be read.
 */
export async function readOpenDriveFile(path: string): Promise<OpenDrive> {
  const reader = createOpenDriveReader(basename(path));
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 }))
    reader.write(chunk as string);
  return reader.end();
}
