/** A door in front of MongoDB: a test can shut it, or watch what goes through. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Sees each piece of traffic before it goes on; false keeps it back for good. */
export type Watch = (bytes: Buffer, from: 'client' | 'server', connection: number) => boolean;

export interface MongoDoor {
  /** To connect through the door. Direct: a discovered member's own address would go around it. */
  readonly uri: string;
  /** Connections stay open, and nothing comes through any more: a network that swallows. */
  stall(): void;
  /** Cuts connections and refuses new ones: a server that is down. */
  refuse(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a door on a free port of this machine. */
export async function openMongoDoor(mongoUri: string, watch: Watch = () => true): Promise<MongoDoor> {
  const { hostname, port } = new URL(mongoUri);
  const sockets = new Set<Socket>();
  let stalled = false;
  let connections = 0;
  const server = createServer((client) => {
    const connection = connections++;
    const target = connect(Number(port), hostname);
    const pass = (from: Socket, to: Socket, side: 'client' | 'server') => {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (!stalled && watch(bytes, side, connection)) to.write(bytes);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    };
    pass(client, target, 'client');
    pass(target, client, 'server');
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const shut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = (server.address() as AddressInfo).port;
  return {
    uri: `mongodb://127.0.0.1:${own}/?directConnection=true`,
    stall() {
      stalled = true;
    },
    refuse: shut,
    async open() {
      // What was swallowed is lost, so connections that lived through it are of no use.
      if (stalled) cut();
      stalled = false;
      if (server.listening) return;
      server.listen(own, '127.0.0.1');
      await once(server, 'listening');
    },
    close: shut,
  };
}
