/** What the public functions of the Performance Optimizer accept. Strings are typed, so that no query operator gets through. */
import { z } from 'zod';
import { dayOf } from '../store/counters.js';

const name = z.string().min(1).max(200);

const DAY_MS = 86_400_000;
/** How far back analyses look where no window is named. */
const DEFAULT_DAYS = 90;

/** A day, `YYYY-MM-DD`, UTC. */
const day = z.iso.date();

/** Days that an analysis is about: from one to another, both included, or so many up to `to`, which is today by default. */
const windowShape = {
  from: day.optional(),
  to: day.optional(),
  days: z.number().int().min(1).max(3_660).default(DEFAULT_DAYS),
};

export interface Window {
  /** First and last day, `YYYY-MM-DD`, UTC, both included. */
  from: string;
  to: string;
}

/** The days meant. `from` goes before `days`. */
export function windowOf(query: {
  from?: string | undefined;
  to?: string | undefined;
  days: number;
}): Window {
  const to = query.to ?? dayOf(Date.now());
  return { from: query.from ?? dayOf(Date.parse(to) - (query.days - 1) * DAY_MS), to };
}

const inOrder = ({ from, to }: { from?: string | undefined; to?: string | undefined }): boolean =>
  from === undefined || to === undefined || from <= to;
const orderProblem = { path: ['from'], error: 'expected a day that is not after `to`' };

/** Without any bound: all there is. */
export const scopeSchema = z
  .strictObject({
    agentType: name,
    /** Default: all categories. */
    category: name.optional(),
    ...windowShape,
    days: windowShape.days.unwrap().optional(),
  })
  .refine(inOrder, orderProblem);
export type ScopeQuery = Omit<z.input<typeof scopeSchema>, 'agentType'>;

export const comparisonSchema = z
  .strictObject({ a: name, b: name, category: name.optional(), ...windowShape })
  .refine(({ a, b }) => a !== b, { path: ['b'], error: 'expected another agent than `a`' })
  .refine(inOrder, orderProblem);
export type ComparisonQuery = Omit<z.input<typeof comparisonSchema>, 'a' | 'b'>;

/** Dimensions that statistics are kept by. `day` is `YYYY-MM-DD`, UTC. */
const groupings = ['agentType', 'category', 'strategy', 'complexity', 'day'] as const;
export type Grouping = (typeof groupings)[number];

export const groupBySchema = z.strictObject({
  groupBy: z
    .array(z.enum(groupings))
    .min(1)
    .transform((names) => [...new Set(names)]),
});

export const trendSchema = z
  .strictObject({ agentType: name.optional(), category: name.optional(), ...windowShape })
  .refine(inOrder, orderProblem);
export type TrendQuery = z.input<typeof trendSchema>;

export const bottleneckSchema = z
  .strictObject({
    category: name.optional(),
    /** Most steps, and most agents. */
    limit: z.number().int().min(1).max(1_000).default(10),
    ...windowShape,
  })
  .refine(inOrder, orderProblem);
export type BottleneckQuery = z.input<typeof bottleneckSchema>;

export const anomalySchema = z.strictObject({
  agentType: name.optional(),
  category: name.optional(),
  to: day.optional(),
  /** Days looked at, up to `to`, which is today by default. */
  days: z.number().int().min(1).max(90).default(7),
  /** Days before them that say what is plausible. */
  past: z.number().int().min(7).max(3_660).default(DEFAULT_DAYS),
});
export type AnomalyQuery = z.input<typeof anomalySchema>;

export const trustSchema = z.strictObject({
  /** Each category by itself; default: all together. */
  byCategory: z.boolean().default(false),
});
