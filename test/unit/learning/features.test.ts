import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeOf } from '../../../src/learning/action-shape.js';
import { commandHeads, mainCommand } from '../../../src/learning/command-words.js';
import { type Feature, featureKey, lessonActionOf, parseFeature } from '../../../src/learning/feature.js';
import { featuresOf, MAX_FEATURES } from '../../../src/learning/features.js';
import type { Json } from '../../../src/shared/agent-contract.js';
import { canonicalJson } from '../../../src/shared/canonical-json.js';
import { attempt, failing, type Step, step } from './execution-records.js';

const parsed = (steps: readonly Step[], context: Record<string, Json> = {}): Feature[] =>
  featuresOf([attempt(steps)], context).map(parseFeature);
const ofKind = (features: readonly Feature[], kind: Feature['kind']): Feature[] =>
  features.filter((feature) => feature.kind === kind);
const bash = (command: string): Step => step('Bash', { command });

describe('feature keys', () => {
  it('are the same for equal features, and come apart into what they were made of', () => {
    const feature: Feature = { kind: 'action', type: 'mutate', input: { operator: 'swap' } };
    const reordered: Feature = { input: { operator: 'swap' }, type: 'mutate', kind: 'action' };
    expect(featureKey(feature)).toBe('{"input":{"operator":"swap"},"kind":"action","type":"mutate"}');
    expect(featureKey(reordered)).toBe(featureKey(feature));
    expect(parseFeature(featureKey(feature))).toEqual(feature);
  });

  it.each(['', '{}', '{"kind":"magic"}', '{"kind":"action"}', '["edit"]', 'null'])('refuse %j', (key) => {
    expect(() => parseFeature(key)).toThrow(Error);
  });

  it('of a single action make a lesson that a program can follow, others make none', () => {
    const action: Feature = { kind: 'action', type: 'mutate', input: { operator: 'swap' } };
    expect(lessonActionOf('prefer', action)).toEqual({
      verb: 'prefer',
      type: 'mutate',
      input: { operator: 'swap' },
    });
    expect(lessonActionOf('avoid', { kind: 'action', type: 'Bash', command: 'npm test' })).toEqual({
      verb: 'avoid',
      type: 'Bash',
      input: { command: 'npm test' },
    });
    expect(lessonActionOf('prefer', { kind: 'action', type: 'edit' })).toEqual({
      verb: 'prefer',
      type: 'edit',
    });
    expect(lessonActionOf('prefer', { kind: 'error', signature: 'E' })).toBeNull();
  });
});

describe('head words of commands', () => {
  it.each([
    ['npm test', ['npm test']],
    ['cd /repo && npm run build -- --watch | tail -5', ['cd', 'npm run build', 'tail']],
    ['git -c x=y diff HEAD~1 -- src/a.ts', ['git']],
    ['git diff --stat', ['git diff']],
    ['FOO=secret123 timeout 60 /usr/bin/python3.11 -m pytest tests/x.py', ['python -m pytest']],
    ['python3 manage.py migrate', ['python']],
    ['cat hunter', ['cat']],
    ["echo 'rm -rf / && git push'", ['echo']],
    ['cat <<EOF > a.sh\ngit push\nEOF', ['cat']],
    ['', []],
    ['123 456', []],
  ])('%j', (script, heads) => {
    expect(commandHeads(script)).toEqual(heads);
  });

  it('name the command that a script is about', () => {
    expect(mainCommand(['cd', 'npm test'])).toBe('npm test');
    expect(mainCommand(['cd'])).toBe('cd');
    expect(mainCommand([])).toBeUndefined();
  });
});

