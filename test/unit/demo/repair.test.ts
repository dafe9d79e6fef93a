import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isRepairMethod, type RepairMethod, repair, repairMethods } from '../../../src/demo/repair/repair.js';
import { runSuite } from '../../../src/demo/repair/run-suite.js';
import { materialise } from '../../../src/demo/workload/materialise.js';
import {
  type AgentReport,
  type AgentTask,
  agentReportSchema,
  agentTaskSchema,
  type Lesson,
} from '../../../src/shared/agent-contract.js';
import { errorSignature } from '../../../src/shared/error-signature.js';
import { isAlive } from '../../integration/agents-is-alive.js';

const HEALTHY = `export function clamp(value, low, high) {
  if (value < low) return low;
  if (value > high) return high;
  return value;
}

export function largest(values, count = 2) {
  const sorted = [...values].sort((a, b) => b - a);
  return sorted.slice(0, count);
}

export async function sumOf(keys, lookup) {
  let total = 0;
  for (const key of keys) {
    total += await lookup(key);
  }
  return total;
}
`;

const SUITE = `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { clamp, largest, sumOf } from './tools.mjs';

test('clamp', () => {
  assert.deepEqual([0, 5, 9].map((value) => clamp(value, 2, 8)), [2, 5, 8]);
});
test('largest', () => {
  const values = [1, 3, 2];
  assert.deepEqual(largest(values), [3, 2]);
  assert.deepEqual(values, [1, 3, 2]);
});
test('sumOf', async () => {
  assert.equal(await sumOf(['a', 'bb'], async (key) => key.length), 3);
});
`;

const damaged = (from: string, to: string): string => {
  expect(HEALTHY).toContain(from);
  return HEALTHY.replace(from, to);
};
const OTHER_WAY = damaged('value < low', 'value > low');

