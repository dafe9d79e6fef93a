import { createServer } from 'node:net';
import { LocalServerError } from './local-server-error.js';
import { findPortOwner } from './port-owner.js';

/** A port a server is to have. */
export interface PortRequest {
  /** What uses it, for the error screen. */
  purpose: string;
  /** The port; 0 takes any free one. */
  port: number;
  /** The command line's option that changes it. */
  option: string;
  /** How to use what already listens there, if that makes sense. */
  attachHint?: string;
}

/**
 * Returns the port to use.
 * @throws LocalServerError when it is taken, naming the process that has it if that can be seen.
 */
export async function claimPort({ purpose, port, option, attachHint }: PortRequest): Promise<number> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new LocalServerError(
      `${option}: ${port} is not a port. Allowed are whole numbers from 0 to 65535.`,
    );
  }
  const claimed = await listenBriefly(port);
  if (claimed !== null) return claimed;
  const owner = findPortOwner(port);
  throw new LocalServerError(
    [
      `Port ${port}, wanted for ${purpose}, is taken${owner === null ? ' by another process.' : ':'}`,
      ...(owner === null ? [] : [`  pid ${owner.pid}: ${owner.command ?? 'command unknown'}`]),
      'Any one of these helps:',
      `  - choose another port with ${option} <port> (0 takes a free one)`,
      '  - stop that process',
      ...(attachHint === undefined ? [] : [`  - ${attachHint}`]),
    ].join('\n'),
  );
}

/** Listens and lets go at once. Null when the port is taken or may not be used. */
function listenBriefly(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
