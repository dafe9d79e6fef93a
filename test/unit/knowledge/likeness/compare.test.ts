import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from '../../../../src/knowledge/likeness/compare.js';

const said = (content: string) => ({ title: 'Note', content });
const verdict = (a: string, b: string, cosine: number | null = null) =>
  compare(said(a), said(b), cosine).verdict;

/** Either way round: nothing of it depends on which text comes first. */
function expectBoth(a: string, b: string, expected: string, cosine: number | null = null) {
  expect([verdict(a, b, cosine), verdict(b, a, cosine)], `${a} | ${b}`).toEqual([expected, expected]);
}

const restart = 'Restart the worker after changing the configuration, or it goes on with the old one.';

describe('the same in other words', () => {
  it.each([
    [
      'clauses in another order',
      'Restart the worker after changing the config.',
      'After changing the config, restart the worker.',
    ],
    [
      'synonyms',
      'Fix the error in parse_date by checking the input.',
      'Repair the failure in parse_date by verifying the input.',
    ],
    ['units', 'Set the timeout to 30 seconds for slow queries.', 'Set the timeout to 30s for slow queries.'],
    ['marks and layout', restart, `- **${restart.replace(', ', ',  ')}**`],
    ['a letter too many', restart, restart.replace('configuration', 'configurration')],
    [
      'small letters',
      'Call loadConfig before the server of the task starts.',
      'call loadconfig before the server of the task starts.',
    ],
    [
      'lines broken',
      restart,
      restart.replace('changing the', 'changing\nthe').replace('on with', 'on\nwith'),
    ],
    ['a remark added', restart, `In my experience: ${restart} Hope that helps the others.`],
    ['a remark at the end', restart, `${restart} Took me a while to see.`],
    ['what leads to it', restart, `I noticed that ${restart.replace('Restart', 'restart')}`],
    ['words that fill', restart, `In fact, ${restart.replace('Restart', 'basically restart')}`],
    ['a letter replaced in a long word', restart, restart.replace('configuration', 'configurstion')],
    ['emphasis of all', restart, `_${restart.slice(0, -1)}_.`],
    [
      'two sentences as one',
      'Restart the worker. Clear the cache of the build.',
      'Restart the worker, and clear the cache of the build.',
    ],
    [
      'contractions',
      'The queue does not keep what it cannot send.',
      "The queue doesn't keep what it can't send.",
    ],
    [
      'the passive',
      'The worker reads the config at the start.',
      'The config is read by the worker at the start.',
    ],
    [
      'a double denial',
      'The import never fails on an empty file.',
      'The import always succeeds on an empty file.',
    ],
  ])('%s', (_, a, b) => expectBoth(a, b, 'duplicate'));

  it('the same values under the same names', () => {
    const a = { title: 'Pool', content: { 'the size of the pool': 5, 'the wait for it': 30 } };
    expect(compare(a, { title: 'Pool', content: { ...a.content } }, null).verdict).toBe('duplicate');
    const other = { title: 'Pool', content: { 'the size of the pool': 30, 'the wait for it': 5 } };
    expect(compare(a, other, null).verdict).toBe('distinct');
  });
});

