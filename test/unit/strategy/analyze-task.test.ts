import { describe, expect, it } from 'vitest';
import { analyzeTask } from '../../../src/strategy/analyze-task.js';

describe('analyzeTask', () => {
  it('tells category, requirements and complexity, each with its evidence', () => {
    const analysis = analyzeTask('Build REST API with authentication and testing', { multiple_files: true }, [
      { type: 'coder', capabilities: ['api'] },
      { type: 'writer', capabilities: ['documentation'] },
    ]);
    expect(analysis.category).toBe('api_development+multiple_files');
    expect(analysis.requirements).toEqual(
      expect.arrayContaining(['tests', 'security', 'api', 'multiple_files']),
    );
    expect(['COMPLEX', 'VERY_COMPLEX']).toContain(analysis.complexity);
    expect(analysis.suggestedAgents).toEqual(['coder']);
    expect(analysis.evidence).toContainEqual(expect.stringContaining('"authentication"'));
    expect(analysis.evidence.some((line) => line.startsWith('category api_development'))).toBe(true);
  });

  it('takes a category that the context gives, and refines others by error and flags', () => {
    expect(analyzeTask('anything', { category: 'Order Desk' }).category).toBe('order_desk');
    expect(analyzeTask('The import fails', { error: 'TypeError', retried: true, done: false }).category).toBe(
      'bug_fix.type_error+retried',
    );
  });

  it('finds simple tasks simple', () => {
    expect(analyzeTask('Say hello', {})).toMatchObject({ complexity: 'TRIVIAL', category: 'general' });
  });

  it('is deterministic', () => {
    const text = 'Fix the failing tests of the parser and document the change';
    expect(analyzeTask(text, { a: 1 })).toEqual(analyzeTask(text, { a: 1 }));
  });
});
