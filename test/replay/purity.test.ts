import { isBuiltin } from 'node:module';
import { sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bundled, bundle } from './bundle.js';

/** The workflow SDK, and what it is made of. */
const allowedPackages = ['@temporalio/common', '@temporalio/workflow', 'long', 'ms', 'nexus-rpc'];

/** Whatever in a bundle is not known to be deterministic. */
function impure({ files, requests }: Bundled): string[] {
  const foreign = files.flatMap((file) => {
    const [, inPackage] = file.split(`${sep}node_modules${sep}`).slice(-2);
    const name = inPackage
      ?.split(sep)
      .slice(0, inPackage.startsWith('@') ? 2 : 1)
      .join('/');
    if (name !== undefined) return allowedPackages.includes(name) ? [] : [name];
    return /[\\/]src[\\/]((workflows|shared)[\\/]|workflow\.ts$)/.test(file) ? [] : [file];
  });
  const asked = requests.filter(
    (request) => !request.startsWith('.') && (isBuiltin(request) || !allowedPackages.includes(request)),
  );
  return [...new Set([...foreign, ...asked])].toSorted();
}

/** What a platform bundles of ours; it names no workflow of its own here. */
const forPlatforms = (entry: string, interceptors: string): Promise<Bundled> => bundle(entry, [interceptors]);

describe('what platforms bundle with their own workflows', () => {
  it('holds nothing but workflow and shared code and the workflow SDK', async () => {
    const made = await forPlatforms('../../src/workflow.ts', '../../src/workflows/step-interceptors.ts');
    expect(made.code).not.toBeNull();
    for (const file of ['workflow.ts', 'with-learning.ts', 'step-interceptors.ts'])
      expect(
        made.files.some((path) => path.endsWith(`${sep}${file}`)),
        file,
      ).toBe(true);
    expect(impure(made)).toEqual([]);
  });

  it('would be found out, were the entry to take in what runs outside the sandbox', async () => {
    const made = await forPlatforms(
      './changed/entry-with-config.ts',
      '../../src/workflows/step-interceptors.ts',
    );
    expect(impure(made)).toEqual(
      expect.arrayContaining(['zod', expect.stringMatching(/src.config\.ts$/), 'node:fs']),
    );
  });

  it('would be found out, were the interceptors to import a builtin of node', async () => {
    const made = await forPlatforms('../../src/workflow.ts', './changed/interceptors-with-files.ts');
    expect(impure(made)).toContain('node:fs');
    expect(made.code).toBeNull();
  });
});

describe('the workflow bundle', () => {
  it('holds nothing but our workflows, shared code and the workflow SDK', async () => {
    const made = await bundle('../../src/workflows/index.ts');
    expect(made.code).not.toBeNull();
    expect(made.files.some((file) => file.endsWith('execute-task.ts'))).toBe(true);
    expect(impure(made)).toEqual([]);
  });

  it('would be found out, were it to import a builtin of node', async () => {
    const made = await bundle('./changed/reads-files.ts');
    expect(impure(made)).toContain('node:fs');
    expect(made.code).toBeNull();
  });

  it('would be found out, were it to import a package that the bundler lets through', async () => {
    const made = await bundle('./changed/checks-input.ts');
    expect(made.code).not.toBeNull();
    expect(impure(made)).toContain('zod');
  });

  it.each([
    'mongodb',
    '@temporalio/worker',
    '@temporalio/client',
    '@temporalio/activity',
    'node:crypto',
    'fs',
  ])('must not ask for %s', (request) => {
    expect(impure({ code: '', files: [], requests: [request, '@temporalio/workflow'] })).toEqual([request]);
  });
});
