import type { Role } from './caller.ts';

/**
 * Whether a role reads what was said: tasks, messages, the texts of errors and stacks. An executive
 * sees how runs went and what failed, not what they were about.
 */
export const readsContent = ({ role }: { role: Role }): boolean => role !== 'executive';
