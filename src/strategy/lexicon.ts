/** The words that categories and requirements are told by. Names of capabilities use the same terms. */

interface LexiconRule {
  name: string;
  words: readonly string[];
}

export const categoryRules: readonly LexiconRule[] = [
  {
    name: 'bug_fix',
    words: ['bug', 'fix', 'fails', 'failing', 'broken', 'error', 'crash', 'wrong', 'regression', 'defect'],
  },
  { name: 'api_development', words: ['api', 'rest', 'endpoint', 'graphql', 'route', 'http', 'webhook'] },
  { name: 'testing', words: ['testing', 'coverage', 'pytest', 'vitest', 'unit', 'e2e', 'tdd'] },
  { name: 'refactoring', words: ['refactor', 'rename', 'restructure', 'cleanup', 'simplify', 'extract'] },
  { name: 'documentation', words: ['document', 'documentation', 'readme', 'docs', 'docstring', 'comment'] },
  { name: 'data', words: ['data', 'dataset', 'csv', 'sql', 'query', 'etl', 'pipeline', 'database'] },
  {
    name: 'deployment',
    words: ['deploy', 'deployment', 'docker', 'kubernetes', 'ci', 'release', 'terraform'],
  },
  { name: 'security', words: ['security', 'vulnerability', 'xss', 'injection', 'cve', 'sanitize'] },
  { name: 'research', words: ['research', 'investigate', 'compare', 'survey', 'analyze', 'explain', 'why'] },
  { name: 'frontend', words: ['ui', 'css', 'html', 'react', 'component', 'page', 'button', 'layout'] },
  { name: 'customer_service', words: ['customer', 'refund', 'order', 'reservation', 'booking', 'cancel'] },
  { name: 'code', words: ['implement', 'create', 'write', 'build', 'generate', 'develop', 'script'] },
];

export const requirementRules: readonly LexiconRule[] = [
  { name: 'multiple_files', words: ['files', 'modules', 'project', 'repository', 'codebase', 'across'] },
  { name: 'tests', words: ['test', 'tests', 'testing', 'coverage', 'tdd'] },
  {
    name: 'security',
    words: ['security', 'authentication', 'authorization', 'auth', 'login', 'encrypt', 'oauth'],
  },
  { name: 'research', words: ['research', 'investigate', 'explore', 'survey', 'evaluate'] },
  { name: 'data', words: ['data', 'database', 'sql', 'schema', 'migration', 'dataset'] },
  { name: 'deployment', words: ['deploy', 'deployment', 'docker', 'kubernetes', 'release', 'production'] },
  { name: 'api', words: ['api', 'rest', 'endpoint', 'graphql'] },
  { name: 'documentation', words: ['documentation', 'readme', 'docs', 'docstring'] },
  { name: 'performance', words: ['performance', 'faster', 'optimize', 'latency', 'slow', 'throughput'] },
];

export const stopWords: ReadonlySet<string> = new Set(
  (
    'the and for with that this from are was were but not you all any can has have had its our their they them then than ' +
    'when what which who how why will would should could may might must into onto over under out off per via use used using ' +
    'one two also only just more most some such each other same too very about after before between because been being both ' +
    'did does doing down during few further here itself let like make new now once own please there these those through until'
  ).split(' '),
);
