import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { commandOnLinux } from './process-identity.js';

/** The process that listens on a port. */
export interface PortOwner {
  pid: number;
  command: string | null;
}

/** Finds who listens on a TCP port, or null where that cannot be seen (other systems, other users' processes). */
export function findPortOwner(port: number): PortOwner | null {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningSockets(file, port));
  if (sockets.length === 0) return null;
  const links = new Set(sockets.map((inode) => `socket:[${inode}]`));
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name))) {
    if (list(`/proc/${pid}/fd`).some((fd) => links.has(readLink(`/proc/${pid}/fd/${fd}`)))) {
      return { pid: Number(pid), command: commandOnLinux(Number(pid)) };
    }
  }
  return null;
}

/** Socket inodes from the kernel's table: field 1 is address:port in hex, 3 the state (0A listens), 9 the inode. */
function listeningSockets(file: string, port: number): string[] {
  let table: string;
  try {
    table = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) === true && fields[3] === '0A')
    .flatMap((fields) => fields[9] ?? []);
}

/** A process may end, or belong to another user, while it is looked at: it then has nothing to show. */
function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
