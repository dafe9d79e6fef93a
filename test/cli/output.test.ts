import { describe, expect, it, vi } from 'vitest';
import { attemptNotes, attemptTable } from '../../src/cli/attempt-table.js';
import { approvalText, changeLines } from '../../src/cli/change-text.js';
import { wordsTable } from '../../src/cli/describe-execution.js';
import { clip, cost, plain, seconds } from '../../src/cli/format.js';
import { tableText } from '../../src/cli/print.js';
import { hostsOf, workflowPage } from '../../src/cli/servers.js';
import { progressLines } from '../../src/cli/task-progress.js';
import { printFinishedTask } from '../../src/cli/task-result.js';
import { wrap } from '../../src/cli/wrap.js';
import { parseConfig } from '../../src/config.js';
import type { Attempt } from '../../src/shared/task.js';
import type { WorkspaceChange } from '../../src/shared/workspace.js';

describe('values for people', () => {
  it('keeps what steers a terminal out of texts', () => {
    expect(plain('a\u001b[31mred\u001b[0m\r\nb\u0007\u009b2Jc')).toBe('ared b c');
  });

  it('keeps what turns the order of letters out of texts', () => {
    expect(plain('a\u202egpj.exe\u202c \u2066x\u2069\u200e\u200f\u061cb')).toBe('agpj.exe xb');
  });

  it('names spans and sums in fitting units', () => {
    expect([0.0004, 0.34, 59.94, 61, 3_725].map(seconds)).toEqual([
      '0 ms',
      '340 ms',
      '59.9 s',
      '1 min 1 s',
      '1 h 2 min',
    ]);
    expect([null, 0, 0.0123, 0.5, 12].map(cost)).toEqual(['-', '$0', '$0.012', '$0.50', '$12.00']);
  });

  it('clips by characters, not by halves of them', () => {
    expect(clip('ab😀cd', 4)).toBe('ab😀…');
    expect(clip('abc', 3)).toBe('abc');
  });

  it('shows addresses without credentials', () => {
    expect(hostsOf('mongodb://me:p%40ss@one:1,two:2/db?x=y')).toBe('mongodb://one:1,two:2');
    expect(hostsOf('mongodb+srv://me:p@ss@host/')).toBe('mongodb+srv://host');
  });

  it("links to a task's page", () => {
    expect(workflowPage('http://ui/', 'default', 'acme/a b', null)).toBe(
      'http://ui/namespaces/default/workflows/acme%2Fa%20b',
    );
    expect(workflowPage(null, 'default', 'acme/a')).toBeNull();
  });
});

describe('tables', () => {
  const columns = [
    { title: 'name', flexible: true },
    { title: 'n', align: 'right' },
  ] as const;

  it('aligns without borders', () => {
    expect(
      tableText(
        columns,
        [
          ['a', '1'],
          ['longer', '10'],
        ],
        80,
      ).split('\n'),
    ).toEqual([expect.stringMatching(/name +n/), 'a        1', 'longer  10']);
  });

  it('cuts the flexible column to the width', () => {
    const text = tableText(columns, [['x'.repeat(100), '1']], 40);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(text).toContain('x…');
  });
});

