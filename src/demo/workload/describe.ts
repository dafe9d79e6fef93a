/** Words a task as the person would who met the bug: what fails and what it says, not what causes it. */
import type { Draw } from '../repair/draw.js';
import type { SuiteFailure } from '../repair/run-suite.js';
import type { BaseModule, CodeKind } from './modules/base-module.js';

const KIND_IN_WORDS: Readonly<Record<CodeKind, string>> = {
  numbers: 'It is plain calculation code.',
  text: 'It is code that works on strings.',
  collections: 'It is code that works on lists and records.',
  dates: 'It is code about dates and times.',
  async: 'It is asynchronous code.',
  structures: 'It implements a data structure.',
  parsing: 'It is code that reads and checks input.',
};

/** @param workedBefore whether the reporter knows that an older version worked */
export function describeBug(
  base: BaseModule,
  failures: readonly SuiteFailure[],
  workedBefore: boolean,
  draw: Draw,
): string {
  const [first] = failures;
  const says = first?.message ?? 'nothing';
  const where = first?.test ? `the test "${first.test}" fails` : 'its suite does not even start';
  const others = failures.length - 1;
  const more =
    others > 0 ? ` ${others === 1 ? 'One more test fails' : `${others} more tests fail`} too.` : '';
  const opening = draw.pick([
    `Please repair ${base.name}.mjs, the module that ${base.about}: ${where} with "${says}".`,
    `${base.name}.mjs (it ${base.about}) is broken: ${where} and says "${says}".`,
    `Something is wrong in the module that ${base.about} (${base.name}.mjs). When I run it, ${where}: "${says}".`,
  ]);
  const past = workedBefore ? ' An older version worked.' : '';
  return `${opening}${more} ${KIND_IN_WORDS[base.kind]}${past}`;
}