describe('features of a run', () => {
  it('are types, pairs, triples, gapped pairs, and the ends', () => {
    const features = parsed([step('read'), step('edit'), step('test')]);
    const [read, edit, test] = [{ type: 'read' }, { type: 'edit' }, { type: 'test' }];
    expect(ofKind(features, 'action')).toHaveLength(3);
    expect(ofKind(features, 'sequence')).toEqual(
      expect.arrayContaining([
        { kind: 'sequence', steps: [read, edit], gapped: false },
        { kind: 'sequence', steps: [read, edit, test], gapped: false },
        { kind: 'sequence', steps: [read, test], gapped: true },
      ]),
    );
    expect(ofKind(features, 'sequence')).toHaveLength(6);
    expect(ofKind(features, 'edge')).toEqual([
      { kind: 'edge', at: 'first', step: read },
      { kind: 'edge', at: 'last', step: test },
    ]);
  });

  it('do not span two agents', () => {
    const keys = featuresOf([attempt([step('a')]), attempt([step('b')])]);
    expect(keys.filter((key) => key.includes('"sequence"'))).toEqual([]);
  });

  it('tell agents apart whose actions share one type', () => {
    const sequences = ofKind(parsed([bash('npm install'), bash('npm test')]), 'sequence');
    expect(sequences).toContainEqual({
      kind: 'sequence',
      steps: [
        { type: 'Bash', command: 'npm install' },
        { type: 'Bash', command: 'npm test' },
      ],
      gapped: false,
    });
    const called = shapeOf({ type: 'tool', input: { name: 'search', arguments: { q: 'x y' } } });
    expect(called.step).toEqual({ type: 'tool', input: { name: 'search' } });
    const asks = shapeOf({ type: 'respond', input: 'Could you tell me your name?\n- first\n- last' });
    expect(asks.features).toEqual([
      { kind: 'action', type: 'respond' },
      { kind: 'text', type: 'respond', shape: 'question' },
      { kind: 'text', type: 'respond', shape: 'list' },
    ]);
  });

  it('name arguments, and give values only where they are short words or switches', () => {
    const input = {
      cabin: 'economy',
      insured: true,
      date: '2024-05-20',
      user: 'mia_li_3668',
      total: 305,
      note: 'pays with the card',
      password: 'hunter',
      key: 'sk-abcdefghijklmnopqrst',
      path: '/etc/passwd',
    };
    for (const given of [input, JSON.stringify(input)]) {
      const features = parsed([step('book', given)]);
      expect(ofKind(features, 'action')).toEqual([
        { kind: 'action', type: 'book', input: { cabin: 'economy' } },
        { kind: 'action', type: 'book', input: { insured: true } },
        { kind: 'action', type: 'book' },
      ]);
      expect(ofKind(features, 'argument')).toHaveLength(Object.keys(input).length);
    }
  });

  it('give values with digits in them where their names say that they are kinds', () => {
    const kinds = {
      encoding: 'cp1252',
      outputFormat: 'iso-8859-1',
      hash_algorithm: 'sha256',
      model: 'gpt-4o',
    };
    const ids = {
      user: 'cp1252',
      coded: 'cp1252',
      mode: 'job-20240520',
      type: '4711',
      language: 'a1b2c3d4e5f6',
      format: 'report1234.csv',
      kind: 'AKIAABCDEFGHIJKLMNOP',
    };
    expect(ofKind(parsed([step('decode', { ...kinds, ...ids })]), 'action')).toEqual([
      ...Object.entries(kinds)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => ({ kind: 'action', type: 'decode', input: { [name]: value } })),
      { kind: 'action', type: 'decode' },
    ]);
  });

  it('tell an action repeated as it was, and whether although it had failed', () => {
    const edit = (text: string): Step => failing('edit', 'E', { text });
    expect(ofKind(parsed([edit('x y'), edit('z y')]), 'repeat')).toEqual([]);
    expect(ofKind(parsed([step('ls', { at: 1 }), step('x'), step('ls', { at: 1 })]), 'repeat')).toEqual([
      { kind: 'repeat', step: { type: 'ls' }, failed: false },
    ]);
    expect(ofKind(parsed([edit('x y'), edit('x y')]), 'repeat')).toHaveLength(2);
  });

  it('name the errors that were met, by signature and class, and what failed', () => {
    const features = parsed([failing('test', 'TypeError: 12 is not "x"'), step('edit')]);
    expect(ofKind(features, 'error')).toEqual([
      { kind: 'error', signature: 'TypeError' },
      { kind: 'error', signature: 'TypeError: <n> is not <text>' },
    ]);
    expect(ofKind(features, 'failure')).toEqual([{ kind: 'failure', step: { type: 'test' } }]);
  });

  it('combine what the context gives with what was done', () => {
    const features = parsed([step('edit')], {
      repo: 'a/b',
      category: 'x',
      ticket: 4711,
      key: 'AKIAABCDEFGHIJKLMNOP',
    });
    expect(ofKind(features, 'condition')).toEqual([
      { kind: 'condition', key: 'repo', value: 'a/b', step: { type: 'edit' } },
    ]);
  });

  it('say nothing of how a run ended, how long it took, or what it cost', () => {
    const steps = [step('read'), failing('test', 'E'), step('edit')];
    const one = attempt(steps);
    const other = attempt(steps, 'search', 90);
    other.success = false;
    other.durationMs = 1e6;
    other.report = { ...other.report, success: false, cost: 9, output: 'lost', errors: ['E'] };
    expect(featuresOf([other])).toEqual(featuresOf([one]));
  });
});

