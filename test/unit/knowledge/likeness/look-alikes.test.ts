import { describe, expect, it } from 'vitest';
import { compare } from '../../../../src/knowledge/likeness/compare.js';

const said = (content: string) => ({ title: 'Note', content });
const verdicts = (a: string, b: string) =>
  [compare(said(a), said(b), null), compare(said(b), said(a), null)].map(({ verdict }) => verdict);

/** Pairs that share all their words, or all but one, and say something else. */
describe('never merged', () => {
  it.each([
    ['A is faster than B.', 'B is faster than A.'],
    ['Redis is faster than Postgres for counters.', 'Postgres is faster than Redis for counters.'],
    ['The tests for A run after B.', 'The tests for B run after A.'],
    ['The package core depends on the package utils.', 'The package utils depends on the package core.'],
    ['The worker extends the runner.', 'The runner extends the worker.'],
    ['Copy the rows from the cache.', 'Copy the rows to the cache.'],
    ['Copy the rows from the cache to the disk.', 'Copy the rows from the disk to the cache.'],
    ['Check the queue, then the log of the task.', 'Check the queue, then the task of the log.'],
    ['Increase the limit by 50 requests.', 'Increase the limit to 50 requests.'],
    ['Passengers must check bags at the gate.', 'Passengers can check bags at the gate.'],
    [
      'Close all sockets before the restart of the worker.',
      'Close some sockets before the restart of the worker.',
    ],
    ['Close each socket of the worker.', 'Close some sockets of the worker.'],
    ['Close all sockets of the worker.', 'Close no sockets of the worker.'],
    ['Close all sockets of the worker.', 'Close most sockets of the worker.'],
    ['Close all sockets of the worker.', 'Close the first socket of the worker.'],
    ['Run the import every day.', 'Run the import all day.'],
    ['Run the import every 5 minutes.', 'Run the import within 5 minutes.'],
    ['Retry over 50 requests at once.', 'Retry 50 requests at once.'],
    ['Retry over 50 requests at once.', 'Retry under 50 requests at once.'],
    ['Restart the worker if the queue is full.', 'Restart the worker unless the queue is full.'],
    ['Restart the worker if the queue is full.', 'Restart the worker until the queue is full.'],
    ['Restart the worker when the queue is full.', 'Restart the worker when the queue is empty.'],
    ['Delete the rows except the last ones.', 'Delete the rows and the last ones.'],
    ['Delete all rows of the table.', 'Delete all rows of the table except the header.'],
    ['Wait 5 seconds between the calls.', 'Wait 5 minutes between the calls.'],
    ['The file is 5 KB at most.', 'The file is 5 MB at most.'],
    ['The build needs node 20 or later.', 'The build needs node 20 or earlier.'],
    ['Log in to the server with the key.', 'Log out of the server with the key.'],
    ['A ticket from Boston to Paris is refunded.', 'A ticket from Paris to Boston is refunded.'],
    ['The flight from Boston is late.', 'The flight to Boston is late.'],
    ['Prefer the cache to the disk.', 'Prefer the disk to the cache.'],
    ['The parent calls the child on errors.', 'The child calls the parent on errors.'],
    ['Replace tabs with spaces in the file.', 'Replace spaces with tabs in the file.'],
    ['Merge the branch main into the branch release.', 'Merge the branch release into the branch main.'],
    ['Send the report of the agent to the manager.', 'Send the report of the manager to the agent.'],
    ['The param of the call is optional.', 'The params of the class are optional.'],
    ['Use the css of the page.', 'Use the classes of the page.'],
    ['Set the min of the pool.', 'Set the max of the pool.'],
    ['The dev server listens on the port.', 'The prod server listens on the port.'],
    ['Read the src of the copy.', 'Read the dst of the copy.'],
    ['Run the test suite with coverage.', 'Run the test suite without coverage.'],
    ['Use a lock for writes.', 'Use a lock against writes.'],
    ['Restart the worker. Tell the team.', 'Restart the worker. Ask the team.'],
    ['Would you like me to save it?', 'Would you like me to share it?'],
    [
      'I will save the seat for you today. The price of it is fixed.',
      'I will share the seat for you today. The price of it is fixed.',
    ],
    ['The import works on Monday.', 'The import works on Sunday.'],
    ['The agent may cancel the trip for the user.', 'The user may cancel the trip for the agent.'],
    ['Only the owner can delete the repository.', 'The owner can only delete the repository.'],
    ['Do not restart the worker while the queue is full.', 'Restart the worker while the queue is not full.'],
    ['Use the first index of the table for the search.', 'Use the last index of the table for the search.'],
    ['Keep the form of the page open.', 'Keep the from of the page open.'],
    ['Warp the image before the upload.', 'Wrap the image before the upload.'],
    ['Set the unit of the field.', 'Set the uint of the field.'],
    ['The conversion of the user fails.', 'The conversation of the user fails.'],
    ['Open path /var/log/a.log for the errors.', 'Open path /var/log/b.log for the errors.'],
    ['Pin the version to 1.2.3 of the library.', 'Pin the version to 1.2.4 of the library.'],
    ['Pin the version to ^1.2.3 of the library.', 'Pin the version to ~1.2.3 of the library.'],
    ['The cache is cleared at the start of each run.', 'The cache is cleared at the end of each run.'],
    ['Passengers without a visa cannot board.', 'Passengers with a visa cannot board.'],
    ['The fee applies to flights within 24 hours.', 'The fee applies to flights after 24 hours.'],
    ['Refunds go to the card, not to the voucher.', 'Refunds go to the voucher, not to the card.'],
    ['It is never safe to delete the lock file.', 'It is sometimes safe to delete the lock file.'],
    ['You may delete the lock file if no worker runs.', 'You may delete the lock file if a worker runs.'],
    [
      'The user can cancel within 24 hours of the booking.',
      'The user can cancel within 24 hours of the flight.',
    ],
    ['Both servers must be restarted.', 'Either server must be restarted.'],
    ['Back up the store, and then migrate it.', 'Migrate the store, and then back it up.'],
    [
      'First migrate the store, then restart the worker.',
      'First restart the worker, then migrate the store.',
    ],
    ['Sort the rows by date, then by name.', 'Sort the rows by name, then by date.'],
    ['The client sends the token to the server.', 'The server sends the token to the client.'],
    [
      'Client errors are more common than server errors.',
      'Server errors are more common than client errors.',
    ],
    ['Python 3 is slower than Go here.', 'Go is slower than Python 3 here.'],
    [
      'The old parser accepts what the new parser rejects.',
      'The new parser accepts what the old parser rejects.',
    ],
    [
      'Tests in unit are faster than tests in integration.',
      'Tests in integration are faster than tests in unit.',
    ],
    ['Install numpy before scipy.', 'Install scipy before numpy.'],
    ['The child outlives the parent.', 'The parent outlives the child.'],
    ['The price includes the bag but not the meal.', 'The price includes the meal but not the bag.'],
    [
      'Large files are read in chunks, small ones whole.',
      'Small files are read in chunks, large ones whole.',
    ],
    ['Use up to 5 workers for the import.', 'Use 5 workers for the import.'],
    ['Use about 5 workers for the import.', 'Use at least 5 workers for the import.'],
    ['Take the value on the left of the sign.', 'Take the value on the right of the sign.'],
    ['Give the user the key of the admin.', 'Give the admin the key of the user.'],
    ['The import fails when I try it again.', 'The import fails.'],
  ])('%s | %s', (a, b) => expect(verdicts(a, b)).not.toContain('duplicate'));
});

