/** English words that hold sentences together and say nothing of what a text is about. */
const ARTICLES_AND_PRONOUNS = `a an the this that these those there i you he she it we they me him her us them my
  your his its our their`;
const VERBS = 'am are be been being is was were do does did done has have had will would can could should';
const JOINING = `and but if or so than then as at by for from in into of on to with about not no such too very`;
const ASKING = 'how what when where which who whom whose why';

/** In lower case, before stemming. */
export const stopWords: ReadonlySet<string> = new Set(
  [ARTICLES_AND_PRONOUNS, VERBS, JOINING, ASKING].join(' ').split(/\s+/u),
);
