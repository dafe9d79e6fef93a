/** Addresses that servers of the command line listen on. */
import { InvalidInputError } from '../shared/errors.js';

export interface ListenAddress {
  host: string;
  port: number;
  /** Whether only programs of this machine can reach it. */
  loopback: boolean;
}

/**
 * Reads `host:port`.
 *
 * @param option names it in the error
 * @throws InvalidInputError when it is none
 */
export function listenAddress(option: string, text: string): ListenAddress {
  const parts = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(text);
  const host = parts?.[1] ?? parts?.[2];
  const port = Number(parts?.[3]);
  if (host === undefined || port > 65_535)
    throw new InvalidInputError(option, text, 'host:port, e.g. 127.0.0.1:8787');
  return { host, port, loopback: isLoopback(host) };
}

/** Whether a host's name or address is this machine's own. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
