import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { endpointEmbedder } from '../../../src/retrieval/embedding/endpoint-embedder.js';
import { rememberTexts } from '../../../src/retrieval/embedding/remember-texts.js';

interface Asked {
  url: string | undefined;
  key: string | undefined;
  input: string[];
  model: string;
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** An endpoint whose vectors are `vectorOf(text)`; `before` may answer in its place. */
async function endpoint(
  vectorOf: (text: string) => number[],
  before: (response: ServerResponse, call: number) => boolean = () => false,
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { input, model } = JSON.parse(Buffer.concat(parts).toString()) as Pick<Asked, 'input' | 'model'>;
      asked.push({ url: request.url, key: request.headers.authorization, input, model });
      if (before(response, asked.length)) return;
      const data = input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }));
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ object: 'list', model, data, usage: { prompt_tokens: 1, total_tokens: 1 } }),
      );
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

const settings = (url: string) => ({ url, model: 'small', dimensions: 3 });

describe('an embedding endpoint', () => {
  it('is asked with model and key, and its vectors come back in order with length 1', async () => {
    const { url, asked } = await endpoint((text) => [text.length, 0, text.length]);
    const embedder = endpointEmbedder({ ...settings(url), apiKeyVariable: 'MY_KEY' }, { MY_KEY: 'k-1' });
    const vectors = await embedder.embed(['ab', 'abcd']);
    const half = Math.fround(Math.SQRT1_2);
    expect(vectors.map((vector) => [...vector])).toEqual([
      [half, 0, half],
      [half, 0, half],
    ]);
    expect(asked).toEqual([
      { url: '/v1/embeddings', key: 'Bearer k-1', input: ['ab', 'abcd'], model: 'small' },
    ]);
    expect(embedder.id).toBe(`${url}#small:3`);
    expect(await embedder.embed([])).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('is refused at once without its key', () => {
    const declared = { ...settings('http://127.0.0.1:9/v1'), apiKeyVariable: 'MY_KEY' };
    expect(() => endpointEmbedder(declared, {})).toThrow(/retrieval\.embedder\.apiKeyVariable: "MY_KEY"/);
  });

  it('is told from others by all that changes its vectors', () => {
    const ids = [
      settings('http://a.example/v1'),
      settings('http://a.example/v1/'),
      settings('http://b.example/v1'),
      { ...settings('http://a.example/v1'), model: 'large' },
      { ...settings('http://a.example/v1'), dimensions: 4 },
    ].map((each) => endpointEmbedder(each, {}).id);
    expect(new Set(ids).size).toBe(4);
    expect(endpointEmbedder(settings('http://name:secret@a.example/v1?key=x'), {}).id).toBe(ids[0]);
  });

  it('says which dimensions do not fit', async () => {
    const { url } = await endpoint(() => [1, 2]);
    await expect(endpointEmbedder(settings(url), {}).embed(['x'])).rejects.toThrow(
      `The embedding endpoint ${url} (small) answered a vector of 2 numbers; retrieval.embedder.dimensions is 3`,
    );
  });

  it('is not believed when a vector has no length', async () => {
    const { url } = await endpoint(() => [0, 0, 0]);
    await expect(endpointEmbedder(settings(url), {}).embed(['x'])).rejects.toThrow(/a vector without length/);
  });

  it('is asked again when it is busy, and given up when it refuses', async () => {
    const busyOnce = await endpoint(
      () => [1, 0, 0],
      (response, call) => call === 1 && (response.writeHead(503).end('busy'), true),
    );
    expect(await endpointEmbedder(settings(busyOnce.url), {}).embed(['x'])).toHaveLength(1);
    expect(busyOnce.asked).toHaveLength(2);
    const refusing = await endpoint(
      () => [],
      (response) => (response.writeHead(401).end('{"error":{"message":"no such key"}}'), true),
    );
    await expect(endpointEmbedder(settings(refusing.url), {}).embed(['x'])).rejects.toThrow(/no such key/);
    expect(refusing.asked).toHaveLength(1);
  });

  it('has a deadline', async () => {
    const { url } = await endpoint(
      () => [],
      () => true,
    );
    const started = performance.now();
    await expect(endpointEmbedder(settings(url), {}, 200).embed(['x'])).rejects.toThrow(
      /did not answer within 200 ms/,
    );
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('remembered texts', () => {
  it('are computed once, until others are asked for, and again after a failure', async () => {
    let failing = true;
    const { url, asked } = await endpoint(
      () => [1, 0, 0],
      (response) => failing && (response.writeHead(400).end(), true),
    );
    const embedder = rememberTexts(endpointEmbedder(settings(url), {}), 2);
    await expect(embedder.embed(['a'])).rejects.toThrow(/Bad Request|failed/);
    failing = false;
    await Promise.all([embedder.embed(['a']), embedder.embed(['a'])]);
    await embedder.embed(['b']);
    await embedder.embed(['a']);
    expect(asked.map(({ input }) => input.join())).toEqual(['a', 'a', 'b']);
    await embedder.embed(['c']);
    await embedder.embed(['a']);
    await embedder.embed(['b']);
    expect(asked.map(({ input }) => input.join())).toEqual(['a', 'a', 'b', 'c', 'b']);
  });
});
