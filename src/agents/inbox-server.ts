/** Inboxes by GET, for agents that are services: each under a URL of its own that nobody can guess. */
import { createHash, randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Inbox } from '../shared/inbox.js';
import { defaultInboxSettings, type InboxSettings } from '../shared/inbox-settings.js';

const TOKEN_BYTES = 32;
const LISTEN_DEADLINE_MS = 2_000;

/** An inbox that can be read by GET, for as long as it is not closed. */
export interface PublishedInbox {
  url: string;
  close(): void;
}

export class InboxServer {
  private readonly inboxes = new Map<string, Inbox>();
  private listening: Promise<{ server: Server; base: string } | null> | null = null;

  /** @param onTrouble told, once, why no inbox can be served */
  constructor(
    private readonly settings: InboxSettings = defaultInboxSettings,
    private readonly onTrouble: (error: unknown) => void = () => {},
  ) {}

  /**
   * Gives an inbox a URL; the first call begins to listen.
   *
   * @param agent that is to read it
   * @returns null when the agent could not reach it, or there is no listening; it does without
   */
  async publish(inbox: Inbox, agent: URL): Promise<PublishedInbox | null> {
    // On another machine, this one's loopback address would lead the agent to somebody else.
    if (this.settings.url === undefined && isLoopback(this.settings.host) && !isLoopback(agent.hostname))
      return null;
    this.listening ??= this.listen();
    const listening = await this.listening;
    if (listening === null) return null;
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.inboxes.set(token, inbox);
    return {
      url: `${listening.base}/inbox/${token}`,
      close: () => {
        this.inboxes.delete(token);
      },
    };
  }

  /** Stops listening, without waiting for whoever reads just now. */
  async close(): Promise<void> {
    this.inboxes.clear();
    const listening = await this.listening;
    listening?.server.closeAllConnections();
    listening?.server.close();
  }

  private async listen(): Promise<{ server: Server; base: string } | null> {
    const { host, port, url } = this.settings;
    try {
      const server = await listenOn(this.app().fetch, host, port);
      server.unref();
      const { port: taken } = server.address() as AddressInfo;
      const own = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
      return { server, base: (url ?? own).replace(/\/+$/, '') };
    } catch (error) {
      this.onTrouble(error);
      return null;
    }
  }

  private app(): Hono {
    const app = new Hono();
    app.get('/inbox/:token', (context) => {
      const inbox = this.inboxes.get(context.req.param('token'));
      if (inbox === undefined) return context.json({ error: 'no such inbox, or its call has ended' }, 404);
      const body = JSON.stringify(inbox.items);
      const tag = `"${createHash('sha256').update(body).digest('base64url')}"`;
      const headers = { etag: tag, 'cache-control': 'no-store' };
      if (context.req.header('if-none-match') === tag) return context.body(null, 304, headers);
      return context.body(body, 200, { ...headers, 'content-type': 'application/json' });
    });
    return app;
  }
}

function listenOn(fetch: Hono['fetch'], hostname: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname, port }) as Server;
    const late = setTimeout(() => {
      server.close();
      reject(new Error(`no listening on ${hostname}:${port} within ${LISTEN_DEADLINE_MS} ms`));
    }, LISTEN_DEADLINE_MS);
    server.once('listening', () => {
      clearTimeout(late);
      resolve(server);
    });
    server.once('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
  });
}

/** Whether a host name stands for the machine itself, and no other. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