describe('merged', () => {
  it.each([
    ['Close every socket before the restart.', 'Close all sockets before the restart.'],
    ['Close each of the sockets before the restart.', 'Close all the sockets before the restart.'],
    ['Check the timeout of the call.', 'Check the time-out of the call.'],
    ['Check the file name of the upload.', 'Check the filename of the upload.'],
    ['Set up the back end first.', 'Set up the backend first.'],
    ['Pass the parameter to the function.', 'Pass the param to the func.'],
    ['The directory of the config is read-only.', 'The dir of the configuration is read-only.'],
    ['Send a message to the queue of the worker.', 'Send a msg to the queue of the worker.'],
    ['ALWAYS restart the worker after an upgrade.', 'Always restart the worker after an upgrade.'],
    [
      'Restart the WORKER after an upgrade of the server.',
      'Restart the worker after an upgrade of the server.',
    ],
    ['Restart the worker after an upgrade.', 'Restart the worker after an upgrade - it cost me a whole day.'],
    ['Restart the worker after an upgrade.', 'Restart the worker after an upgrade. Thanks for reading!'],
    [
      'Restart the worker after an upgrade.',
      'Restart the worker after an upgrade. Hope that saves somebody an afternoon.',
    ],
    ['Read the salt & the key of the user.', 'Read the salt and the key of the user.'],
    ['Sort the rows by date.', 'The rows should be sorted by date.'],
  ])('%s | %s', (a, b) => expect(verdicts(a, b)).toEqual(['duplicate', 'duplicate']));
});

it('does not call it the opposite when sides and words are both turned round', () =>
  expect(
    verdicts('Redis is faster than Postgres here.', 'Postgres is slower than Redis here.'),
  ).not.toContain('contradiction'));
