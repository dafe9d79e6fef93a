/** Who sits at the command line. */
import { hostname, userInfo } from 'node:os';
import { InvalidInputError } from '../shared/errors.js';

/**
 * `user@host`, as the system knows the user.
 *
 * @throws InvalidInputError naming `--by` when the system has no name for this user, as in some containers
 */
export function localUser(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    throw new InvalidInputError('--by', undefined, 'a name: the system has none for this user');
  }
}
