import type { AddCommands } from '../program.ts';
import { addAudit } from './admin-audit.ts';
import { addDashboard } from './admin-dashboard.ts';
import { addErrors } from './admin-errors.ts';
import { addInstallation } from './admin-installation.ts';
import { addSecurity } from './admin-security.ts';
import { addSessions } from './admin-sessions.ts';

/** What operators look at: `admin stats`, `admin health` and so on. */
export const addAdmin: AddCommands = (program, runs) => {
  const admin = program
    .command('admin')
    .helpCommand(false)
    .description('sessions, errors, health, resources, security and the audit log');
  addDashboard(admin, runs);
  addSessions(admin, runs);
  addErrors(admin, runs);
  addInstallation(admin, runs);
  addSecurity(admin, runs);
  addAudit(admin, runs);
};
