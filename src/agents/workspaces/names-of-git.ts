/** Names that some file system takes for git's own folder. */

/** Characters that HFS+ leaves out of names when it compares them. */
const ignorable = /[\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;

/**
 * Whether a file system may take a name for `.git`: whatever its case, with characters that cannot be seen
 * (HFS+), by its short name, with dots, spaces or a stream behind it, or after a backslash (NTFS).
 */
export const isNameOfGit = (name: string): boolean =>
  name
    .replaceAll(ignorable, '')
    .split('\\')
    .some((part) => /^(\.git|git~\d+)[. ]*(:.*)?$/i.test(part));
