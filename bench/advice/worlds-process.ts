/** Looks at some worlds and tells what it found of each: `worlds-process.ts <its job as JSON>`. */
import { choose } from '../../src/performance/advice/choose.js';
import { testsOf } from '../../src/performance/advice/tests-of.js';
import { kindsOf } from './kinds.js';
import { lookAt } from './looks.js';
import { emptyWorld, plantedWorld } from './world.js';
import type { LookedWorld, ProcessJob } from './worlds.js';

const { kind, set, worlds, first, of } = JSON.parse(process.argv[2] ?? '') as ProcessJob;

for (let index = first; index < worlds; index += of) {
  const seed = `${set}-${index}`;
  const world = kind === 'empty' ? emptyWorld(seed) : plantedWorld(seed, kindsOf(index));
  const told: LookedWorld = { index, looked: lookAt(world, { testsOf, choose }) };
  process.send?.(told);
}
