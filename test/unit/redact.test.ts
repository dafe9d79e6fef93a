import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/shared/redact.js';

describe('the default rules', () => {
  const redactor = createRedactor();
  const text = (input: string) => redactor.text(input);
  const value = (input: object) => redactor.value(input);
  it.each([
    ['a key', 'use sk-abcdefghijklmnopqrstuvwx now', 'abcdefghijklmnop'],
    ['a key with a name', 'sk-ant-REDACTME0123456789abcdef', 'REDACTME'],
    ['a GitHub token', 'ghp_0123456789abcdefghijABCDEFGHIJ', '0123456789'],
    ['an AWS key', 'AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7'],
    ['a bearer', 'Authorization: Bearer abc.def-ghi_jkl12345', 'abc.def'],
    ['a password in an address', 'mongodb://user:hunter22@db/x', 'hunter22'],
    ['a bearer in letters alone', 'authorization: basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['a password with an @ in an address', 'mongodb://user:a@bcd@db/x', 'bcd'],
    ['a password without a user', 'redis://:hunter22@db/0', 'hunter22'],
    ['an assignment', 'export DB_PASSWORD="hunter22"', 'hunter22'],
    ['a token', 'GITHUB_TOKEN=abcd1234', 'abcd1234'],
    ['a token in camel case', '{"accessToken": "abcd1234"}', 'abcd1234'],
    ['a token in a query', 'https://x.test/?token=abcd1234&page=2', 'abcd1234'],
    ['a long token in letters alone', 'auth-token: abcdefghijklmnopqrstuvwx', 'abcdefgh'],
    ['a JWT after a name', 'jwt-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz', 'eyJzdWIi'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz', 'eyJzdWIi'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----', 'MIIEabc'],
  ])('take out %s', (_, secret, gone) => {
    expect(text(secret)).not.toContain(gone);
    expect(text(secret)).toContain('[redacted]');
  });

  it('take out values whose key names a secret, at any depth, and leave all else', () => {
    const redacted = value({
      apiKey: 'plain',
      nested: [{ access_token: 'plain', tokens: { input: 5 }, tokenizer: 'bpe' }],
      text: 'the tokens of a sentence',
    });
    expect(redacted).toEqual({
      apiKey: '[redacted]',
      nested: [{ access_token: '[redacted]', tokens: { input: 5 }, tokenizer: 'bpe' }],
      text: 'the tokens of a sentence',
    });
  });
});

it('takes further patterns of the user', () => {
  expect(createRedactor(['ACME-\\d+']).text('ticket ACME-77')).toBe('ticket [redacted]');
});

describe('harmless text stays', () => {
  it.each([
    'Tokens: 1.2k sent, 300 received.',
    'tokens=12345abc of 20000abc',
    'token: next()',
    'const token = lexer.read2();',
    'tokenizer: bpe-4k-wide',
    'Basic authentication is on, bearer authentication is not',
    'npm-run-all-scripts-in-parallel',
    'http://localhost:8080/a and me@example.org',
    '{"url":"http://localhost:8080","mail":"me@example.org"}',
  ])('%s', (text) => {
    expect(createRedactor().text(text)).toBe(text);
  });
});

describe('hostile text takes time in proportion to its length', () => {
  const redactor = createRedactor();
  /** Milliseconds of this process alone: the machine has other things to do, too. */
  const took = (text: string): number => {
    const began = process.cpuUsage();
    redactor.text(text);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1_000;
  };
  /** Of three, as some of it is spent on what was left before. */
  const quickest = (text: string): number => Math.min(...[1, 2, 3].map(() => took(text)));
  const keyword = 'passwordtokensecret';
  it.each(
    [
      // Each rule's beginning over and over, and what almost is a match.
      ...[
        '-eyJ',
        'eyJ-',
        ' eyJaaaaaaaa.bbbbbbbb.c',
        '.eyJaaaaaaaa',
        ` ${'-eyJ'.repeat(6)}${'a'.repeat(16_000)}`,
      ],
      ...['a-', 'a.', 'a', ' ', ':', '=', '"', '@', '\n', 'a b ', 'key: value\n'],
      ...['password', 'password ', ' password', 'password: ab ', '-password-', keyword, `${keyword} `],
      ...['token', '-token', 'token: next() ', 'token=a1a1a1a1 ', ` ${'token'.repeat(20)}`],
      ...['a://', 'a://b:', 'a://b:c@', '://u:p', 'a://u', `a://b:${'c'.repeat(1_000)} `],
      ...['Bearer ', 'Bearer aaaaaaaaaaa! ', 'Basic\t', 'Basic aaaaaaaaaaaaa'],
      ...[
        'sk-',
        'sk-a ',
        'ghp_',
        'ghp_a ',
        'npm_',
        'github_pat_',
        'AKIA',
        'AKIAA ',
        'AIza',
        'AIza ',
        'xoxb-',
      ],
      ...['-----BEGIN ', '-----BEGIN A', '-----BEGIN RSA PRIVATE KEY-----', '-----END ', '-----'],
    ].map((shape) => [shape.slice(0, 40), shape] as const),
  )('%j over and over', (_, shape) => {
    for (const before of ['', '-----BEGIN RSA PRIVATE KEY-----', 'a://b:', 'password:', 'password']) {
      const of = (length: number) => before + shape.repeat(Math.ceil(length / shape.length));
      took(of(1_000));
      const [half, whole] = [quickest(of(500_000)), quickest(of(1_000_000))];
      expect(whole, before).toBeLessThan(200);
      // Twice the text, twice the time, where it is four times in what is not linear; less than this tells nothing.
      expect(whole, before).toBeLessThan(3.2 * Math.max(half, 40));
    }
  });
});
