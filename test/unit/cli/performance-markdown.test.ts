import { describe, expect, it } from 'vitest';
import { type PerformanceReport, reportMarkdown } from '../../../src/cli/performance-markdown.js';
import { figuresOf } from '../../../src/performance/figures.js';
import type { Recommendation } from '../../../src/performance/life/recommendation.js';

const hostile = '| `x` <script> [a](http://e.test) **b** www.e.test @me #1 &lt; \n# head ~~c~~';
const at = new Date('2026-03-01T10:00:00Z');
const advice: Recommendation = {
  ...{ id: 'AGENT_SELECTION:a:b', type: 'AGENT_SELECTION', agentType: hostile, category: 'b', subject: 'c' },
  ...{ p: 0.01, priority: 8, monthlyExecutions: 30, monthlySpend: 30, evidence: { executions: 12 } },
  effect: { scale: 'points', estimate: 0.2, error: 0.05, least: 0.02, typical: 0.15 },
  expectedImprovement: { metric: 'successRate', value: 0.2, low: 0.1, high: 0.3 },
  ...{ title: hostile, reason: hostile, action: hostile },
  ...{ state: 'open', round: 1, openedAt: at, updatedAt: at },
};
const report: PerformanceReport = {
  ...{ tenant: 'acme', at: at.toISOString(), window: { from: '2026-01-01', to: '2026-03-01' } },
  ...{ category: null, changes: [], steps: [], open: [], decided: [], hitRates: [] },
  agents: [
    { agentType: hostile, timeShare: 1, executionShare: 1, ...figuresOf({ executions: 4, successes: 4 }) },
  ],
};

describe('the report', () => {
  it('takes nothing that agents and people wrote for Markdown, HTML, a link or a mention', () => {
    const text = reportMarkdown({
      ...report,
      open: [advice],
      decided: [
        { ...advice, state: 'dismissed', dismissed: { by: hostile, at, reason: hostile } },
        { ...advice, state: 'applied', applied: { by: 'ann', at } },
      ],
    });
    const lines = text.split('\n');
    // Nothing breaks out of its line: headings are the report's own.
    expect(lines.filter((line) => line.startsWith('#'))).toEqual([
      '# Performance of acme',
      ...['## Agents', '## What changed', '## Where the time goes', '## What could go better'],
      '## What was decided',
    ]);
    const rows = lines.filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(3 + 4);
    // As many cells as the head has, a pipe that is escaped not counted.
    for (const [at, row] of rows.entries()) expect(row.match(/(?<!\\)\|/g)).toHaveLength(at < 3 ? 9 : 7);
    for (const line of lines.filter((line) => line.includes('script'))) {
      expect(line).not.toMatch(/(?<!\\)[<>[\]#&~](?!#\d)(?!64;|58;|46;)/);
      expect(line).not.toMatch(/@|http:\/|www\.|(?<!\\)`x/);
    }
    expect(text).toContain(
      '\\| \\`x\\` \\<script\\> \\[a\\](http&#58;//e.test) \\*\\*b\\*\\* www&#46;e.test &#64;me',
    );
  });

  it('says so where there is nothing', () => {
    const text = reportMarkdown({ ...report, agents: [] });
    expect(text).toContain('## Agents\n\nNo execution is recorded in these days.\n');
    expect(text).toContain('## What changed\n\nNo change is shown.\n');
    expect(text).toContain('## What could go better\n\nNothing that is sure.\n');
    expect(text).toMatch(/## What was decided\n\nNothing yet\.$/);
  });

  it('tells what was promised, what came, and how often promises were kept', () => {
    const measured = {
      metric: 'successRate',
      value: 0.15,
      low: -0.02,
      high: 0.3,
      after: 40,
      before: 60,
    } as const;
    const text = reportMarkdown({
      ...report,
      category: 'parsing_json',
      open: [advice],
      decided: [
        { ...advice, title: 'one', state: 'verified', verdict: 'kept', measured, applied: { by: 'ann', at } },
        { ...advice, title: 'two', state: 'accepted', accepted: { by: 'bob', at, reason: 'agreed' } },
        { ...advice, title: 'three', state: 'applied', applied: { by: 'ann', at } },
      ],
      hitRates: [
        {
          type: 'AGENT_SELECTION',
          verified: 1,
          kept: 1,
          partly: 0,
          broken: 0,
          unclear: 0,
          rate: 1,
          low: 0.2,
          high: 1,
          ratio: 0.9,
        },
      ],
    });
    expect(text).toContain('# Performance of acme on parsing\\_json\n');
    expect(text).toContain('Promises 20 points more success (10 to 30 points).');
    expect(text).toContain(
      '| one | kept | 20 points more success (10 to 30 points) | 15 points more success (-2 to 30 points, 40 executions) | ann | - |',
    );
    expect(text).toContain(
      '| two | accepted | 20 points more success (10 to 30 points) | not followed yet | bob | agreed |',
    );
    expect(text).toMatch(/\| three \| applied \| .* \| not measured yet \| ann \| - \|/);
    expect(text).toContain('| AGENT\\_SELECTION | 1 | 1 | 0 | 0 | 0 | 100% | 20-100% |');
  });
});