describe('tables in a terminal that is too narrow', () => {
  const columns = [
    { title: 'name', flexible: true },
    { title: 'much', align: 'right', spare: 2 },
    { title: 'least', align: 'right', spare: 1 },
    { title: 'n', align: 'right' },
  ] as const;
  const head = (name: string, width: number): string[] =>
    (tableText(columns, [[name, '1', '2', '3']], width).split('\n')[0] ?? '').trim().split(/ +/);

  it('shorten what is flexible, then leave out what matters least', () => {
    expect(head('x'.repeat(30), 60)).toEqual(['name', 'much', 'least', 'n']);
    // Twenty characters of the name, and all columns.
    expect(head('x'.repeat(30), 36)).toEqual(['name', 'much', 'least', 'n']);
    expect(head('x'.repeat(30), 35)).toEqual(['name', 'much', 'n']);
    expect(head('x'.repeat(30), 28)).toEqual(['name', 'n']);
    expect(head('x'.repeat(30), 10)).toEqual(['name', 'n']);
  });

  it('break why somebody said something between words, below their line', () => {
    const word = {
      by: 'https://ci.test/acme/shop/actions/runs/30433642',
      source: 'verifier' as const,
      success: false,
      at: new Date(2026, 0, 31, 15, 30),
      counts: true,
      reason: 'workflow run Build: failure, of which the tests of the cart take the larger part',
    };
    const wide = wordsTable([word], 250);
    expect(wide).toHaveLength(2);
    expect(wide[1]).toMatch(/^\* https:\S+ +verifier +failed +2026-01-31 15:30:00 +workflow run .* part$/);
    // Room for the table, but not for why beside it.
    expect(wordsTable([word], 100)).toEqual([
      expect.stringMatching(/^ {2}who +source +said +when$/),
      expect.stringMatching(/^\* https:\S+ +verifier +failed +2026-01-31 15:30:00$/),
      `    ${word.reason}`,
    ]);
    const narrow = wordsTable([word], 60);
    expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(60);
    const words = narrow.join(' ').split(/ +/);
    expect(words.join(' ')).toBe(
      `* ${word.by} verifier failed 2026-01-31 15:30:00 workflow run Build: failure, of which the tests of the cart take the larger part`,
    );
  });
});

describe('the end of a task whose record is deferred', () => {
  it('names MongoDB only where that is why', () => {
    const result = { taskId: 't', executionId: 'acme/t/run', success: true, source: 'agent', output: null };
    const finished = {
      result: {
        ...result,
        plan: 'p',
        category: 'c',
        cost: 0,
        duration: 1,
        lessons: [],
        recording: 'deferred',
      },
    };
    const lines = (storeAway: boolean): string => {
      let told = '';
      const spy = vi
        .spyOn(process.stdout, 'write')
        .mockImplementation((part) => Boolean((told += String(part))));
      const handle = { taskId: 't', workflowId: 'acme/t' };
      printFinishedTask(
        finished as never,
        { config: parseConfig({}, 'x'), uiUrl: null, json: false } as never,
        {
          handle: handle as never,
          temporary: false,
          storeAway,
        },
      );
      spy.mockRestore();
      return told;
    };
    expect(lines(true)).toMatch(/^Record +MongoDB is away: it follows when it is back$/m);
    expect(lines(false)).toMatch(
      /^Record +was not taken at once: the workflow record:acme\/t\/run brings it$/m,
    );
  });
});

describe('progress', () => {
  it('tells phase, plan, lessons and agents', () => {
    const { block, news } = progressLines(
      {
        phase: 'executing',
        category: 'testing',
        plan: 'single(a)',
        reason: 'it fits',
        lessons: ['one', 'two', 'three', 'four'].map((title) => ({ id: title, title })),
        agents: [{ agentType: 'a', role: 'worker', state: 'failed', detail: 'broke\ndown' }],
      },
      2,
      'one',
    );
    expect(block[0]).toBe('executing testing, 2.0 s');
    expect(news).toEqual([
      'plan     single(a): it fits',
      'lessons  one; two; three and 1 more',
      'agent 1  a: failed, broke down',
    ]);
  });

  it('asks in full, in pieces that fit 80 columns, and says how to answer', () => {
    const question = 'Is this change to the billing tables what was meant? '.repeat(4).trim();
    const asking = {
      phase: 'awaiting approval' as const,
      category: null,
      plan: null,
      reason: null,
      lessons: [],
      agents: [],
      approval: { when: 'after' as const, question, deadline: 0, onDeadline: 'reject' as const },
    };
    const { block, news } = progressLines(asking, 1, 'release-7');
    expect(block[1]).toMatch(/^waits {4}Is this change/);
    expect(block.slice(-2)).toEqual([
      '         journeyman approve release-7',
      '         journeyman reject release-7',
    ]);
    expect(block.at(-3)).toMatch(/^ {9}until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, then: reject$/);
    expect(Math.max(...block.map((line) => line.length))).toBeLessThanOrEqual(77);
    expect(
      block
        .slice(1, -3)
        .map((line) => line.slice(9))
        .join(' '),
    ).toBe(question);
    expect(news).toEqual([block.slice(1).join('\n')]);
  });
});

