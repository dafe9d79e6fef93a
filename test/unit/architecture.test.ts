/**
 * Proves that the linter enforces the arrows between rooms. The table of arrows is in `.oxlintrc.json` alone:
 * these tests write files that break them and look at what oxlint says.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const OXLINT = path.join(ROOT, 'node_modules/oxlint/bin/oxlint');

/** The rule each finding is of, by file. */
type Findings = Map<string, Set<string>>;

interface Report {
  diagnostics: { code: string; filename: string }[];
}

let folder: string;
let rooms: string[];
/** The files that stand above the rooms, without extension. */
let topFiles: string[];
let findings: Findings;

/** Rule: one statement that breaks (or keeps) an arrow, in a file of its own. */
interface Probe {
  file: string;
  source: string;
}

const value = (from: string) => `import { x } from '${from}';\nexport const y = x;\n`;
const type = (from: string) => `import type { X } from '${from}';\nexport type Y = X;\n`;
const dynamic = (from: string) => `export const y = () => import('${from}');\n`;
const reexport = (from: string) => `export { x } from '${from}';\n`;

/** What the design forbids, each by a probe of its own. */
const FORBIDDEN: Record<string, Probe> = {
  'workflows reach the store': { file: 'src/workflows/a.ts', source: value('../store/x.js') },
  'workflows reach a component from a nested folder': {
    file: 'src/workflows/strategies/a.ts',
    source: value('../../learning/x.js'),
  },
  'workflows load activities, not only their types': {
    file: 'src/workflows/b.ts',
    source: value('../activities/x.js'),
  },
  'workflows load a node builtin': { file: 'src/workflows/c.ts', source: value('node:crypto') },
  'workflows load the client of Temporal': {
    file: 'src/workflows/d.ts',
    source: value('@temporalio/client'),
  },
  'workflows load zod': { file: 'src/workflows/e.ts', source: value('zod') },
  'shared loads a node builtin': { file: 'src/shared/a.ts', source: value('node:fs') },
  'shared loads an unprefixed node builtin': { file: 'src/shared/b.ts', source: value('crypto') },
  'shared loads the driver': { file: 'src/shared/c.ts', source: value('mongodb') },
  'shared loads the worker of Temporal': { file: 'src/shared/d.ts', source: value('@temporalio/worker') },
  'shared takes the types of the store': { file: 'src/shared/e.ts', source: type('../store/x.js') },
  'shared reads the configuration': { file: 'src/shared/f.ts', source: value('../config.js') },
  'the store loads a component': { file: 'src/store/a.ts', source: value('../performance/x.js') },
  'a component re-exports another': { file: 'src/learning/a.ts', source: reexport('../knowledge/x.js') },
  'a component loads another at run time': {
    file: 'src/strategy/a.ts',
    source: dynamic('../performance/x.js'),
  },
  'a component takes the types of recording': {
    file: 'src/knowledge/a.ts',
    source: type('../recording/x.js'),
  },
  'a component reads the configuration': { file: 'src/performance/a.ts', source: value('../config.js') },
  'retrieval loads a component': { file: 'src/retrieval/a.ts', source: value('../learning/x.js') },
  'evidence loads a component': { file: 'src/evidence/a.ts', source: value('../learning/x.js') },
  'recording loads activities': { file: 'src/recording/a.ts', source: value('../activities/x.js') },
  'agents load the store': { file: 'src/agents/a.ts', source: value('../store/x.js') },
  'embedded loads the store': { file: 'src/embedded/a.ts', source: value('../store/x.js') },
  'activities load workflows': { file: 'src/activities/a.ts', source: value('../workflows/x.js') },
  'the configuration loads an agent': { file: 'src/config.ts', source: value('./agents/x.js') },
  'the worker loads the command line': { file: 'src/worker.ts', source: value('./cli/x.js') },
  'the client loads local servers': { file: 'src/client.ts', source: value('./embedded/x.js') },
  'the client runs workflow code': { file: 'src/client.ts', source: value('./workflows/x.js') },
  'the demo loads the command line': { file: 'src/demo/a.ts', source: value('../cli/x.js') },
  'the command line runs workflow code': { file: 'src/cli/a.ts', source: value('../workflows/x.js') },
};

const ALLOWED: Record<string, Probe> = {
  'workflows take the types of activities': {
    file: 'src/workflows/ok-a.ts',
    source: type('../activities/x.js'),
  },
  'workflows load shared': { file: 'src/workflows/strategies/ok-b.ts', source: value('../../shared/x.js') },
  'workflows load their own files from a nested folder': {
    file: 'src/workflows/strategies/ok-c.ts',
    source: value('../x.js'),
  },
  'workflows load the workflow package': {
    file: 'src/workflows/ok-d.ts',
    source: value('@temporalio/workflow'),
  },
  'shared loads zod': { file: 'src/shared/ok-a.ts', source: value('zod') },
  'shared loads common types of Temporal': {
    file: 'src/shared/ok-b.ts',
    source: value('@temporalio/common'),
  },
  'a component loads the store': { file: 'src/learning/ok-a.ts', source: value('../store/x.js') },
  'a component loads evidence': { file: 'src/learning/ok-b.ts', source: value('../evidence/x.js') },
  'recording loads a component': { file: 'src/recording/ok-a.ts', source: value('../learning/x.js') },
  'agents read the configuration': { file: 'src/agents/ok-a.ts', source: value('../config.js') },
  'the command line starts local servers': { file: 'src/cli/ok-a.ts', source: value('../embedded/x.js') },
  'the client takes the types of workflows': { file: 'src/index.ts', source: type('./workflows/x.js') },
};

