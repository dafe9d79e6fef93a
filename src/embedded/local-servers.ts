import type { LocalServerError } from './local-server-error.js';
import type { ResolvedBinary } from './resolve-binary.js';

export interface LocalServersOptions {
  /** Where data, logs and state are kept. Null: a temporary folder, removed when the servers stop. */
  dataDir: string | null;
  /** Where the temporary folder is made. Default: the system's folder for temporary files. */
  temporaryIn?: string;
  /** 0 takes a free port. Default: 7233, or a free one without `dataDir`. */
  temporalPort?: number;
  /** Null runs without the UI. Default: 8233, or no UI without `dataDir`. */
  uiPort?: number | null;
  /** Default: 27017, or a free one without `dataDir`. */
  mongoPort?: number;
  /** Told in one line what is found, started, attached or awaited. */
  onStep?: (text: string) => void;
  /** Told when a server that was started here ends by itself. */
  onFailure?: (error: LocalServerError) => void;
  /** Default: `process.env`. */
  env?: NodeJS.ProcessEnv;
}

export interface LocalServers {
  temporal: { address: string; namespace: string; uiUrl: string | null };
  mongo: { uri: string };
  /** True when nothing was started here: both servers ran already, and `stop` leaves them alone. */
  attached: boolean;
  /** The programs that were started; null where a running server is used. */
  binaries: { temporal: ResolvedBinary | null; mongod: ResolvedBinary | null };
  /** Process ids, so far as they are known. */
  pids: { guard: number | null; temporal: number | null; mongod: number | null };
  /** Stops what was started here and resolves when it has ended. May be called more than once. */
  stop(): Promise<void>;
}

/** Servers that the environment names; null where it names none. */
export interface Configured {
  temporal: LocalServers['temporal'] | null;
  mongo: LocalServers['mongo'] | null;
}
