/** The tool by which the model says that it is done, and how it went. */
import { z } from 'zod';
import { defineTool, type Tool } from './tool.js';

export const FINISH = 'finish';

/** The model's last word. */
export interface Ending {
  success: boolean;
  output: string;
  /** Ids of lessons and knowledge that helped, as the model names them. */
  applied: string[];
}

/** `finish`; `onEnding` is told what a call with fitting arguments says. */
export function finishTool(onEnding: (ending: Ending) => void): Tool {
  return defineTool({
    name: FINISH,
    description: 'Ends the work. Call it once, when the task is done or cannot be done.',
    input: {
      success: z.boolean().describe('Whether the task was done as asked'),
      output: z.string().default('').describe('The final answer; without one, what you said last'),
      applied: z.array(z.string()).default([]).describe('Ids of the lessons and knowledge that were used'),
    },
    run: async (ending) => {
      onEnding(ending);
      return 'done';
    },
  });
}
