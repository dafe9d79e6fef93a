/**
 * Prints how many tests passed, failed and were skipped, from the JSON report of the test run.
 *
 * Usage: node scripts/ci-summary.mjs <exit code of the test command>. Exits 1 when anything failed: a test,
 * a test file that could not be loaded, or a step before the tests, which leaves no report.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const REPORT = fileURLToPath(new URL('../test-results.json', import.meta.url));
const exitCode = Number(process.argv[2] ?? 1);

function readReport() {
  try {
    return JSON.parse(readFileSync(REPORT, 'utf8'));
  } catch (error) {
    console.error(`No test report: ${error.message}`);
    return { testResults: [] };
  }
}

const files = readReport().testResults;
const statuses = files.flatMap((file) => file.assertionResults.map((test) => test.status));
const passed = statuses.filter((status) => status === 'passed').length;
const unloadable = files.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
).length;
let failed = statuses.filter((status) => status === 'failed').length + unloadable;
const skipped = statuses.length - passed - statuses.filter((status) => status === 'failed').length;

// The command failed for a reason that no test shows (lint, build, an error outside any test), or ran nothing.
if (failed === 0 && (exitCode !== 0 || passed === 0)) failed = 1;

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
