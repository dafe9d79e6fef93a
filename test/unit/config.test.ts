import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, parseConfig } from '../../src/config.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'journeyman-config-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const write = async (text: string): Promise<string> => {
  const file = path.join(folder, 'journeyman.config.json');
  await writeFile(file, text);
  return file;
};

/** The error that a configuration is refused with. */
const refusal = async (config: unknown): Promise<ConfigError> => {
  const file = await write(typeof config === 'string' ? config : JSON.stringify(config));
  const error: unknown = await loadConfig(file).catch((caught: unknown) => caught);
  if (!(error instanceof ConfigError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.message).toContain(file);
  return error;
};

const command = (type: string) => ({ type, kind: 'command', command: ['true'] });

describe('loadConfig', () => {
  it('fills every default', async () => {
    const config = await loadConfig(await write(JSON.stringify({ agents: [command('a')] })));
    expect(config).toEqual({
      agents: [
        {
          type: 'a',
          kind: 'command',
          command: ['true'],
          cwd: folder,
          capabilities: [],
          idempotent: false,
          limits: {
            startToCloseSeconds: 600,
            scheduleToStartSeconds: 30,
            heartbeatSeconds: 30,
            maxConcurrent: 4,
            maxReportBytes: 1_000_000,
          },
        },
      ],
      plans: [],
      learning: 'full',
      selection: { rewardPerUsd: 0, rewardPerHour: 0, proposals: true },
      withholding: { share: 0.05 },
      retrieval: { kind: 'memory', embedder: 'auto', memoryMb: 1_024 },
      knowledge: {
        maxItems: 100_000,
        sharesPerMinute: 600,
        unusedDays: 90,
        staleDays: 365,
        restoreDays: 30,
      },
      inbox: { host: '127.0.0.1', port: 0 },
      workspaces: {},
      temporal: { taskQueue: 'journeyman' },
      redact: [],
    });
  });

  it("resolves paths against the file's folder, and leaves other arguments alone", async () => {
    await mkdir(path.join(folder, 'bin'));
    await writeFile(path.join(folder, 'bin/fix.mjs'), '');
    await writeFile(path.join(folder, 'answers.jsonl'), '');
    const file = await write(
      JSON.stringify({
        $schema: './schemas/config.schema.json',
        agents: [
          {
            ...command('a'),
            command: ['node', './bin/fix.mjs', './', 'src'],
            cwd: 'bin',
            verify: ['./bin/fix.mjs'],
          },
          { type: 'b', kind: 'recorded', file: 'answers.jsonl' },
        ],
      }),
    );
    const [a, b] = (await loadConfig(file)).agents;
    expect(a).toMatchObject({
      command: ['node', path.join(folder, 'bin/fix.mjs'), './', 'src'],
      cwd: path.join(folder, 'bin'),
      verify: [path.join(folder, 'bin/fix.mjs')],
    });
    expect(b).toMatchObject({ file: path.join(folder, 'answers.jsonl') });
  });

  it('names line and column of a syntax error', async () => {
    const error = await refusal('{\n  "agents": [\n    { "type": "a", }\n  ]\n}');
    expect(error.message).toMatch(
      /line 3, column 20: "}.*" is not allowed; expected a name in double quotes/,
    );
    expect((await refusal('{"agents": [1')).message).toContain('expected "," or "]"');
    expect((await refusal('')).message).toContain('line 1, column 1: "end of text" is not allowed');
    expect((await refusal("{'a': 1}")).message).toContain('expected a name in double quotes or }');
  });

  it('says so when the named file is not there', async () => {
    await expect(loadConfig(path.join(folder, 'none.json'))).rejects.toThrow(/none\.json.*ENOENT/);
  });

  it.each([
    [
      'an unknown key',
      { agnets: [] },
      /agnets: \[\] is not allowed; expected only the fields .*agents, plans/,
    ],
    ['a key of another kind', { agents: [{ ...command('a'), url: 'x' }] }, /agents\[0\]\.url: "x"/],
    ['an unknown kind', { agents: [{ type: 'a', kind: 'shell' }] }, /agents\[0\]\.kind: "shell".*'command'/],
    ['a bad type', { agents: [command('a b')] }, /agents\[0\]\.type: "a b" is not allowed; expected 1 to 64/],
    [
      'a repeated type',
      { agents: [command('a'), command('a')] },
      /agents\[1\]\.type: "a".*agents\[0\] has it/,
    ],
    ['an empty command', { agents: [{ ...command('a'), command: [] }] }, /agents\[0\]\.command: \[\].*>=1/],
    ['a bad limit', { agents: [{ ...command('a'), limits: { maxConcurrent: 0 } }] }, /maxConcurrent: 0.*>=1/],
    [
      'a budget of nothing',
      { selection: { budget: 0 } },
      /selection\.budget: 0 is not allowed; expected .*>0/,
    ],
    ['a weight below 0', { selection: { rewardPerUsd: -1 } }, /selection\.rewardPerUsd: -1.*>=0/],
    [
      'a setting of another name',
      { selection: { rewardPerUSD: 1 } },
      /selection\.rewardPerUSD: 1.*rewardPerUsd/,
    ],
    ['a bad URL', { agents: [{ type: 'a', kind: 'http', url: 'ftp://x' }] }, /url: "ftp:\/\/x".*http/],
    [
      'a missing replay',
      { agents: [{ type: 'a', kind: 'recorded', file: 'no' }] },
      /file: ".*no".*existing file/,
    ],
    [
      'a path that is none',
      { agents: [{ type: 'a', kind: 'workflow', workflowType: 'W', taskQueue: 'q', args: ['$.['] }] },
      /agents\[0\]\.args\[0\]: "\$\.\[" is not allowed; expected a JSONPath/,
    ],
    [
      'a path with a regular expression',
      {
        agents: [
          {
            type: 'a',
            kind: 'workflow',
            workflowType: 'W',
            taskQueue: 'q',
            result: { output: "$[?match(@, '(a+)+b')]" },
          },
        ],
      },
      /agents\[0\]\.result\.output: .*without match\(\) and search\(\)/,
    ],
    [
      'a resumed program without a transcript',
      { agents: [{ ...command('a'), prompt: {}, resume: ['x', '{{session}}'] }] },
      /agents\[0\]\.resume: .*only with a transcript/,
    ],
    [
      'a resumed program that is not told what to resume',
      { agents: [{ ...command('a'), prompt: {}, transcript: 'stream-json', resume: ['x'] }] },
      /agents\[0\]\.resume: .*\{\{session\}\}/,
    ],
    [
      'a prompt placeholder without a prompt',
      { agents: [{ ...command('a'), command: ['x', '{{prompt}}'] }] },
      /agents\[0\]\.command: .*only together with a prompt/,
    ],
    ['a bad mode', { learning: 'on' }, /learning: "on".*"full"\|"record-only"\|"off"/],
    ['a bad share', { withholding: { share: 2 } }, /withholding\.share: 2.*<=1/],
    ['a bad expression', { redact: ['('] }, /redact\[0\]: "\(" is not allowed; expected the source of a reg/],
    ['a bad tenant', { tenant: 'a/b' }, /tenant: "a\/b"/],
    ['not an object', [], /the whole: \[\] is not allowed; expected object/],
    [
      'an unknown agent in a plan',
      { agents: [command('a')], plans: [{ strategy: 'single', agents: ['b'] }] },
      /plans\[0\]\.agents\[0\]: "b" is not allowed; expected one of a/,
    ],
    [
      'a plan of the wrong size',
      { agents: [command('a')], plans: [{ strategy: 'parallel', agents: ['a'] }] },
      /plans\[0\]\.agents: \["a"\].*two or more agents/,
    ],
    [
      'a verifier outside consensus',
      { agents: [command('a')], plans: [{ strategy: 'single', agents: ['a'], verifier: 'a' }] },
      /plans\[0\]\.verifier: "a".*only in consensus plans/,
    ],
  ])('refuses %s', async (_what, config, message) => {
    expect((await refusal(config)).message).toMatch(message);
  });

  it('lists all problems, and no password', async () => {
    const error = await refusal({
      learning: 'on',
      tenant: '',
      mongodb: { uri: 'mysql://u:hunter22hunter22@h/' },
    });
    expect(error.problems.map(({ field }) => field)).toEqual(['tenant', 'learning', 'mongodb.uri']);
    expect(error.message).not.toContain('hunter22');
  });
});

describe('parseConfig', () => {
  it('accepts plans of each strategy', () => {
    const plans = [
      { strategy: 'single', agents: ['a'] },
      { strategy: 'sequential', agents: ['a', 'b'], onFailure: 'stop' },
      { strategy: 'parallel', agents: ['a', 'b'] },
      { strategy: 'hierarchical', agents: ['a', 'b'] },
      { strategy: 'consensus', agents: ['a', 'a', 'b'], verifier: 'b' },
    ];
    const agents = [command('a'), { type: 'b', kind: 'activity' }];
    expect(parseConfig({ agents, plans }, path.join(folder, 'x.json')).plans).toEqual(plans);
  });
});
