/** Queries, signals and updates of Journeyman's workflows. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { KnowledgeExcerpt } from './agent-contract.js';
import type { ApprovalDecision, ApprovalOutcome } from './approval.js';
import type { MaintenanceProgress } from './maintenance.js';
import type { TaskProgress } from './task.js';

/** Where a task stands. */
export const progressQuery = defineQuery<TaskProgress>('progress');
/** CRITICAL items that arrived since the task began; agents read it as their inbox. */
export const inboxQuery = defineQuery<KnowledgeExcerpt[]>('inbox');
/** Whether a platform's own workflow takes news: it answers from its first `learning.news()` on. */
export const takesNewsQuery = defineQuery<boolean>('journeymanTakesNews');
/** A CRITICAL broadcast for a running task. */
export const newsSignal = defineSignal<[KnowledgeExcerpt]>('news');
/** How far a maintenance run is. */
export const maintenanceQuery = defineQuery<MaintenanceProgress>('progress');
/** A person's yes or no; refused when nothing waits for one. */
export const approvalUpdate = defineUpdate<ApprovalOutcome, [ApprovalDecision]>('decideApproval');
