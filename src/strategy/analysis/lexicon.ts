/**
 * The words that categories and requirements are told by. Names of capabilities use the same terms.
 *
 * A sign is a word in any of its forms, or several words in a row; one in capitals has to be written so (`REST` is
 * no `rest`), and one after `=` in this very form: its stem is that of another word too (`customer` and `custom`).
 */

export interface LexiconRule {
  name: string;
  /** Say by themselves what the task is. */
  strong: readonly string[];
  /** Occur in tasks of other kinds too. */
  weak: readonly string[];
}

const list = (text: string): string[] => text.split(',').map((sign) => sign.trim());
const rule = (name: string, strong: string, weak: string): LexiconRule => ({
  name,
  strong: list(strong),
  weak: list(weak),
});

/** The first of several that weigh the same is taken. */
export const categoryRules: readonly LexiconRule[] = [
  rule(
    'bug_fix',
    'bug, fix, debug, broken, crash, regression, defect, traceback, stack trace, incorrect, hotfix',
    'fail, failing, error, wrong, issue, unexpected, raise, repair, resolve',
  ),
  rule(
    'api_development',
    'API, REST, GraphQL, endpoint, webhook, grpc, openapi, rest api, api',
    'route, http, request, response, json',
  ),
  rule(
    'testing',
    'unit test, integration test, test suite, test case, coverage, e2e, tdd, write test, add test',
    'test, testing, mock, fixture, assertion',
  ),
  rule(
    'refactoring',
    'refactor, restructure, clean up, cleanup, deduplicate, rename, =modernize, migrate, upgrade, convert',
    'simplify, extract, split, move, reorganize, decouple',
  ),
  rule(
    'documentation',
    'document, documentation, readme, docs, docstring, changelog, tutorial, typo',
    'guide, comment, example, manual',
  ),
  rule(
    'data',
    'dataset, etl, SQL, sql, database, data pipeline, dataframe, csv, parquet, data warehouse',
    'data, query, table, schema, pipeline, spreadsheet, aggregate',
  ),
  rule(
    'deployment',
    'deploy, deployment, docker, kubernetes, terraform, helm, ci, continuous integration, rollout, provision',
    'release, =production, pipeline, =container, =containers, cluster, server, =staging',
  ),
  rule(
    'security',
    'security, vulnerability, xss, sql injection, cve, penetration test, sanitize, csrf, encrypt, audit',
    'injection, permission, exploit, secret, authentication, =authorization, login',
  ),
  rule(
    'research',
    'research, investigate, survey, literature, compare, evaluate, find out',
    'analyze, explain, summarize, explore, study, why, review',
  ),
  rule(
    'frontend',
    'UI, ui, css, html, react, vue, frontend, front end, user interface, stylesheet, =responsive',
    'component, button, layout, page, form, modal, browser',
  ),
  rule(
    'customer_service',
    '=customer, =customers, refund, =reservation, =reservations, =booking, =bookings, reimburse, complaint',
    'cancel, order, exchange, return, passenger, flight, ticket, delivery, invoice, account',
  ),
  rule(
    'code',
    'implement, develop, program, code',
    'create, write, build, =generate, =generates, function, script, add, class, method, python, javascript, typescript',
  ),
];

export const requirementRules: readonly LexiconRule[] = [
  rule(
    'multiple_files',
    'several files, multiple files, many files, all files, codebase, whole project, entire project, entire repository, every file, every module, across',
    '=files, =modules, =packages, monorepo',
  ),
  rule('tests', 'test, coverage, tdd, e2e', ''),
  rule(
    'security',
    'security, secure, authentication, =authorization, =authorize, =authorized, auth, login, log in, sign in, encrypt, oauth, JWT, jwt, permission, vulnerability',
    '',
  ),
  rule('research', 'research, investigate, explore, survey, evaluate, compare, find out', ''),
  rule('data', 'data, database, SQL, sql, schema, =migration, =migrations, dataset, etl, csv', ''),
  rule(
    'deployment',
    'deploy, docker, kubernetes, terraform, helm, release, =production, =staging, continuous integration, ci, rollout',
    '',
  ),
  rule('api', 'api, API, REST, endpoint, GraphQL, webhook, grpc, openapi', ''),
  rule('documentation', 'document, documentation, readme, docs, docstring, changelog', ''),
  rule(
    'performance',
    '=performance, performant, faster, optimize, latency, slow, throughput, speed up, memory usage, benchmark, =scalable',
    '',
  ),
  rule('user_interface', 'UI, ui, user interface, css, frontend, front end, =responsive, =accessibility', ''),
];

/** What makes a task larger or smaller than its parts say. */
export const scopeRules: { larger: readonly string[]; smaller: readonly string[] } = {
  larger: list(
    'from scratch, end to end, architecture, rewrite, redesign, migrate, distributed, concurrent, backward compatible, entire, whole, every, scalable, fault tolerant, production ready',
  ),
  smaller: list('typo, one line, single line, trivial, minor, small, just, simple, quick, simply'),
};

export const stopWords: ReadonlySet<string> = new Set(
  (
    'the and for with that this from are was were but not you all any can has have had its our their they them then than ' +
    'when what which who how why will would should could may might must into onto over under out off per via use used using ' +
    'one two also only just more most some such each other same too very about after before between because been being both ' +
    'he him his she her hers your yours my mine me us ' +
    'did does doing down during few further here itself let like make new now once own please there these those through until ' +
    "don't doesn't didn't isn't aren't wasn't won't can't cannot couldn't shouldn't i'm it's we're you're i've we've"
  ).split(' '),
);

/** The words that hold English sentences together. */
export const functionWords: ReadonlySet<string> = new Set(
  'the a an and or of to in is are be it that this for with on as by from not at we i you has have do does was if should can'.split(
    ' ',
  ),
);