const crossing = (from: string, to: string): Probe => ({
  file: `src/${from}/to-${to}.ts`,
  source: value(`../${to}/some-file.js`),
});

const climbing = (name: string): Probe => ({
  file: `src/shared/to-file-${name}.ts`,
  source: value(`../${name}.js`),
});

const LONG = 'src/store/long.ts';
const LONG_WITH_COMMENTS = 'src/store/commented.ts';
const ANY = 'src/store/any.ts';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman arrows '));
  const entries = await readdir(path.join(ROOT, 'src'), { withFileTypes: true });
  rooms = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  topFiles = entries.filter((entry) => entry.isFile()).map((entry) => path.parse(entry.name).name);

  const config = await readFile(path.join(ROOT, '.oxlintrc.json'), 'utf8');
  // Rules that need types would want a compilable program.
  await writeFile(
    path.join(folder, '.oxlintrc.json'),
    config.replace('"typeAware": true', '"typeAware": false'),
  );

  const lines = (line: (index: number) => string) =>
    Array.from({ length: 301 }, (_, index) => line(index)).join('\n');
  const probes = [
    ...Object.values(FORBIDDEN),
    ...Object.values(ALLOWED),
    ...rooms.flatMap((from) => rooms.filter((to) => to !== from).map((to) => crossing(from, to))),
    ...topFiles.map((name) => climbing(name)),
    { file: LONG, source: lines((index) => `export const a${index} = ${index};`) },
    { file: LONG_WITH_COMMENTS, source: `${lines(() => '// A comment.')}\nexport const a = 1;\n` },
    { file: ANY, source: 'export const a: any = 1;\n' },
  ];
  const sources = new Map<string, string>();
  for (const { file, source } of probes)
    sources.set(file, (sources.get(file) ?? '') + uniqueNames(source, sources.has(file)));
  for (const [file, source] of sources) {
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await writeFile(path.join(folder, file), source);
  }
  findings = await lint();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Two probes of one file must not declare the same name. */
function uniqueNames(source: string, second: boolean): string {
  return second ? source.replace('{ x }', '{ x as x2 }').replace('const y = x', 'const y2 = x2') : source;
}

async function lint(): Promise<Findings> {
  const command = promisify(execFile)(process.execPath, [OXLINT, '-f', 'json', 'src'], {
    cwd: folder,
    maxBuffer: 64 * 1024 * 1024,
  });
  // oxlint exits with 1 when it finds something, which it must here.
  const output = await command.catch((error: { stdout?: string; stderr?: string }) => error);
  const report = JSON.parse(output.stdout ?? '') as Report;
  const found: Findings = new Map();
  for (const { filename, code } of report.diagnostics) {
    const file = filename.split(path.sep).join('/');
    found.set(file, (found.get(file) ?? new Set()).add(code));
  }
  return found;
}

const isRefused = (file: string) => findings.get(file)?.has('eslint(no-restricted-imports)') ?? false;

describe('the arrows between rooms', () => {
  it.each(Object.entries(FORBIDDEN))('lint refuses: %s', (_, { file }) => {
    expect(isRefused(file)).toBe(true);
  });

  it.each(Object.entries(ALLOWED))('lint allows: %s', (_, { file }) => {
    expect(isRefused(file)).toBe(false);
  });

  it('every room is known to the lint configuration: shared may load none of them', () => {
    const unknown = rooms.filter((room) => room !== 'shared' && !isRefused(crossing('shared', room).file));
    expect(unknown).toEqual([]);
  });

  it('every file above the rooms is known to it, too', () => {
    expect(topFiles.filter((name) => !isRefused(climbing(name).file))).toEqual([]);
  });

  it('nobody loads the command line, which stands on top', () => {
    const loaders = rooms.filter((room) => room !== 'cli' && !isRefused(crossing(room, 'cli').file));
    expect(loaders).toEqual([]);
  });

  it('the arrows that lint allows have no cycle', () => {
    const targets = new Map(
      rooms.map((from) => [from, rooms.filter((to) => to !== from && !isRefused(crossing(from, to).file))]),
    );
    // Takes away rooms that point at nothing that is left; a cycle is what cannot be taken away.
    let left = new Set(rooms);
    for (let before = -1; before !== left.size; ) {
      before = left.size;
      left = new Set([...left].filter((room) => targets.get(room)?.some((to) => left.has(to))));
    }
    expect([...left]).toEqual([]);
  });
});

describe('the size of a file', () => {
  it('is at most 300 lines that are neither blank nor comment', () => {
    expect(findings.get(LONG)).toContain('eslint(max-lines)');
    expect(findings.get(LONG_WITH_COMMENTS) ?? new Set()).not.toContain('eslint(max-lines)');
  });

  it('any is refused', () => {
    expect(findings.get(ANY)).toContain('typescript(no-explicit-any)');
  });
});