const names = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'command', 'password', 'tool', '$where', 'a.b', ''),
  fc.string(),
);
const actions = fc.record({
  type: fc.oneof(fc.constantFrom('edit', 'Bash', 'respond'), fc.string({ minLength: 1, maxLength: 200 })),
  input: fc.oneof(
    fc.string(),
    fc.dictionary(names, fc.oneof(fc.string(), fc.boolean(), fc.double(), fc.constant(null)), {
      noNullPrototype: true,
    }),
    fc.jsonValue().map((value) => value as Json),
  ),
});
const steps = fc.array(
  fc.tuple(
    actions,
    fc.oneof(
      fc.constant({ success: true }),
      fc.string().map((error) => ({ success: false, error })),
    ),
  ),
  { maxLength: 40 },
);

describe('features of any run', () => {
  it('are bounded, sorted, distinct, the same each time, and can be taken apart', () => {
    fc.assert(
      fc.property(steps, fc.dictionary(names, fc.string()), (run, context) => {
        const keys = featuresOf([attempt(run)], context);
        expect(keys.length).toBeLessThanOrEqual(MAX_FEATURES);
        expect(keys).toEqual([...new Set(keys)].sort());
        expect(featuresOf([attempt(run)], context)).toEqual(keys);
        for (const key of keys) expect(canonicalJson(parseFeature(key))).toBe(key);
      }),
      { numRuns: 300 },
    );
  });

  it('hold no secret, wherever it stands', () => {
    const secret = 'sk-Zq9rT2uVwX4yAbCdEfGh';
    const places: Step[] = [
      step(secret),
      step('edit', secret),
      step('edit', { [secret]: secret, nested: { key: secret } }),
      bash(`curl -H "Authorization: Bearer ${secret}" && ${secret} x`),
      bash(`git ${secret}`),
      failing('edit', `Error: ${secret} was refused`),
      step('login', { password: 'swordfish', api_key: 'swordfish' }),
    ];
    const text = featuresOf([attempt(places)], { token: secret, apiKey: 'swordfish', [secret]: 'x' }).join(
      '\n',
    );
    expect(text).not.toContain('Zq');
    expect(text).not.toContain('swordfish');
  });

  it('of huge and deep inputs take little time', () => {
    let deep: Json = 'x';
    for (let level = 0; level < 5_000; level += 1) deep = { deep };
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`name${at}`, 'x'.repeat(50)]));
    const inputs: Json[] = [
      deep,
      wide,
      'y'.repeat(1_000_000),
      '{'.repeat(20_000),
      "'".repeat(20_000),
      `"${'\\'.repeat(5_000)}`,
    ];
    const run = Array.from({ length: 300 }, (_, at) =>
      failing(
        `type${String.fromCharCode(97 + (at % 26))}${at % 90}`,
        'E'.repeat(10_000),
        inputs[at % inputs.length] ?? null,
      ),
    );
    const started = performance.now();
    expect(featuresOf([attempt(run)]).length).toBeLessThanOrEqual(MAX_FEATURES);
    expect(
      featuresOf([
        attempt(run.map(([, result], at) => [{ type: 'Bash', input: inputs[at % 6] ?? null }, result])),
      ]).length,
    ).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('keep the same of too many in every run, wherever in the run they are', () => {
    const many = Array.from({ length: 60 }, (_, at) =>
      step(`kind${String.fromCharCode(97 + (at % 26))}${at % 3}${at > 30 ? 'x' : ''}`),
    );
    const types = (run: readonly Step[]) =>
      featuresOf([attempt(run)]).filter((key) => key.startsWith('{"kind":"action"'));
    expect(types(many.toReversed())).toEqual(types(many));
    expect(types(many).length).toBeLessThan(new Set(many.map(([{ type }]) => type)).size);
  });
});
