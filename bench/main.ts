/** `npm run bench -- <name> [--json]`: side-by-side measurements, each printing its ratio. */
import type { Bench } from './bench.js';
import { overhead } from './overhead.js';

const benches: Record<string, Bench> = { overhead };

const [name, ...options] = process.argv.slice(2);
const bench = name === undefined || !Object.hasOwn(benches, name) ? undefined : benches[name];
const unknown = options.find((option) => option !== '--json');

if (bench === undefined || unknown !== undefined) {
  const names = Object.keys(benches).join(', ');
  process.stderr.write(
    bench === undefined
      ? `name: ${JSON.stringify(name ?? '')} is not allowed; expected one of ${names}\n`
      : `option: ${JSON.stringify(unknown)} is not allowed; expected --json\n`,
  );
  process.stderr.write('Usage: npm run bench -- <name> [--json]\n');
  process.exitCode = 2;
} else {
  const { figures, text } = await bench();
  process.stdout.write(`${options.includes('--json') ? JSON.stringify(figures, null, 2) : text}\n`);
}
