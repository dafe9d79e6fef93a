import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complexities } from '../../../src/shared/terms.js';
import { readText } from '../../../src/strategy/analysis/read-text.js';
import { analyzeTask, noHistory } from '../../../src/strategy/analyze-task.js';

const evidenceOf = (text: string, about: string): string | undefined =>
  analyzeTask(text, {}).evidence.find((line) => line.startsWith(about));

describe('analyzeTask', () => {
  it('tells category, requirements and complexity, each with its evidence', () => {
    const analysis = analyzeTask('Build REST API with authentication and testing', { multiple_files: true }, [
      { type: 'coder', capabilities: ['api'] },
      { type: 'writer', capabilities: ['documentation'] },
    ]);
    expect(analysis.category).toBe('api_development+multiple_files');
    expect(analysis.requirements).toEqual(['multiple_files', 'tests', 'security', 'api']);
    expect(analysis.complexity).toBe('COMPLEX');
    expect(analysis.suggestedAgents).toEqual(['coder']);
    expect(analysis.evidence).toEqual([
      'requires multiple_files: the context says so',
      'requires tests: "testing"',
      'requires security: "authentication"',
      'requires api: "rest", "api"',
      'category api_development: "rest", "rest api", "api"',
      'category refined by the context: multiple_files',
      'complexity COMPLEX: 4 requirements, 0 listed steps, 0 files named, 7 words',
      'suggested coder: capability api',
      'duration: a guess for COMPLEX tasks, since too few past ones are known',
    ]);
    expect(analysis).not.toHaveProperty('durationInterval');
    expect(analysis).not.toHaveProperty('experience');
  });

  it('takes a category that the context gives, and refines others by error and flags', () => {
    expect(analyzeTask('anything', { category: 'Order Desk' }).category).toBe('order_desk');
    expect(analyzeTask('The import fails', { error: 'TypeError', retried: true, done: false }).category).toBe(
      'bug_fix.type_error+retried',
    );
  });

  it.each([
    ['Say hello', 'general', 'TRIVIAL', []],
    ['Fix a typo in the README', 'documentation', 'TRIVIAL', ['documentation']],
    ['Refactor the payment module', 'refactoring', 'TRIVIAL', []],
    ['Tidy up the rest of the room', 'general', 'TRIVIAL', []],
    ['Cancel my flight reservation and refund it', 'customer_service', 'TRIVIAL', []],
    ['Why is the nightly export slow?', 'research', 'SIMPLE', ['performance']],
  ])('%s: %s, %s', (text, category, complexity, requirements) => {
    expect(analyzeTask(text, {})).toMatchObject({ category, complexity, requirements });
  });

  it('finds larger tasks more complex', () => {
    const steps = '\n- convert the modules\n- add tests\n- document it\n- deploy to staging';
    const levels = [
      'Rename a variable',
      'Rename the variables and document why, then run the tests',
      'Add a login with tests to src/a.ts and src/b.ts, and say how it is used',
      `Migrate the entire codebase to modules, with tests, security and performance in mind:${steps}`,
    ].map((text) => complexities.indexOf(analyzeTask(text, {}).complexity));
    expect(levels).toEqual(levels.toSorted((a, b) => a - b));
    expect(new Set(levels).size).toBe(4);
  });

  it('knows words in all their forms, and only whole ones', () => {
    for (const text of ['Deploy it', 'It is deployed', 'Deployments', 'deploying'])
      expect(analyzeTask(text, {}).requirements).toEqual(['deployment']);
    for (const text of ['Optimise this', 'an optimized loop', 'optimization'])
      expect(analyzeTask(text, {}).requirements).toEqual(['performance']);
    expect(analyzeTask('Contest the latest authors', {}).requirements).toEqual([]);
  });

  it.each([
    'Rename it without writing tests',
    'Do not write tests or documentation',
    "Please don't deploy anything",
    'Tests are not needed',
    'Rename it; no need to document',
    'Documentation is out of scope',
    'Rename it instead of deploying',
  ])('takes what is refused for no requirement: %s', (text) => {
    expect(analyzeTask(text, {}).requirements).toEqual([]);
  });

  it.each([
    ['It does not deploy', ['deployment']],
    ['Not only the tests but also the docs', ['tests', 'documentation']],
    ['Without further ado: add tests', ['tests']],
    ['Skip the docs, but add tests', ['tests']],
  ])('takes no more than that as refused: %s', (text, requirements) => {
    expect(analyzeTask(text, {}).requirements).toEqual(requirements);
  });

  it('leaves what a trace, code or an address quotes out of the requirements', () => {
    const quotes = [
      '```\ndeploy(database, security)\n```',
      'Traceback (most recent call last):\n  File "deploy/database.py", line 3, in test\nValueError: no documentation',
      '    at deploy (/srv/tests/database.js:10:3)\n    at security.login (node:internal:1:2)',
      '>>> database.deploy(tests)',
      'https://example.org/docs/api/security',
      '<!-- say how it was deployed, and add tests -->',
    ];
    for (const quote of quotes)
      expect(analyzeTask(`The import stops.\n${quote}\n`, {}).requirements).toEqual([]);
    expect(analyzeTask(`The import stops.\n${quotes[1]}`, {}).category).toBe('bug_fix.value_error');
  });

  it('reads paths and identifiers by their parts', () => {
    const analysis = analyzeTask('Rename getUserName in src/user/profile.ts and src/user/list.ts', {});
    expect(analysis.keywords).toEqual(expect.arrayContaining(['user', 'name', 'profile', 'list']));
    expect(analysis.requirements).toEqual(['multiple_files']);
    expect(analysis.evidence[0]).toBe(
      'requires multiple_files: 2 files named, e.g. src/user/profile.ts, src/user/list.ts',
    );
    // `and/or` is no path, `os.path` no file.
    expect(readText('Read and/or write os.path').files).toEqual([]);
  });

  it('says when a text is in no language it knows, and still has its words', () => {
    const german =
      'Bitte ändere die Anmeldung so, dass Nutzer ohne Kennwort eine verständliche Meldung erhalten, danach Rückfrage';
    expect(evidenceOf(german, 'language')).toContain('hardly any English');
    expect(analyzeTask(german, {})).toMatchObject({ category: 'general' });
    expect(analyzeTask(german, {}).keywords).toContain('anmeldung');
    expect(analyzeTask('登录页面报错', {}).keywords).toContain('登录');
    expect(evidenceOf('Please change the login so that users see a clear message after it', 'language')).toBe(
      undefined,
    );
  });

  it('answers for any text and context, the same each time, and never at length', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 2_000, unit: 'grapheme' }),
      fc
        .array(
          fc.constantFrom(
            '```',
            '`',
            'no',
            'not',
            '- ',
            '\n',
            'a/b.ts',
            'constructor',
            'Error:',
            '__proto__',
            '<!--',
          ),
          { maxLength: 400 },
        )
        .map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(
        texts,
        fc.dictionary(fc.string({ maxLength: 20 }), fc.oneof(fc.boolean(), fc.string())),
        (text, context) => {
          const analysis = analyzeTask(text, context);
          expect(analyzeTask(text, context)).toEqual(analysis);
          expect(analysis.category).toMatch(/^[^\s+.]+(?:\.[^\s+.]+)?(?:\+[^\s+]+){0,2}$/);
          expect(analysis.keywords.length).toBeLessThanOrEqual(20);
          expect(analysis.evidence.join('\n').length).toBeLessThan(8_000);
          for (const name of analysis.requirements)
            expect(analysis.evidence.some((line) => line.startsWith(`requires ${name}: `))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads no more words of a long text than of one of 20,000 characters', () => {
    for (const part of ['word ', '`a ', 'fooBar ', 'no ', '- a\n', '登录', 'a.b/'])
      expect(readText(part.repeat(20_000)).tokens.length).toBeLessThanOrEqual(3_010);
    const text = 'Fix the parser. '.repeat(1_250);
    expect(analyzeTask(`${text} and deploy`, {}, [], noHistory).requirements).toEqual([]);
  });

  it('gives names of any script as they are, and none that differ only in how they are written', () => {
    const category = (given: string): string => analyzeTask('Say hello', { category: given }).category;
    expect(category('हिन्दी अनुवाद')).toBe('हिन्दी_अनुवाद');
    expect(category('कि')).not.toBe(category('का'));
    expect(category('cafe\u0301')).toBe(category('caf\u00e9'));
    expect(category('Billing')).toBe(category('BILLING '));
    expect(['constructor', '__proto__', 'toString'].map(category)).toEqual([
      'constructor',
      'proto',
      'to_string',
    ]);
    for (let shift = 0; shift < 2; shift += 1)
      expect(category(`${'a'.repeat(shift)}${'𠮷'.repeat(60)}`)).toMatch(/^a?𠮷+$/u);
  });

  it('has no keyword for a secret that was taken out', () => {
    expect(analyzeTask('Log in with password=[redacted] please', {}).keywords).not.toContain('redacted');
  });

  it('refines by the same flags the same way, and quotes them as short as the category has them', () => {
    const refined = (context: Record<string, boolean>): string => analyzeTask('Say hello', context).category;
    expect(refined({ B: true, a: true })).toBe(refined({ A: true, b: true }));
    expect(refined({ Fast: true, fast: true })).toBe('general+fast');
    const { evidence } = analyzeTask('Say hello', { [`\u001b[31m${'x'.repeat(100_000)}`]: true });
    expect(evidence.join('\n').length).toBeLessThan(1_000);
    expect(evidence.join('\n')).not.toContain('\u001b');
  });
});
