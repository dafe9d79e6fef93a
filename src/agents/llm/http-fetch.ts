/** HTTP as the model's provider expects it, without what the built-in fetch would do to a long call. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

/** What `createHttpFetch` makes: posts a text, and streams what comes back. */
export type HttpFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * Makes a function with the shape of fetch. The built-in one ends a call after five minutes without headers or
 * between two pieces of an answer, and follows redirects with keys in the headers; this one does neither.
 *
 * @param onBytes told the size of every piece of an answer
 */
export function createHttpFetch(onBytes: (bytes: number) => void): HttpFetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const incoming = await send(url, init);
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headersDistinct))
      for (const each of value ?? []) headers.append(name, each);
    const body = Readable.toWeb(incoming) as ReadableStream<Uint8Array<ArrayBuffer>>;
    incoming.on('data', (chunk: Buffer) => onBytes(chunk.length));
    const status = incoming.statusCode ?? 0;
    const empty = status === 204 || status === 205 || status === 304;
    return new Response(empty ? null : body, {
      status,
      statusText: incoming.statusMessage ?? '',
      headers,
    });
  };
}

function send(url: URL, { method = 'GET', headers, body, signal }: RequestInit): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const text = typeof body === 'string' ? body : '';
    const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = open(
      url,
      {
        method,
        headers: {
          ...Object.fromEntries(new Headers(headers)),
          'content-length': String(Buffer.byteLength(text)),
        },
        // A connection of its own for each call: a kept one may be closed by the endpoint just as it is used.
        agent: false,
        ...(signal == null ? {} : { signal }),
      },
      resolve,
    );
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}
