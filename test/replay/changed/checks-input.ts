/** A workflow that imports a package which the bundler has nothing against. */
import { z } from 'zod';

export async function ChecksInputWorkflow(text: string): Promise<string> {
  return z.string().parse(text);
}
