/** Every example, run as its README says. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { loadConfig, parseConfig } from '../../src/config.js';
import { pythonMissing } from '../python/python-packages.js';

const folder = path.resolve(import.meta.dirname, '../../examples');
const names = ['coding-cli', 'llm-endpoint', 'python-agent', 'platform-workflow'];
const database = `examples-${randomUUID().slice(0, 8)}`;
const noPython = pythonMissing();
if (noPython !== null) process.stderr.write(`SKIPPED: examples/python-agent. ${noPython}\n`);

afterAll(async () => {
  const client = await MongoClient.connect(inject('mongoUri'));
  await client.db(database).dropDatabase();
  await client.close();
});

interface End {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `node examples/run.mjs`, with nothing in its environment of how this process reaches its servers. */
async function run(
  args: readonly string[],
  env: Record<string, string>,
  interrupt: (stdout: string) => boolean = () => false,
): Promise<End> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL_(?!CLI_PATH)|JOURNEYMAN_(?!CACHE)|LLM_)/.test(name),
  );
  const child = spawn(process.execPath, [path.join(folder, 'run.mjs'), ...args], {
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  let interrupted = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (interrupted || !interrupt(stdout)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { code, stdout, stderr };
}

const given = (): Record<string, string> => ({
  TEMPORAL_ADDRESS: inject('temporalAddress'),
  JOURNEYMAN_MONGODB_URI: inject('mongoUri'),
  JOURNEYMAN_DATABASE: database,
});

/** Expects the texts in this order, and the example to have ended well. */
function expectInOrder({ code, stdout, stderr }: End, texts: readonly (string | RegExp)[]): void {
  let at = 0;
  for (const text of texts) {
    const rest = stdout.slice(at);
    const found = typeof text === 'string' ? rest.indexOf(text) : rest.search(text);
    expect(found, `${String(text)} in\n${rest}\n${stderr}`).toBeGreaterThanOrEqual(0);
    at += found + 1;
  }
  expect(code, stderr).toBe(0);
}

describe('the examples', () => {
  it('coding-cli: transcripts, a fallback, applied diffs, and a lesson that is used', async () => {
    expectInOrder(await run(['coding-cli'], given()), [
      'Fix the failing test in test/price.test.mjs',
      /✓ cli-small +6 actions +[\d,]+ tokens +\$0\.0\d{3} +\d+\.\d s {2}the verifier says so/,
      '+  return Math.round(net * (1 + rates[country] / 100));',
      'Fix the failing test in test/coupon.test.mjs',
      /✗ cli-small +5 actions .*exited with code 1, though it said that it was done/,
      /✓ cli-large +7 actions /,
      '3 records taken in',
      /[0-9a-f]{16} {2}After "File does not exist\.", it may help to run `npm run generate`/,
      'it ended the error in 3 of 4 tries, everything else in 6 of 11',
      'Fix the failing test in test/shipping.test.mjs',
      /✓ cli-small +4 actions /,
      /3 lessons in its prompt, used: [0-9a-f]{16}/,
      'all its tests pass',
      'Fix shipping',
      /journeyman -- tasks --tenant coding-cli-\d{8}-\d{6}/,
    ]);
  }, 180_000);

  it('llm-endpoint: tools, costs, and a lesson that is used', async () => {
    expectInOrder(await run(['llm-endpoint'], given()), [
      'Model stub at http://127.0.0.1:',
      /✓ llm-writer +7 actions +[\d,]+ tokens +\$0\.00\d{2} /,
      'read_file ✗, list_files, read_file, write_file, run_program ✗, write_file, run_program',
      'After "README.md: there is no such file or folder", it may help to use `list_files`',
      /✓ llm-writer +6 actions /,
      /2 lessons in its prompt, used: [0-9a-f]{16}/,
      'indent.mjs, initials.mjs, shorten.mjs, slug.mjs',
    ]);
  }, 180_000);

  it('llm-endpoint: half a real endpoint is refused', async () => {
    const { code, stderr } = await run(['llm-endpoint'], {
      ...given(),
      LLM_BASE_URL: 'http://127.0.0.1:1/v1',
    });
    expect(stderr).toContain('LLM_MODEL and LLM_API_KEY must be set too');
    expect(code).toBe(2);
  });

  it.skipIf(noPython !== null)(
    'python-agent: lessons, spending by heartbeat, cancellation',
    async () => {
      expectInOrder(await run(['python-agent'], given()), [
        /✓ price-reader +3 actions +\$0\.0060 /,
        '{"rows":2,"total":6}',
        'After "UnicodeDecodeError", it may help to use `decode` with encoding=cp1252',
        /✓ price-reader +2 actions +\$0\.0040 /,
        /1 lesson in its task, used: [0-9a-f]{16}/,
        'the agent was told to stop, and cleaned up',
        /✗ price-reader .* timed out/,
        /\$0\.0[0-9]*[1-9][0-9]* spent by its last heartbeat/,
        'the agent was told to stop, and cleaned up',
        'recorded as cancelled',
      ]);
    },
    300_000,
  );

  it('python-agent: says what to do without python3', async () => {
    const { code, stderr } = await run(['python-agent'], { ...given(), PATH: '/nowhere' });
    expect(stderr).toContain('python3 is needed, 3.10 or newer: install it, or put it on the PATH');
    expect(code).toBe(1);
  });

  it('platform-workflow: learns from its own steps, and serves as an agent', async () => {
    expectInOrder(await run(['platform-workflow'], given()), [
      'draftNotes ✓  sign ✗  restartSigner ✗  renewCertificate ✓  sign ✓  publish ✓',
      'After "the signing certificate has expired", it may help to use `renewCertificate` with service=signing',
      'publishRelease 4.4',
      'draftNotes ✓  sign ✗  renewCertificate ✓  sign ✓  publish ✓',
      '1 lesson, tried renewCertificate',
      'the desk waits: "Decide whether release 4.4 goes out"',
      /✓ release-desk +1 action /,
      '4.4: approved by ana',
      /✗ release-desk /,
      '4.5: refused by ben',
    ]);
  }, 180_000);
});

describe('run.mjs', () => {
  it('starts servers of its own and leaves nothing behind', async () => {
    const temporary = await mkdtemp(path.join(tmpdir(), 'x-'));
    const end = await run(['llm-endpoint'], { TMPDIR: temporary });
    expectInOrder(end, ['After "README.md', 'run it with --stay']);
    await expectNothingLeft(temporary, end);
  }, 180_000);

  it('leaves nothing behind when it is interrupted', async () => {
    const temporary = await mkdtemp(path.join(tmpdir(), 'x-'));
    const end = await run(['coding-cli'], { TMPDIR: temporary }, (text) => text.includes('✓ cli-small'));
    expect(end.code, end.stderr).toBe(130);
    expect(end.stdout).not.toContain('Look further');
    await expectNothingLeft(temporary, end);
  }, 180_000);

  it('with --stay waits and says where to look', async () => {
    const temporary = await mkdtemp(path.join(tmpdir(), 'x-'));
    const end = await run(['platform-workflow', '--stay'], { TMPDIR: temporary }, (text) =>
      /journeyman -- learnings --tenant \S+\n/.test(text),
    );
    expect(end.stdout).toMatch(
      /Temporal UI: http:\/\/127\.0\.0\.1:\d+\n {2}export TEMPORAL_ADDRESS='127\.0\.0\.1:\d+'/,
    );
    expect(end.code).toBe(0);
    await expectNothingLeft(temporary, end);
  }, 180_000);

  it('lists the examples', async () => {
    const { code, stdout } = await run([], {});
    for (const name of names) expect(stdout).toContain(`\n  ${name} `);
    expect(code).toBe(0);
  });

  it.each([
    [['coding'], 'Unknown example: coding'],
    [['coding-cli', '--fast'], 'Unknown option: --fast'],
  ])('refuses %j', async (args, text) => {
    const { code, stderr } = await run(args, {});
    expect(stderr).toContain(text);
    expect(code).toBe(2);
  });
});

async function expectNothingLeft(temporary: string, { stderr }: End): Promise<void> {
  expect(await readdir(temporary)).toEqual([]);
  await rm(temporary, { recursive: true });
  const ports = [...stderr.matchAll(/started at (?:mongodb:\/\/)?127\.0\.0\.1:(\d+)/g)].map(([, port]) =>
    Number(port),
  );
  expect(ports).toHaveLength(2);
  for (const port of ports) expect(await answers(port), `port ${port}`).toBe(false);
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

describe('what users copy', () => {
  it.each(names)('%s: the configuration is valid', async (name) => {
    const config = await loadConfig(path.join(folder, name, 'journeyman.config.json'));
    expect(config.agents.length).toBeGreaterThan(0);
  });

  it.each(['coding-cli', 'llm-endpoint'])("%s: the README's configurations are valid", async (name) => {
    const readme = path.join(folder, name, 'README.md');
    const blocks = [
      ...(await readFile(readme, 'utf8')).matchAll(/<!-- config: (.+?) -->\n```json\n([^]*?)```/g),
    ];
    const types = blocks.map(([, , json = '']) => parseConfig(JSON.parse(json), readme).agents[0]?.type);
    expect(types).toEqual(name === 'coding-cli' ? ['claude-code', 'codex', 'aider'] : ['writer']);
  });

  it('every README has its line', async () => {
    for (const name of names)
      expect(await readFile(path.join(folder, name, 'README.md'), 'utf8')).toContain(
        `npm run example -- ${name}\n`,
      );
  });
});
