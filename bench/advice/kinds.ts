import { type Kind, kinds } from './problems.js';

/** Kinds in turn, so that all are planted as often. */
export function kindsOf(index: number): Kind[] {
  const single = (Object.keys(kinds) as Kind[]).filter((kind) => kind !== 'serialStages');
  const turned = [0, 1, 2].map((at) => single[(3 * index + at) % single.length] ?? 'drift');
  // Two thirds of the worlds have stages that need each other.
  return index % 3 === 0 ? [...turned, 'serialStages'] : turned;
}
