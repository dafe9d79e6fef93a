/** Which steps, agents, tools and retries take the time. Pure. */
import type { Interval } from '../../evidence/intervals.js';
import { benjaminiHochberg } from '../../evidence/multiplicity.js';
import type { CounterRow } from '../../store/counters.js';
import { addSums, type Figures, figuresOf, type Sums } from '../figures.js';
import type { Window } from '../inputs.js';
import { logMoments } from '../statistics/moments.js';
import { percentile } from '../statistics/sketch.js';
import { LEAST_EXECUTIONS } from './compare-metrics.js';
import type { Contrast } from './contrast.js';
import { logRatio } from './log-ratio.js';
import { amountOf } from './wording.js';

/** An agent's part of all the time that agents worked. */
export interface AgentShare extends Figures {
  agentType: string;
  /** Share of the agents' working time, 0 to 1. */
  timeShare: number;
  /** Share of the executions, 0 to 1. */
  executionShare: number;
}

/** A retry and a tool are parts of their agent's time, all others are time of their own. */
export type StepKind = 'task' | 'queue' | 'agent' | 'retry' | 'tool';

export interface StepShare {
  /** `analyse`, `lookUp`, `approval`, `recording`, `queue:<agent>`, `agent:<agent>`, `retry:<agent>`, `tool:<action>` */
  step: string;
  kind: StepKind;
  /** Share of all time, 0 to 1. Those of retries and tools lie within those of agents. */
  timeShare: number;
  /** How often it was taken. */
  executions: number;
  totalSeconds: number;
  /** Of one time that it was taken. */
  meanSeconds: number;
  /** 90% take no longer; null where none took a millisecond. */
  p90Seconds: number | null;
  /**
   * What it takes in the second half of the window as a share of the first, category by category; null where it was
   * taken in either half fewer than 5 times.
   */
  trend: { ratio: number; interval: Interval; shown: boolean } | null;
  sentence: string;
}

export interface Bottlenecks {
  window: Window;
  /** Of all steps, retries and tools within agents counted once. */
  totalSeconds: number;
  /** Largest share first. */
  steps: StepShare[];
  /** Largest share first. */
  agents: AgentShare[];
  verdict: string;
}

/** Share of the changes shown that may be none. */
const LEVEL = 0.05;
/** Steps that the verdict names. */
const TOP = 3;
const DAY_MS = 86_400_000;

/**
 * @param steps by `category`, `step` and `day`
 * @param agents statistics by `agentType`
 * @param limit most steps, and most agents
 */
export function bottlenecksOf(
  steps: readonly CounterRow[],
  agents: readonly CounterRow[],
  window: Window,
  limit: number,
): Bottlenecks {
  const byStep = new Map<string, CounterRow[]>();
  for (const row of steps) {
    const step = row.dimensions['step'] ?? '';
    const known = byStep.get(step);
    if (known === undefined) byStep.set(step, [row]);
    else known.push(row);
  }
  const second = secondHalf(window);
  const found = [...byStep].map(([step, rows]) => ({
    ...{ step, kind: kindOf(step), sums: addSums(rows.map(({ sums }) => sums)) },
    trend: trendOf(rows, second),
  }));
  const tested = found.filter(({ trend }) => trend !== null);
  const corrected = benjaminiHochberg(tested.map(({ trend }) => trend?.p ?? 1));
  const shown = new Set(tested.filter((_, index) => (corrected[index] ?? 1) <= LEVEL));
  const outside = (LEVEL * Math.max(1, shown.size)) / Math.max(1, tested.length);
  const whole = found
    .filter(({ kind }) => kind !== 'retry' && kind !== 'tool')
    .reduce((sum, { sums }) => sum + (sums['ms'] ?? 0), 0);
  const shares = found
    .map((one) => shareOf(one, whole, shown.has(one), outside))
    .sort((a, b) => b.timeShare - a.timeShare || (a.step < b.step ? -1 : 1))
    .slice(0, limit);
  return {
    window,
    totalSeconds: whole / 1_000,
    steps: shares,
    agents: agentShares(agents).slice(0, limit),
    verdict:
      shares.length === 0
        ? 'no step of any task is recorded in this window'
        : shares
            .slice(0, TOP)
            .map(({ sentence }) => sentence)
            .join('; '),
  };
}

