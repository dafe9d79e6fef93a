/** What a tool is, and how a call of one is answered. */
import { z } from 'zod';
import { problemsOf, problemText } from '../../../shared/problems.js';

/** A tool that the model may call. */
export interface Tool {
  name: string;
  description: string;
  input: z.ZodObject;
  /**
   * Does what the arguments ask.
   *
   * @returns what the model is told
   * @throws ToolError when it could not be done
   */
  use(input: unknown): Promise<string>;
}

/** A call that failed; the message goes back to the model, which may do better. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** Makes a tool whose arguments are checked before it is run. */
export function defineTool<Shape extends z.ZodRawShape>(spec: {
  name: string;
  description: string;
  input: Shape;
  run: (input: z.infer<z.ZodObject<Shape>>) => Promise<string>;
}): Tool {
  const input = z.object(spec.input);
  return {
    name: spec.name,
    description: spec.description,
    input,
    use: async (given) => {
      if (typeof given === 'string') throw new ToolError('the arguments are not JSON; expected an object');
      const parsed = input.safeParse(given);
      if (parsed.success) return spec.run(parsed.data);
      throw new ToolError(problemsOf(parsed.error, given).slice(0, 3).map(problemText).join('; '));
    },
  };
}
