/** What the public functions of the Performance Optimizer accept. Strings are typed, so that no query operator gets through. */
import { z } from 'zod';

const name = z.string().min(1).max(200);

export const scopeSchema = z.strictObject({
  agentType: name,
  /** Default: all categories. */
  category: name.optional(),
});

export const comparisonSchema = z.strictObject({ a: name, b: name, category: name.optional() });

export const recommendationQuerySchema = z.strictObject({
  agentType: name.optional(),
  minPriority: z.number().int().min(1).max(10).default(1),
});
export type RecommendationQuery = z.input<typeof recommendationQuerySchema>;

/** Dimensions that statistics are kept by. `day` is `YYYY-MM-DD`, UTC. */
const groupings = ['agentType', 'category', 'strategy', 'day'] as const;
export type Grouping = (typeof groupings)[number];

export const groupBySchema = z.strictObject({
  groupBy: z
    .array(z.enum(groupings))
    .min(1)
    .transform((names) => [...new Set(names)]),
});

export const trendSchema = z.strictObject({
  agentType: name.optional(),
  category: name.optional(),
  /** Days back from now. */
  days: z.number().int().min(1).max(3_660).default(30),
});
export type TrendQuery = z.input<typeof trendSchema>;

export const bottleneckSchema = z.strictObject({
  category: name.optional(),
  limit: z.number().int().min(1).max(1_000).default(10),
});
export type BottleneckQuery = z.input<typeof bottleneckSchema>;

export const trustSchema = z.strictObject({
  /** Each category by itself; default: all together. */
  byCategory: z.boolean().default(false),
});
