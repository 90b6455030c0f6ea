/** A file that can't be read. `where`: "row 17, column speed_can", "byte 120 (in row 4 of rows)", "file". */
export class ImportError extends Error {
  readonly where: string;
  constructor(where: string, problem: string) {
    super(where === 'file' ? problem : `${where}: ${problem}`);
    this.name = 'ImportError';
    this.where = where;
  }
}