let root: string;
let workspace: string;
let number = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'journeyman-test-repair-'));
});
beforeEach(() => {
  number += 1;
  workspace = join(root, String(number));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function taskFor(lessons: readonly Lesson[] = [], idempotencyKey = 'key'): AgentTask {
  return agentTaskSchema.parse({
    tenant: 'test',
    taskId: 'task',
    executionId: 'test/task/1',
    idempotencyKey,
    agentType: 'repair',
    description: 'tools.mjs is broken',
    lessons,
    workspace,
  });
}

async function lay(source: string, commits?: readonly string[]): Promise<void> {
  const files = { 'tools.mjs': source, 'tools.test.mjs': SUITE };
  const history = commits?.map((version, index) => ({
    message: `Commit ${index + 1}`,
    files: { 'tools.mjs': version, ...(index === 0 ? { 'tools.test.mjs': SUITE } : {}) },
  }));
  await materialise({ files, ...(history === undefined ? {} : { history }) }, workspace);
}

async function attempt(method: RepairMethod, lessons: readonly Lesson[] = [], budget?: number) {
  const report = await repair(method, taskFor(lessons), budget);
  // What is reported must pass the published contract, and have one result an action.
  agentReportSchema.parse(report);
  expect(report.results).toHaveLength(report.actions.length);
  return { report, source: await readFile(join(workspace, 'tools.mjs'), 'utf8') };
}

function lesson(id: string, verb: 'prefer' | 'avoid', operator: string, rest: Partial<Lesson> = {}): Lesson {
  return {
    id,
    version: 1,
    type: 'ERROR_RECOVERY',
    title: id,
    condition: 'a suite fails',
    advice: `${verb} ${operator}`,
    confidence: 'HIGH',
    state: 'asserted',
    action: { verb, type: 'mutate', input: { operator } },
    ...rest,
  };
}

const inputOf = (report: AgentReport, index: number): unknown => report.actions[index]?.input;

describe('each repair method mends what it is made for', () => {
  const cases: readonly [RepairMethod, string, string][] = [
    ['lint-fix', 'a misspelt name', damaged('return sorted.slice', 'return sorrted.slice')],
    ['lint-fix', 'a misspelt member', damaged('sorted.slice', 'sorted.slcie')],
    ['lint-fix', 'a lost export', damaged('export function clamp', 'function clamp')],
    ['codemod', 'a lost await', damaged('await lookup', 'lookup')],
    ['codemod', 'a sort in place', damaged('[...values].sort', 'values.sort')],
    ['codemod', 'a lost return', damaged('return sorted.slice', 'sorted.slice')],
    ['mutate', 'a comparison the wrong way', OTHER_WAY],
    ['mutate', 'swapped arguments', damaged('slice(0, count)', 'slice(count, 0)')],
    ['mutate', 'a wrong constant', damaged('count = 2', 'count = 1')],
  ];
  it.each(cases)('%s: %s', async (method, _what, source) => {
    await lay(source);
    const { report, source: repaired } = await attempt(method, [], 60);
    expect(report.output).toMatchObject({ changed: ['tools.mjs'] });
    expect(report.success).toBe(true);
    expect(repaired).not.toBe(source);
    expect((await runSuite(workspace, 'tools.test.mjs')).passed).toBe(true);
    expect(report.actions[0]).toEqual({ type: 'run-tests', input: {} });
    expect(report.results[0]?.success).toBe(false);
    expect(report.results.at(-1)?.success).toBe(true);
    expect(report.iterations).toBe(report.actions.length);
    expect(report.cost).toBeCloseTo(report.iterations * 0.0001, 9);
    expect(report.errors.length).toBeGreaterThan(0);
    expect(report.discoveries).toHaveLength(1);
  });

  it('bisect: takes the bad commit back and keeps the later one', async () => {
    const bad = damaged('value < low', 'value > low').replace('b - a', 'a - b');
    const note = '// Small tools.\n';
    await lay(note + bad, [HEALTHY, `${HEALTHY}\n`, `${bad}\n`, bad, note + bad]);
    const { report, source } = await attempt('bisect');
    expect(report.success).toBe(true);
    expect(source.trim()).toBe((note + HEALTHY).trim());
    expect(report.actions.at(-1)).toMatchObject({ type: 'revert-commit', input: { scope: 'change' } });
  });

  it('bisect: puts the file back as a whole when later changes overlap', async () => {
    const bad = damaged('value < low', 'value > low');
    await lay(bad.replace('value > low', 'value > low + 0'), [
      HEALTHY,
      bad,
      bad.replace('value > low', 'value > low + 0'),
    ]);
    const { report, source } = await attempt('bisect');
    expect(report.success).toBe(true);
    expect(source).toBe(HEALTHY);
  });
});

describe('a failed attempt leaves the workspace untouched', () => {
  const hopeless = HEALTHY.replace('value < low', 'value > low').replace('await lookup(key)', '7');
  it.each(repairMethods)('%s', async (method) => {
    await lay(hopeless, method === 'bisect' ? [hopeless, `${hopeless}\n`, hopeless] : undefined);
    const { report, source } = await attempt(method);
    expect(report.success).toBe(false);
    expect(source).toBe(hopeless);
    expect(report.discoveries).toEqual([]);
    expect(report.output).toMatchObject({ changed: [] });
  });

  it('bisect gives up at once without a history', async () => {
    await lay(OTHER_WAY);
    const { report } = await attempt('bisect');
    expect(report).toMatchObject({
      success: false,
      iterations: 0,
      output: { summary: 'the workspace has no git history' },
    });
  });

  it('changes nothing when the tests pass already', async () => {
    await lay(HEALTHY);
    const { report, source } = await attempt('mutate');
    expect(report).toMatchObject({ success: true, iterations: 1 });
    expect(source).toBe(HEALTHY);
  });

  it('a change that makes the suite hang costs one run', async () => {
    await lay(
      `${HEALTHY}\nexport let turns = 0;\nwhile (turns < 3) turns += 1;\nif (turns !== 4) throw new Error('turns');\n`,
    );
    const { report } = await attempt('mutate', [lesson('a', 'prefer', 'swap-arithmetic')], 3);
    expect(report.success).toBe(false);
    expect(report.errors.some((error) => error.startsWith('TimeoutError'))).toBe(true);
  });
});

describe('the search by mutation honours its lessons', () => {
  async function signatureOfTask(): Promise<string> {
    const run = await runSuite(workspace, 'tools.test.mjs');
    return errorSignature(run.failures[0]?.error ?? '');
  }

  it('tries what is preferred first, and says that it used the lesson', async () => {
    await lay(OTHER_WAY);
    const { report } = await attempt('mutate', [
      lesson('good', 'prefer', 'swap-comparison', { successRate: 0.6 }),
      lesson('poor', 'prefer', 'change-constant', { successRate: 0.1 }),
      lesson('put-off', 'avoid', 'negate-condition'),
      lesson('unused', 'avoid', 'swap-arguments'),
    ]);
    expect(inputOf(report, 1)).toMatchObject({ operator: 'swap-comparison' });
    expect(report.success).toBe(true);
    expect(report.iterations).toBeLessThanOrEqual(4);
    expect(report.applied).toEqual(['good', 'put-off']);
  });

  it('tries what is to be avoided last', async () => {
    await lay(OTHER_WAY);
    const avoid = ['swap-comparison', 'negate-condition'].map((name) => lesson(name, 'avoid', name));
    const { report } = await attempt('mutate', avoid, 60);
    const used = report.actions.slice(1).map((action) => (action.input as { operator: string }).operator);
    const firstAvoided = used.findIndex((name) => avoid.some(({ id }) => id === name));
    expect(firstAvoided).toBeGreaterThan(0);
    expect(used.slice(firstAvoided).every((name) => avoid.some(({ id }) => id === name))).toBe(true);
  });

  it('leaves lessons about other errors and other agents alone', async () => {
    await lay(OTHER_WAY);
    const foreign = [
      lesson('other-error', 'prefer', 'change-constant', { signature: 'TypeError: other' }),
      lesson('other-action', 'prefer', 'change-constant', {
        action: { verb: 'prefer', type: 'codemod', input: { rule: 'add-await' } },
      }),
    ];
    const { report } = await attempt('mutate', foreign, 60);
    expect(report.applied).toEqual([]);
    const { report: without } = await (async () => {
      await lay(OTHER_WAY);
      return attempt('mutate', [], 60);
    })();
    expect(report.actions).toEqual(without.actions);
  });

  it('puts a lesson for this very error above a general one', async () => {
    await lay(OTHER_WAY);
    const { report } = await attempt('mutate', [
      lesson('general', 'avoid', 'swap-comparison'),
      lesson('exact', 'prefer', 'swap-comparison', {
        signature: await signatureOfTask(),
        successRate: 0.5,
      }),
    ]);
    expect(inputOf(report, 1)).toMatchObject({ operator: 'swap-comparison' });
    expect(report.applied).toEqual(['exact']);
  });

  it('draws its order from the idempotency key when it has no lessons', async () => {
    const orders = new Set<string>();
    for (const key of ['a', 'b', 'c', 'a']) {
      await lay(OTHER_WAY);
      const report = await repair('mutate', taskFor([], key), 60);
      orders.add(JSON.stringify(report.actions));
    }
    expect(orders.size).toBe(3);
  });

  it('gives the machine the operator as a scalar, and the place nested', async () => {
    await lay(OTHER_WAY);
    const { report } = await attempt('mutate', [], 3);
    expect(inputOf(report, 1)).toEqual({
      operator: expect.any(String),
      at: { file: 'tools.mjs', line: expect.any(Number) },
    });
    expect(report.results[1]?.error).toBe(report.results[0]?.error);
    expect(report.iterations).toBeLessThanOrEqual(3);
  });
});

describe('the symptom of a failure', () => {
  it.each([
    ['value < low', 'value <= low + 3', 'AssertionError: in array: number too low'],
    ['await lookup', 'lookup', 'AssertionError: string instead of number'],
    ['return sorted.slice', 'sorted.slice', 'AssertionError: undefined instead of array'],
    ['slice(0, count)', 'slice(0, cuont)', 'ReferenceError: <text> is not defined'],
    ['sorted.slice', 'sorted.slcie', 'TypeError: <text> is not a function'],
    [
      'export function clamp',
      "import './non.mjs';\nexport function clamp",
      'Cannot find module <text> imported from <text>',
    ],
    ['export function clamp', 'function clamp', 'SyntaxError: The requested module <text> does not provide'],
  ])('%s -> %s', async (from, to, expected) => {
    await lay(damaged(from, to));
    const [failure] = (await runSuite(workspace, 'tools.test.mjs')).failures;
    expect(errorSignature(failure?.error ?? '')).toContain(expected);
  });
});

describe('the command program', () => {
  const program = new URL('../../../src/demo/repair/main.ts', import.meta.url).pathname;

  async function call(args: readonly string[], input: string) {
    const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], { stdio: 'pipe' });
    child.stdin.on('error', () => undefined).end(input);
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    return { stdout, stderr, code };
  }

  it('reads a task and prints a report', async () => {
    await lay(damaged('await lookup', 'lookup'));
    const { stdout, code } = await call(['--method', 'codemod'], JSON.stringify(taskFor()));
    expect(code).toBe(0);
    expect(agentReportSchema.parse(JSON.parse(stdout)).success).toBe(true);
    expect(await readFile(join(workspace, 'tools.mjs'), 'utf8')).toBe(HEALTHY);
  });

  it.each([
    [['--method', 'magic'], '{}', /--method: 'magic' .* lint-fix, codemod, mutate, bisect/],
    [['--method', 'mutate', '--budget', 'many'], '{}', /--budget: 'many'/],
    [['--methods', 'mutate'], '{}', /--methods/],
    [['--method', 'mutate'], 'no json', /standard input: no JSON/],
    [['--method', 'mutate'], '{"tenant": 5}', /standard input: tenant/],
  ])('refuses %j with %j', async (args, input, message) => {
    const { stderr, stdout, code } = await call(args, input);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  /** The program, working on the workspace, with a folder of its own for its scratch copies. */
  async function start() {
    const scratch = await mkdtemp(join(root, 'scratch-'));
    const args = ['--import', 'tsx', program, '--method', 'mutate'];
    const child = spawn(process.execPath, args, { stdio: 'pipe', env: { ...process.env, TMPDIR: scratch } });
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    const copies = async () =>
      (await readdir(scratch)).filter((name) => name.startsWith('journeyman-repair-'));
    return { child, scratch, closed, copies, begin: () => child.stdin.end(JSON.stringify(taskFor())) };
  }

  it('stops its suite and removes its scratch copy when it is told to stop', async () => {
    const pidFile = join(root, `suite-${number}`);
    await lay(
      `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(pidFile)}, String(process.pid));\nwhile (true);\n${HEALTHY}`,
    );
    const { child, closed, copies, begin } = await start();
    begin();
    const suite = await vi.waitFor(
      async () => Number((await readFile(pidFile, 'utf8')) || assert.fail()),
      20_000,
    );
    expect(await copies()).toHaveLength(1);
    expect(isAlive(suite)).toBe(true);
    child.kill('SIGTERM');
    expect(await closed).toBe(143);
    expect(await copies()).toEqual([]);
    await expect.poll(() => isAlive(suite)).toBe(false);
  });

  it('removes its scratch copy when it is told to stop while it makes it', async () => {
    await lay(OTHER_WAY);
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => writeFile(join(workspace, `note-${index}.txt`), 'a note')),
    );
    const { child, scratch, closed, copies, begin } = await start();
    // Told as soon as the copy is there, and again with each change of it.
    const watcher = watch(scratch, (_event, name) => {
      if (name?.startsWith('journeyman-repair-')) child.kill('SIGTERM');
    });
    begin();
    const code = await closed;
    watcher.close();
    expect(code).toBe(143);
    expect(await copies()).toEqual([]);
  });

  it('fails with a reason when there is no suite', async () => {
    await lay(HEALTHY);
    await rm(join(workspace, 'tools.test.mjs'));
    await writeFile(join(workspace, 'notes.txt'), '');
    await expect(attempt('mutate')).rejects.toThrow(/no suite/);
    expect(isRepairMethod('toString')).toBe(false);
  });
});
