/** Lets programs decide whether the work was done, each with a word of its own. */
import type { RankedVerifier, Word } from '../shared/verdict.js';
import { type VerifyRun, verifyWork } from './verify-work.js';

/** Where verifiers run, and how they are stopped. */
export interface Bench {
  cwd: string;
  env: Record<string, string>;
  run: VerifyRun;
}

/** What one verifier said, and the end of its output when it was not content. */
export interface Judgement {
  word: Word;
  error?: string;
}

/** Runs the verifiers one after another: they share a folder. */
export async function judgeWork(verifiers: readonly RankedVerifier[], bench: Bench): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  for (const { name, command, precedence } of verifiers) {
    const verdict = await verifyWork({ command, ...bench });
    const word: Word = { success: verdict.success, source: 'verifier', by: name, precedence };
    judgements.push(
      verdict.success === true
        ? { word }
        : { word: { ...word, reason: verdict.reason }, error: verdict.error },
    );
  }
  return judgements;
}
