import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journeyman, journeymanHere } from './run-program.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman-cli-'));
  const files = {
    'good.json': { agents: [{ type: 'alpha', kind: 'command', command: ['true'] }] },
    'fields.json': { agents: [{ type: 'a', kind: 'command', command: ['true'] }], tennant: 'x' },
  };
  for (const [name, value] of Object.entries(files))
    await writeFile(path.join(folder, name), JSON.stringify(value));
  await writeFile(path.join(folder, 'syntax.json'), '{\n  "agents": [,]\n}');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Nothing that is refused may get as far as a server. */
const env = {
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  JOURNEYMAN_MONGODB_URI: 'mongodb://me:secret@127.0.0.1:1/?serverSelectionTimeoutMS=300',
  JOURNEYMAN_HOME: tmpdir(),
  DEBUG: '',
};
const file = (name: string): string => path.join(folder, name);
const run = (...args: string[]): string[] => ['run', '--config', file('good.json'), ...args];

describe('bad input ends with exit code 2 and says what is allowed', () => {
  it.each<[string, () => string[], RegExp]>([
    ['an unknown agent', () => run('x', '--agent', 'nope'), /agent: "nope" .* expected one of alpha/],
    ['an empty task', () => run('  '), /description: "  " .* not empty/],
    ['no task', () => run(), /missing required argument 'task'/],
    [
      'a lone agent in a plan of several',
      () => run('x', '--strategy', 'parallel', '--agent', 'alpha'),
      /two or more --agent/,
    ],
    ['an unknown strategy', () => run('x', '--strategy', 'best'), /single, sequential, parallel/],
    ['an open quote', () => run('x', '--verify', "npm 'test"), /--verify: .*a ' is left open/],
    [
      'a missing workspace',
      () => run('x', '--workspace', '/nowhere/at/all'),
      /--workspace: .*an existing folder/,
    ],
    ['--apply without --isolate', () => run('x', '--apply'), /--apply: true .* only together with --isolate/],
    [
      '--keep without --isolate',
      () => run('x', '--keep', 'failed'),
      /--keep: "failed" .* only together with --isolate/,
    ],
    ['an unknown isolation', () => run('x', '--isolate', 'svn'), /Allowed choices are git, copy/],
    [
      'isolation by git where no repository is',
      () => run('x', '--isolate', 'git', '--workspace', folder),
      /--workspace: .* the top folder of a git repository .* --isolate copy takes any folder/,
    ],
    ['an unknown verifier', () => run('x', '--verify-by', 'nope'), /agent: "nope" .* expected one of alpha/],
    ['a cap of nothing', () => run('x', '--max-usd', '0'), /--max-usd .* a number above 0/],
    ['a budget of nothing', () => run('x', '--budget', '0'), /--budget .* a number above 0/],
    [
      'a budget where nothing is chosen',
      () => run('x', '--budget', '1', '--strategy', 'single', '--agent', 'alpha'),
      /--budget: 1 .* only without --strategy/,
    ],
    ['a budget without end', () => run('x', '--budget', '1e400'), /--budget .* a number above 0/],
    ['a budget beyond all', () => run('x', '--budget', '1000000000'), /budget: 1000000000 .*<=1000000/],
    [
      'a part of a token',
      () => run('x', '--max-tokens', '1.5'),
      /--max-tokens .* a whole number of at least 1/,
    ],
    ['a cap below nothing', () => run('x', '--max-seconds', '-3'), /--max-seconds .* a number above 0/],
    ['an unknown moment', () => run('x', '--approve', 'maybe'), /Allowed choices are before, after/],
    ['approval by nobody', () => ['approve', 'x', '--by', ' '], /by: " " .* expected who decides/],
    [
      'a comment that is too long',
      () => ['reject', 'x', '--comment', 'x'.repeat(10_001)],
      /comment: .* is not allowed; expected .*10000/,
    ],
    ['an approval of nothing', () => ['approve'], /missing required argument 'task'/],
    ['context without a value', () => run('x', '--context', 'language'), /Allowed is key=value/],
    ['a task id of other characters', () => run('x', '--task-id', 'a b'), /taskId: "a b".*letters, digits/],
    ['no declared agent', () => ['run', 'x', '--config', file('none-declared.json')], /none-declared\.json/],
    ['an unknown option', () => ['tasks', '--colour'], /unknown option '--colour'/],
    ['an unknown command', () => ['task'], /unknown command 'task'/],
    ['a limit out of range', () => ['learnings', '--limit', '0'], /whole number from 1 to 10000/],
    [
      'an unknown maintenance',
      () => ['maintain', 'everything'],
      /patterns, recommendations, knowledge, executions, all/,
    ],
    ['a tenant that is no name', () => ['tasks', '--tenant', 'a/b'], /tenant: "a\/b"/],
    ['a port out of range', () => ['up', '--temporal-port', '70000'], /from 0 to 65535/],
    ['a metrics address without port', () => ['worker', '--metrics', 'localhost'], /--metrics: .*host:port/],
    [
      'a configuration that is no JSON',
      () => ['tasks', '--config', file('syntax.json')],
      /syntax\.json: line 2, column 14/,
    ],
    [
      'a field that does not exist',
      () => ['tasks', '--config', file('fields.json')],
      /fields\.json: tennant: "x" .* only the fields/,
    ],
    ['a missing configuration', () => ['tasks', '--config', file('gone.json')], /gone\.json.*ENOENT/],
  ])('%s', async (_what, args, message) => {
    const { code, stdout, stderr } = await journeymanHere(args(), env);
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
  });
});

describe('servers out of reach', () => {
  it('ends with exit code 1, what to do, and no password', async () => {
    const { code, stderr } = await journeymanHere(['tasks'], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/MongoDB at mongodb:\/\/127\.0\.0\.1:1 is out of reach: run "journeyman up"/);
    expect(stderr).not.toContain('secret');
  });
});

describe('an address of MongoDB that is none', () => {
  it.each([
    ['mongodb://user:hunter@2000@127.0.0.1:1', /JOURNEYMAN_MONGODB_URI: .* @ is written %40/],
    ['mongodb://user:hunter%@127.0.0.1:1', /JOURNEYMAN_MONGODB_URI: .* % %25/],
    ['mongodb://user:hunter22@127.0.0.1:1/?hostile=1', /JOURNEYMAN_MONGODB_URI: .* hostile/],
    ['postgres://user:hunter22@127.0.0.1', /JOURNEYMAN_MONGODB_URI: .* a mongodb:\/\/ or mongodb\+srv:/],
  ])('%s ends with exit code 2, the name of the variable, and no password', async (uri, message) => {
    const { code, stderr } = await journeymanHere(['tasks'], { ...env, JOURNEYMAN_MONGODB_URI: uri });
    expect(code, stderr).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('hunter');
  });
});

describe('as a process', () => {
  it('exits with the code', async () => {
    const end = await journeyman(run('x', '--agent', 'nope'), { cwd: folder, env: {} });
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('one of alpha');
  });
});
