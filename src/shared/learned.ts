/** What the part that learns tells the part that keeps knowledge of a learning. */
import type { Trust } from './terms.js';

/** What a learning says, and whether it still says so. */
export interface Learned {
  id: string;
  version: number;
  title: string;
  /** When it applies. */
  condition: string;
  advice: string;
  category: string | null;
  /** Whose words these are. */
  trust: Trust;
  /** Why it is out of use; null while it is in use. */
  outOfUse: string | null;
}
