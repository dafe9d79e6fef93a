/** What docker-compose.yml and the Dockerfile promise, checked without an engine. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

interface Service {
  image?: string;
  build?: string;
  restart?: string;
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: unknown[] };
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const service = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};
const endsByItself = ({ restart }: Service) => restart === 'no';

describe('docker-compose.yml', () => {
  it.each(services)('%s has an image with a pinned version', (_, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-bookworm)?$/);
  });

  it('runs the server and the admin tools of one version', () => {
    const versions = services.flatMap(
      ([, { image }]) => /^temporalio\/(?:server|admin-tools):(.*)$/.exec(image ?? '')?.[1] ?? [],
    );
    expect(versions).toHaveLength(3);
    expect(new Set(versions).size).toBe(1);
  });

  it.each(services)('%s publishes on the loopback interface only', (_, { ports = [] }) => {
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
  });

  it('does not publish the database whose password it holds', () => {
    expect(service('postgres').ports).toBeUndefined();
  });

  it.each(services)('%s has no password of its own', (_, { environment = {} }) => {
    const secrets = Object.entries(environment).filter(([name]) => /PASSWORD|PWD|SECRET|TOKEN/.test(name));
    expect(secrets.filter(([, value]) => !/^\$\{\w+:\?.+\}$/.test(value))).toEqual([]);
  });

  it.each(services.filter(([, each]) => !endsByItself(each)))(
    '%s stays up and has a health check',
    (_, each) => {
      expect(each.restart).toBe('unless-stopped');
      expect(each.healthcheck?.test[0]).toBe('CMD');
      for (const part of each.healthcheck?.test ?? []) expect(part).toBeTypeOf('string');
    },
  );

  it.each(services)(
    '%s waits for what it needs by the condition that it can meet',
    (_, { depends_on = {} }) => {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const expected = endsByItself(service(name)) ? 'service_completed_successfully' : 'service_healthy';
        expect(`${name}: ${condition}`).toBe(`${name}: ${expected}`);
      }
    },
  );

  it.each(services)('%s mounts declared volumes and existing files', (_, { volumes = [] }) => {
    for (const volume of volumes) {
      const source = volume.replace(/\$\{\w+:-([^}]*)\}/, '$1').split(':')[0] ?? '';
      if (source.startsWith('.')) expect(existsSync(path.join(ROOT, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it('starts the worker after set-up, on one image, and asks the port that it publishes for its health', () => {
    const worker = service('worker');
    expect(worker.depends_on).toHaveProperty('setup');
    expect(worker.build).toBe('.');
    expect(worker.image).toBe(service('setup').image);
    const port = worker.environment?.['JOURNEYMAN_METRICS_ADDRESS']?.split(':')[1];
    expect(worker.ports).toContain(`127.0.0.1:${port}:${port}`);
    expect(worker.healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${port}/metrics`);
    expect(worker.environment).toMatchObject(service('setup').environment ?? {});
  });

  it('names in .env.example every variable that it asks for', () => {
    const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    const documented = [...read('.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(new Set(asked)).toEqual(new Set(documented));
  });

  it('names the replica set alike in the server, its health check and the connection string', () => {
    const { healthcheck } = service('mongodb');
    expect(read('docker-compose.yml')).toContain("'--replSet', 'rs0'");
    expect(healthcheck?.test.join(' ')).toContain("_id: 'rs0'");
    expect(service('worker').environment?.['JOURNEYMAN_MONGODB_URI']).toContain('replicaSet=rs0');
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');
  const [, runtime = ''] = dockerfile.split(/^FROM (?!.* AS build)/m);

  it('builds and runs on one pinned glibc image of a supported Node', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(bases).toHaveLength(2);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:22\.\d+\.\d+-bookworm-slim$/);
  });

  it('runs the worker without privileges', () => {
    expect(runtime).toMatch(/^USER node$/m);
    expect(runtime.indexOf('USER node')).toBeLessThan(runtime.indexOf('ENTRYPOINT'));
    expect(runtime).toMatch(/^CMD \["worker"\]$/m);
  });

  it('copies only what exists and what .dockerignore lets through', () => {
    const admitted = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
      sources.split(' '),
    );
    expect(copied.length).toBeGreaterThan(0);
    for (const source of copied) {
      expect(admitted).toContain(source);
      expect(existsSync(path.join(ROOT, source)), source).toBe(true);
    }
  });
});
