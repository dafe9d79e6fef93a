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
    ['an assignment', 'export DB_PASSWORD="hunter22"', 'hunter22'],
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
