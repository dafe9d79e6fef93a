/** One repair attempt: a scratch copy of the workspace, its test runs, and the report of what was tried. */
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Action, ActionResult, AgentReport } from '../../shared/agent-contract.js';
import { errorSignature } from '../../shared/error-signature.js';
import { runSuite, SUITE_TIMEOUT_MS, type SuiteFailure, type SuiteRun } from './run-suite.js';
import { ScratchFolder } from './scratch-folder.js';
import { parseSource, type SourceFile } from './source.js';

/** Nominal compute price of one test run, in USD: no LLM is called, so this is all that an attempt costs. */
const USD_PER_TEST_RUN = 0.0001;

const SUITE = /\.test\.m?js$/;
const MAX_DISTINCT_ERRORS = 20;

/** New texts of files, by path. */
export type Changes = ReadonlyMap<string, string>;

/** A repair attempt in progress; `close` removes its scratch copy. */
export class RepairSession {
  readonly actions: Action[] = [];
  readonly results: ActionResult[] = [];
  readonly applied = new Set<string>();
  private readonly errors = new Set<string>();
  private runs = 0;
  private timeoutMs = SUITE_TIMEOUT_MS;
  private solution: { action: Action; changes: Changes } | undefined;
  private reason = 'nothing that was tried made the tests pass';
  private healthy = false;
  private constructor(
    readonly workspace: string,
    private readonly scratch: ScratchFolder,
    readonly suites: ReadonlyMap<string, string>,
    /** Texts of all source files as they were given, by path. */
    readonly texts: ReadonlyMap<string, string>,
    /** Most test runs this attempt may take. */
    readonly budget: number,
  ) {}

  /** The scratch copy in which tests run. */
  get directory(): string {
    return this.scratch.path;
  }

  /**
   * Copies a workspace (without its git history) and reads its sources.
   *
   * @throws Error when the workspace cannot be read or holds no suite
   */
  static async open(workspace: string, budget: number): Promise<RepairSession> {
    const scratch = new ScratchFolder('journeyman-repair-');
    const directory = scratch.path;
    try {
      const skipped = new Set([join(workspace, '.git'), join(workspace, 'node_modules')]);
      await cp(workspace, directory, { recursive: true, filter: (from) => !skipped.has(from) });
      const texts = new Map<string, string>();
      for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.m?js$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        texts.set(path.slice(directory.length + 1), await readFile(path, 'utf8'));
      }
      const suites = new Map([...texts].filter(([path]) => SUITE.test(path)));
      if (suites.size === 0) throw new Error(`no suite (*.test.mjs or *.test.js) in ${workspace}`);
      for (const path of suites.keys()) texts.delete(path);
      return new RepairSession(workspace, scratch, suites, texts, budget);
    } catch (error) {
      await scratch.remove();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.scratch.remove();
  }

  /** Whether another test run fits the budget. */
  get canRun(): boolean {
    return this.runs < this.budget;
  }

  /** The parsed sources; those that are no valid JavaScript are left out. */
  parse(texts: ReadonlyMap<string, string> = this.texts): SourceFile[] {
    return [...texts].flatMap(([path, text]) => parseSource(path, text) ?? []);
  }

  /** Runs the tests on the workspace as it was given. */
  async reproduce(): Promise<readonly SuiteFailure[]> {
    const startedAt = performance.now();
    const run = await this.run();
    // A change that makes the suite hang should cost little, also on a machine that is busy now.
    const usualMs = performance.now() - startedAt;
    if (!run.timedOut) this.timeoutMs = Math.min(SUITE_TIMEOUT_MS, 500 + 8 * usualMs);
    this.healthy = run.passed;
    this.actions.push({ type: 'run-tests', input: {} });
    this.results.push(failed(run) ?? { success: true });
    return run.failures;
  }

  /**
   * Runs the tests with some files changed, and undoes the changes. Once an attempt has passed, no more may
   * follow.
   *
   * @param action what the attempt is, as it will stand in the report
   * @param changes new texts by path; files not named are as they were given
   * @returns whether all tests passed
   */
  async attempt(action: Action, changes: Changes): Promise<boolean> {
    await this.write(changes);
    const run = await this.run();
    await this.write(new Map([...changes.keys()].map((path) => [path, this.texts.get(path) ?? ''])));
    this.actions.push(action);
    if (run.passed) {
      this.solution = { action, changes };
      this.results.push({ success: true });
    } else {
      // The change was undone: the error that stands after it is the one from before.
      const standing = this.results[0]?.error;
      const after = run.failures[0]?.error.split('\n')[0] ?? 'failed';
      this.results.push({
        success: false,
        output: { after },
        ...(standing === undefined ? {} : { error: standing }),
      });
    }
    return run.passed;
  }

  /** Runs the tests on other texts without it being an attempt to mend; the changes are undone. */
  async probe(action: Action, changes: Changes): Promise<boolean> {
    await this.write(changes);
    const run = await this.run();
    await this.write(this.texts);
    this.actions.push(action);
    this.results.push(failed(run) ?? { success: true });
    return run.passed;
  }

  /** Ends the attempt without a repair. */
  giveUp(reason: string): void {
    this.reason = reason;
  }

  /** Writes the repaired files back, when there is a repair, and reports. */
  async finish(): Promise<AgentReport> {
    const changed = [...(this.solution?.changes ?? [])].filter(
      ([path, text]) => this.texts.get(path) !== text,
    );
    for (const [path, text] of changed) await writeFile(join(this.workspace, path), text);
    const success = this.healthy || this.solution !== undefined;
    const how = this.solution === undefined ? undefined : describe(this.solution.action);
    const summary = success ? (how ?? 'the tests passed already') : this.reason;
    const standing = this.results[0]?.error;
    return {
      success,
      output: { summary, changed: changed.map(([path]) => path) },
      actions: this.actions,
      results: this.results,
      iterations: this.runs,
      errors: [...this.errors].slice(0, MAX_DISTINCT_ERRORS),
      cost: Number((this.runs * USD_PER_TEST_RUN).toFixed(6)),
      discoveries:
        how === undefined || standing === undefined
          ? []
          : [
              {
                title: `${how} mended "${errorSignature(standing)}"`.slice(0, 300),
                content: `${how} made the tests pass after ${this.runs} runs; they had failed with: ${standing}`,
                type: 'SOLUTION',
                priority: 'LOW',
                tags: ['repair', this.solution?.action.type ?? 'none'],
              },
            ],
      applied: [...this.applied],
    };
  }

  private async write(changes: Changes): Promise<void> {
    for (const [path, text] of changes) await writeFile(join(this.directory, path), text);
  }

  private async run(): Promise<SuiteRun> {
    this.runs += 1;
    for (const suite of this.suites.keys()) {
      const run = await runSuite(this.directory, suite, this.timeoutMs);
      for (const failure of run.failures) this.errors.add(failure.error);
      if (!run.passed) return run;
    }
    return { passed: true, timedOut: false, failures: [] };
  }
}

function failed(run: SuiteRun): ActionResult | undefined {
  if (run.passed) return undefined;
  return { success: false, error: run.failures[0]?.error ?? 'the suite failed' };
}

function describe(action: Action): string {
  const input = action.input;
  const named =
    typeof input === 'object' && input !== null
      ? Object.values(input).find((value) => typeof value === 'string')
      : undefined;
  return named === undefined ? action.type : `${action.type} ${named}`;
}
