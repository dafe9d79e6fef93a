/** Draws the tasks of the demo: damages healthy modules, and keeps what truly fails. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Draw, drawFrom } from '../repair/draw.js';
import { runSuite, type SuiteRun } from '../repair/run-suite.js';
import { applyEdits, parseSource } from '../repair/source.js';
import { type Defect, type Family, families, rewriteSlipsOf, slipsOf } from './defects.js';
import { describeBug } from './describe.js';
import { headOf, inventHistory } from './history.js';
import { materialise } from './materialise.js';
import type { BaseModule } from './modules/base-module.js';
import { baseModules } from './modules/index.js';
import type { RepairTask } from './repair-task.js';

/** Share of the tasks of other families that are git repositories too. */
const SHARE_WITH_HISTORY = 0.35;
/** Share of those whose first commit is broken already. */
const SHARE_BROKEN_FROM_START = 0.5;
/** Share of reporters who say that an older version worked, when one did. */
const SHARE_WHO_REMEMBER = 0.7;
/** Changes that one bad commit makes. */
const CHANGES_OF_BAD_COMMIT = 3;

/** Most tasks of one workload: beyond it the rarer families run out of places. */
const MAX_TASKS = 200;

interface Damaged {
  readonly base: BaseModule;
  readonly files: Readonly<Record<string, string>>;
}

interface Failing extends Damaged {
  readonly family: Family;
  readonly run: SuiteRun;
}

/**
 * Builds the workload: `count` tasks over all families of defects, in random order. Every task was run and
 * fails by an assertion or an error, not by a timeout. Runs about 1.3 suites a task, as many at once as there
 * are processors.
 *
 * @param seed the same seed gives the same tasks
 * @throws RangeError when `count` is not a whole number from 1 to 200
 */
export async function buildWorkload(seed: number, count = 66): Promise<RepairTask[]> {
  if (!Number.isInteger(count) || count < 1 || count > MAX_TASKS) {
    throw new RangeError(`count: ${count} is not a whole number from 1 to ${MAX_TASKS}`);
  }
  const draw = drawFrom(`workload/${seed}`);
  const shares = new Map<Family, number>();
  const ordered = draw.shuffle(families);
  for (let index = 0; index < count; index += 1) {
    const family = ordered[index % ordered.length] ?? 'boundary';
    shares.set(family, (shares.get(family) ?? 0) + 1);
  }
  const limit = limiter(availableParallelism());
  const found = await Promise.all(
    [...shares].map(([family, share]) => failing(family, share, drawFrom(`${seed}/${family}`), limit)),
  );
  const tasks = draw.shuffle(found.flat());
  if (tasks.length < count) {
    throw new Error(`only ${tasks.length} of ${count} damaged modules fail their suites`);
  }
  return tasks.map((task, index) => toTask(task, index + 1, draw));
}

/** The first `share` candidates of a family whose suites fail, in the order of the draw. */
async function failing(family: Family, share: number, draw: Draw, limit: Limit): Promise<Failing[]> {
  const candidates = candidatesOf(family, draw);
  const found: Failing[] = [];
  for (let next = 0; found.length < share && next < candidates.length; ) {
    const wave = candidates.slice(next, next + share - found.length);
    next += wave.length;
    const runs = await Promise.all(wave.map((candidate) => limit(() => tryOut(candidate))));
    for (const [index, run] of runs.entries()) {
      const candidate = wave[index];
      if (candidate === undefined || run.passed || run.timedOut) continue;
      found.push({ ...candidate, family, run });
    }
  }
  return found;
}

/** Every place where the family fits, one module after the other so that no module dominates. */
function candidatesOf(family: Family, draw: Draw): Damaged[] {
  const byModule = draw.shuffle(baseModules).map((base) => {
    const sources = Object.entries(base.files).flatMap(([path, text]) => parseSource(path, text) ?? []);
    if (family === 'bad-commit') return badCommits(base, draw);
    const defects = sources.flatMap((file) => slipsOf(file, family, draw));
    return draw.shuffle(defects).map((defect) => damage(base, [defect]));
  });
  const longest = Math.max(...byModule.map((list) => list.length));
  return Array.from({ length: longest }, (_, round) => byModule.flatMap((list) => list[round] ?? [])).flat();
}

/** Several slips in the main file at once, far enough apart that no single change undoes them. */
function badCommits(base: BaseModule, draw: Draw): Damaged[] {
  const path = `${base.name}.mjs`;
  const file = parseSource(path, base.files[path] ?? '');
  if (file === undefined) return [];
  const slips = draw.shuffle(rewriteSlipsOf(file, draw));
  const chosen: Defect[] = [];
  for (const slip of slips) {
    const apart = chosen.every(({ edit }) => edit.end < slip.edit.start || slip.edit.end < edit.start);
    if (apart && chosen.length < CHANGES_OF_BAD_COMMIT) chosen.push(slip);
  }
  return chosen.length < CHANGES_OF_BAD_COMMIT ? [] : [damage(base, chosen)];
}

function damage(base: BaseModule, defects: readonly Defect[]): Damaged {
  const files: Record<string, string> = {};
  for (const { path } of defects) {
    const edits = defects.filter((defect) => defect.path === path).map(({ edit }) => edit);
    files[path] = applyEdits(base.files[path] ?? '', edits);
  }
  return { base, files };
}

async function tryOut({ base, files }: Damaged): Promise<SuiteRun> {
  const directory = await mkdtemp(join(tmpdir(), 'journeyman-workload-'));
  try {
    const suite = `${base.name}.test.mjs`;
    await materialise({ files: { ...base.files, ...files, [suite]: base.test } }, directory);
    return await runSuite(directory, suite);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function toTask({ base, files, family, run }: Failing, number: number, draw: Draw): RepairTask {
  const suite = `${base.name}.test.mjs`;
  const hasHistory = family === 'bad-commit' || draw.chance(SHARE_WITH_HISTORY);
  const fromStart = family !== 'bad-commit' && draw.chance(SHARE_BROKEN_FROM_START);
  const history = hasHistory
    ? inventHistory(base, files, fromStart ? 'first-commit' : 'later-commit', draw)
    : undefined;
  const workedBefore = hasHistory && !fromStart && draw.chance(SHARE_WHO_REMEMBER);
  const error = run.failures[0]?.error.split(':')[0] ?? 'Error';
  return {
    id: `repair-${String(number).padStart(2, '0')}-${base.name}`,
    description: describeBug(base, run.failures, workedBefore, draw),
    context: { module: base.name, kind: base.kind, error, hasHistory, suite },
    files: history === undefined ? { ...base.files, ...files, [suite]: base.test } : headOf(history),
    ...(history === undefined ? {} : { history }),
    verify: [process.execPath, suite],
    family,
    healthy: Object.fromEntries(Object.keys(files).map((path) => [path, base.files[path] ?? ''])),
  };
}

type Limit = <T>(job: () => Promise<T>) => Promise<T>;

/** Runs at most `most` jobs at once; the rest wait in order. */
function limiter(most: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
