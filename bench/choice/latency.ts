/** Times of many runs, and how two ways compare. */
import { max, quantile } from 'simple-statistics';

/** Milliseconds. */
export interface Latency {
  runs: number;
  p50: number;
  p95: number;
  max: number;
  /** Of the processor time that this process used, which other programs on the machine do not add to. */
  cpu: { p50: number; p95: number };
}

/** Milliseconds of one run: on the clock, and of processor time in all threads of the process. */
export interface Time {
  ms: number;
  cpuMs: number;
}

export function latencyOf(times: readonly Time[]): Latency {
  const clock = times.map(({ ms }) => ms);
  const cpu = times.map(({ cpuMs }) => cpuMs);
  return {
    runs: times.length,
    p50: quantile(clock, 0.5),
    p95: quantile(clock, 0.95),
    max: max(clock),
    cpu: { p50: quantile(cpu, 0.5), p95: quantile(cpu, 0.95) },
  };
}

/** One way beside another that ran in turns with it. */
export interface Beside {
  ours: Latency;
  baseline: Latency;
  ratioP50: number;
  ratioP95: number;
}

export function beside(ours: readonly Time[], baseline: readonly Time[]): Beside {
  const [one, other] = [latencyOf(ours), latencyOf(baseline)];
  return { ours: one, baseline: other, ratioP50: one.p50 / other.p50, ratioP95: one.p95 / other.p95 };
}

/** Runs something and takes its time. */
export async function timed(work: () => unknown): Promise<Time> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  // Awaited only where there is something to wait for, which would take a turn of its own.
  const result = work();
  if (result instanceof Promise) await result;
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, cpuMs: (user + system) / 1_000 };
}

export const latencyText = ({ p50, p95, max, cpu }: Latency): string =>
  `p50 ${p50.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms, max ${max.toFixed(2)} ms (processor p95 ${cpu.p95.toFixed(2)} ms)`;
