/** Folders that agents work in, one for each attempt, and what was changed in them. */

/** How an attempt's own workspace is made and what becomes of it. */
export interface WorkspaceRequest {
  /** Folder that every attempt starts from; agents never work in it. */
  source: string;
  /** `git`: a clone of its commit, sharing objects only; `copy`: all files as they are. */
  isolation: 'git' | 'copy';
  /** Commit, branch or tag; `git` only. Default HEAD. */
  ref?: string;
  /** Whether folders stay after their attempts. */
  keep: 'never' | 'failed' | 'always';
  /** Whether the winner's change is put into the source. */
  apply: 'never' | 'success';
  /** Most bytes of files in a workspace, at its start and at its end. */
  maxBytes: number;
  maxFiles: number;
}

/** Where a large value is kept. */
export interface ArtifactReference {
  /** `sha256:` and the digest of the content. */
  id: string;
  /** Of the content. */
  bytes: number;
  /** The content, deflated and in base64, when the store could not take it. */
  inline?: string;
}

/** What an attempt changed in its workspace, against where it started from. */
export interface WorkspaceChange {
  /** Commit that the change is against, or the digest of the files. */
  base: string;
  /** A git patch with binary content; null when nothing changed, or when it could not be had. */
  diff: ArtifactReference | null;
  files: number;
  additions: number;
  deletions: number;
  /** The folder, when it was kept. */
  folder?: string;
  /** Why there is no diff though there may be a change. */
  problem?: string;
  /** What else is in the folder that no diff can tell, in a sentence. */
  note?: string;
}

/** What became of a change that was to go into the source. */
export interface AppliedChange {
  applied: boolean;
  /** Why not. */
  reason?: string;
}