describe('changes', () => {
  const change: WorkspaceChange = {
    base: 'a',
    diff: { id: 'sha256:b', bytes: 3 },
    files: 3,
    additions: 12,
    deletions: 4,
  };

  it.each<[string, Parameters<typeof changeLines>[0], string[]]>([
    ['not to be applied', change, ['3 files, +12 -4']],
    ['applied', { ...change, files: 1, applied: true }, ['1 file, +12 -4, applied']],
    [
      'not applied',
      { ...change, applied: false, reason: 'cart.mjs was\nchanged meanwhile' },
      ['3 files, +12 -4, not applied: cart.mjs was changed meanwhile'],
    ],
    ['kept', { ...change, folder: '/tmp/x' }, ['3 files, +12 -4', 'folder kept: /tmp/x']],
    ['none', { ...change, diff: null, files: 0 }, ['nothing']],
    ['not to be had', { ...change, diff: null, problem: 'over 1 MB' }, ['no patch: over 1 MB']],
  ])('%s', (_what, given, lines) => {
    expect(changeLines(given)).toEqual(lines);
    expect(changeLines(given, 'coder')[0]).toBe(`coder: ${lines[0]}`);
  });

  it('tells who approved or rejected what', () => {
    const answer = { when: 'after' as const, approved: false, by: 'ana', decidedAt: 0, byDeadline: false };
    expect(approvalText({ ...answer, comment: 'too\u001b[31m slow' })).toMatch(
      /^result rejected by ana, \S+ \S+: too slow$/,
    );
    expect(
      approvalText({ ...answer, when: 'before', approved: true, by: 'deadline', byDeadline: true }),
    ).toMatch(/^start approved because nobody answered in time, \S+ \S+$/);
  });

  const attempt = (agentType: string, more: Partial<Attempt> = {}): Attempt => ({
    agentType,
    role: 'worker',
    report: {
      success: true,
      actions: [],
      results: [],
      iterations: 7,
      errors: ['TypeError: x'],
      discoveries: [],
      applied: [],
      tokens: { input: 48_213, output: 850 },
      cost: 0.31,
    },
    success: true,
    source: 'agent',
    durationMs: 1_500,
    elapsedMs: 2_000,
    decisive: false,
    ...more,
  });

  it('tells what each attempt used', () => {
    const attempts = [attempt('coder', { decisive: true }), attempt('lead', { role: 'lead-split' })];
    expect(attemptTable(attempts)).toEqual([
      '  agent            success           work    wait   cost     tokens  iterations  errors',
      '* coder            success (agent)  1.5 s  500 ms  $0.31  48.2K+850           7       1',
      '  lead lead-split  success (agent)  1.5 s  500 ms  $0.31  48.2K+850           7       1',
    ]);
  });

  it('leaves out columns where the terminal is too narrow', () => {
    const [head, line] = attemptTable([attempt('coder', { decisive: true })], 68);
    expect(head).toBe('  agent  success           work   cost     tokens  errors');
    expect(line).toBe('* coder  success (agent)  1.5 s  $0.31  48.2K+850       1');
  });

  it('notes what an attempt changed, but for the winner and for verifiers', () => {
    const winner = attempt('coder', { change });
    expect(
      attemptNotes(
        [
          winner,
          attempt('other', { change, reason: 'tests fail' }),
          attempt('judge', { change, role: 'verifier' }),
        ],
        winner,
      ),
    ).toEqual([
      'coder: TypeError: x',
      'other: changed 3 files, +12 -4',
      'other: tests fail',
      'other: TypeError: x',
      'judge: TypeError: x',
    ]);
  });
});

describe('wrapping', () => {
  it('breaks at spaces, keeps long words and lines that fit', () => {
    expect(wrap('aa bb cc dd ee ff gg hh', 20)).toEqual(['aa bb cc dd ee ff gg', 'hh']);
    expect(wrap(`see http://${'x'.repeat(30)} there`, 20)).toEqual([
      'see',
      `http://${'x'.repeat(30)}`,
      'there',
    ]);
    expect(wrap('\u001b[2m12345678901234567890\u001b[22m', 20)).toHaveLength(1);
    expect(wrap('aa '.repeat(50), undefined)).toHaveLength(1);
  });
});