describe('distinct', () => {
  it.each([
    [
      'an identifier',
      'Fix the error in parse_date by checking the input.',
      'Fix the error in parse_time by checking the input.',
    ],
    [
      'the case of an identifier',
      'The field userID is set by the server.',
      'The field userId is set by the server.',
    ],
    [
      'a path',
      'The limits of a task are read from src/config.ts at the start.',
      'The limits of a task are read from src/limits.ts at the start.',
    ],
    [
      'a version',
      'The build of the agent needs node 20.19 at least.',
      'The build of the agent needs node 20.20 at least.',
    ],
    [
      'a flag',
      'Run the import with --force to write over the files.',
      'Run the import with --keep to write over the files.',
    ],
    [
      'a code',
      'The server answers with 404 where the task is not known.',
      'The server answers with 410 where the task is not known.',
    ],
    [
      'a count of what was seen',
      'Found 3 matches for the name in the folder.',
      'Found 5 matches for the name in the folder.',
    ],
    [
      'a name',
      'Flights to Boston need a visa of the passenger.',
      'Flights to Chicago need a visa of the passenger.',
    ],
    ['a word', 'Use tabs for indentation in the project.', 'Use spaces for indentation in the project.'],
    [
      'who does it',
      'The server calls the client when the job is done.',
      'The client calls the server when the job is done.',
    ],
    [
      'who does it, by the passive',
      'The server calls the client when it is done.',
      'The server is called by the client when it is done.',
    ],
    [
      'which value is whose',
      'In the file of the task x is 3, y is 5.',
      'In the file of the task x is 5, y is 3.',
    ],
    [
      'what is narrowed',
      'Restart the worker when the queue is full.',
      'Restart the worker only when the queue is full.',
    ],
    [
      'what is put before a word',
      'Restart the server of the tenant.',
      'Restart the staging server of the tenant.',
    ],
    [
      'words that changed sentences',
      'Cache the rows of the table. Drop the files of the folder.',
      'Cache the files of the folder. Drop the rows of the table.',
    ],
    [
      'roles behind a synonym',
      'The parser fixes the printer of the page.',
      'The printer repairs the parser of the page.',
    ],
    [
      'words of a clause that changed places',
      'The worker copies the log to the store of the tenant.',
      'The worker copies the store to the log of the tenant.',
    ],
    [
      'a letter that makes another word',
      'Use polling for the queue of the task.',
      'Use pooling for the queue of the task.',
    ],
    [
      'a longer word of one letter',
      'The content of the task is read at the start.',
      'The context of the task is read at the start.',
    ],
    [
      'either and both',
      'Ask for the key or the name at the start.',
      'Ask for the key and the name at the start.',
    ],
    [
      'what a denial is of',
      'Use a lock while writing, not while reading.',
      'Use a lock while reading, not while writing.',
    ],
    [
      'operators of code',
      'The check of the year is this: if year > limit + 50 then year += 1900 or else 2000.',
      'The check of the year is this: year += 1900 if year - limit > 50 or else then 2000.',
    ],
    ['an added denial', restart, `${restart} It does not read it again.`],
    [
      'from and to',
      'Rename the field in the table from owner to author.',
      'Rename the field in the table from author to owner.',
    ],
  ])('%s', (_, a, b) => expectBoth(a, b, 'distinct'));

  it('code of the same tokens in another order', () =>
    expectBoth(
      'edit total = price * count\nif total > most_of_all: total = most_of_all return total',
      'edit total = most_of_all\nif price > most_of_all: total = total * count return total',
      'distinct',
    ));

  it('a sentence of its own in each', () => {
    expectBoth(`${restart} Clear the disk.`, `${restart} Ask the owner.`, 'distinct', 0.99);
  });

  it('one word in the place of another, however close the meaning', () => {
    const long = `${restart} The tasks that are under way keep their plan, and the ones in the queue take the new one.`;
    expectBoth(long, long.replace('queue', 'kitchen'), 'distinct', 0.999);
    expectBoth('Ask for the surname of the guest.', 'Ask for the birthday of the guest.', 'distinct', 0.999);
  });

  it('other languages but to the letter, as what denies is not known there', () => {
    const german = 'Verwende den Cache bei großen Dateien.';
    expectBoth(german, german.replace('bei', 'nicht bei'), 'distinct', 0.99);
    expectBoth(german, german, 'duplicate');
  });

  it('the same words of another meaning', () =>
    expectBoth(restart, restart.replace('Restart', 'restart'), 'distinct', 0.3));
});

describe('contradictions', () => {
  it.each([
    ['denied', restart, restart.replace('Restart', 'Do not restart')],
    ['cannot', 'Basic economy flights cannot be changed.', 'Basic economy flights can be changed.'],
    ['always and never', 'Always run the tests before you commit.', 'Never run the tests before you commit.'],
    ['opposites', 'Enable the cache to speed up the build.', 'Disable the cache to speed up the build.'],
    [
      'prefixes',
      'The write is buffered by the driver of the store.',
      'The write is unbuffered by the driver of the store.',
    ],
    [
      'order in time',
      'Restart the worker after changing the config.',
      'Restart the worker before changing the config.',
    ],
    [
      'preference',
      'Use quicksort instead of bubble sort here.',
      'Use bubble sort instead of quicksort here.',
    ],
    [
      'a limit',
      'The API allows 100 requests per minute for each key.',
      'The API allows 50 requests per minute for each key.',
    ],
    [
      'a denial of small words alone',
      'Null when nothing was changed, or when it could be had.',
      'Null when nothing was changed, or when it could not be had.',
    ],
    [
      'two claims at once',
      'Do not use the cache because it fails here.',
      'Use the cache because it works here.',
    ],
  ])('%s', (_, a, b) => expectBoth(a, b, 'contradiction'));

  it('says what it is about', () => {
    expect(compare(said('Enable the cache now.'), said('Disable the cache now.'), null).why).toContain(
      'enable',
    );
  });
});

it('says the same of both orders, and each text is the same as itself', () => {
  const word = fc.constantFrom(
    'restart',
    'the',
    'worker',
    'not',
    'cache',
    'of',
    'before',
    'enable',
    '3',
    'a_b',
    'queue',
    ',',
    '.',
  );
  const text = fc.array(word, { minLength: 3, maxLength: 14 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(verdict(a, b)).toBe(verdict(b, a));
      if (/[a-z]{4}/u.test(a)) expect(['duplicate', 'distinct']).toContain(verdict(a, a));
      expect(verdict(a, a)).not.toBe('contradiction');
    }),
    { numRuns: 500 },
  );
});
