import type { AdminSchema } from './schema/admin.ts';
import type { AuditSchema } from './schema/audit.ts';
import type { BusinessSchema } from './schema/business.ts';
import type { CleanupSchema } from './schema/cleanup.ts';
import type { ConversationSchema } from './schema/conversations.ts';
import type { ErasureSchema } from './schema/erasure.ts';
import type { TenancySchema } from './schema/tenancy.ts';
import type { TelemetrySchema } from './schema/telemetry.ts';

/** Every table of the database, as kysely types it. */
export type Schema = TenancySchema &
  TelemetrySchema &
  ConversationSchema &
  CleanupSchema &
  AuditSchema &
  AdminSchema &
  BusinessSchema &
  ErasureSchema;