function kindOf(step: string): StepKind {
  const [kind] = step.split(':');
  return kind === 'queue' || kind === 'agent' || kind === 'retry' || kind === 'tool' ? kind : 'task';
}

/** The day that the second half of a window begins with. */
function secondHalf({ from, to }: Window): string {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  return new Date(Date.parse(from) + Math.ceil(days / 2) * DAY_MS).toISOString().slice(0, 10);
}

function trendOf(rows: readonly CounterRow[], second: string): Contrast | null {
  const categories = new Map<string, { a: Sums[]; b: Sums[] }>();
  for (const { dimensions, sums } of rows) {
    const category = dimensions['category'] ?? '';
    const halves = categories.get(category) ?? { a: [], b: [] };
    halves[(dimensions['day'] ?? '') >= second ? 'a' : 'b'].push(sums);
    categories.set(category, halves);
  }
  const strata = [...categories.values()].map(({ a, b }) => ({
    a: logMoments(addSums(a), 'logMs'),
    b: logMoments(addSums(b), 'logMs'),
  }));
  const both = strata.filter(({ a, b }) => a.n > 0 && b.n > 0);
  const enough = (['a', 'b'] as const).every(
    (half) => both.reduce((sum, stratum) => sum + stratum[half].n, 0) >= LEAST_EXECUTIONS,
  );
  return enough ? logRatio(both) : null;
}

interface Found {
  step: string;
  kind: StepKind;
  sums: Sums;
  trend: Contrast | null;
}

function shareOf(
  { step, kind, sums, trend }: Found,
  whole: number,
  shown: boolean,
  outside: number,
): StepShare {
  const executions = sums['executions'] ?? 0;
  const ms = sums['ms'] ?? 0;
  const p90 = percentile(sums, 't', 0.9);
  const timeShare = whole === 0 ? 0 : ms / whole;
  const meanSeconds = executions === 0 ? 0 : ms / executions / 1_000;
  const p90Seconds = p90 === null ? null : p90 / 1_000;
  const interval = trend === null ? null : trend.interval(shown ? outside : LEVEL);
  const change =
    trend === null || interval === null || !shown
      ? ''
      : `; in the second half of the window ${amountOf('seconds', interval)} ${trend.value > 1 ? 'more' : 'less'} than in the first`;
  const most = p90Seconds === null ? '' : `, at most ${inSeconds(p90Seconds)} in 9 of 10`;
  return {
    ...{ step, kind, timeShare, executions, totalSeconds: ms / 1_000, meanSeconds, p90Seconds },
    trend: trend === null || interval === null ? null : { ratio: trend.value, interval, shown },
    sentence: `${step} takes ${percent(timeShare)} of all time, ${inSeconds(meanSeconds)} each on average${most}${change}`,
  };
}

const percent = (share: number): string =>
  share > 0 && share < 0.01 ? 'under 1%' : `${Math.round(100 * share)}%`;
const inSeconds = (value: number): string =>
  value < 1 ? `${Math.round(1_000 * value)} ms` : `${Number(value.toPrecision(value < 100 ? 2 : 3))} s`;

function agentShares(rows: readonly CounterRow[]): AgentShare[] {
  const all = figuresOf(addSums(rows.map(({ sums }) => sums)));
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return rows
    .map(({ dimensions, sums }) => {
      const figures = figuresOf(sums);
      return {
        agentType: dimensions['agentType'] ?? '',
        timeShare: share(figures.totalSeconds, all.totalSeconds),
        executionShare: share(figures.executions, all.executions),
        ...figures,
      };
    })
    .sort((a, b) => b.timeShare - a.timeShare || (a.agentType < b.agentType ? -1 : 1));
}
