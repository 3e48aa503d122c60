import type { Migration } from 'kysely/migration';
import { tenancy } from './0001_tenancy.ts';
import { telemetry } from './0002_telemetry.ts';
import { cleanup } from './0003_cleanup.ts';
import { eventIds } from './0004_event_ids.ts';
import { traceSessions } from './0005_trace_sessions.ts';
import { conversationDomains } from './0006_conversation_domains.ts';
import { audit } from './0007_audit.ts';
import { conversations } from './0008_conversations.ts';
import { statistics } from './0009_statistics.ts';
import { admin } from './0010_admin.ts';
import { business } from './0011_business.ts';
import { search } from './0012_search.ts';
import { adminHealth } from './0013_admin_health.ts';
import { customers } from './0014_customers.ts';
import { deletion } from './0015_deletion.ts';
import { links } from './0016_links.ts';
import { rowFloor } from './0017_row_floor.ts';
import { accountGeneration } from './0018_account_generation.ts';
import { unicodeSearch } from './0019_search.ts';
import { durationSums } from './0020_duration_sums.ts';
import { userErasure } from './0021_user_erasure.ts';
import { searchSpeed } from './0022_search_speed.ts';
import { keys } from './0023_keys.ts';
import { searchBack } from './0024_search_back.ts';

/** In the order in which they run; a released migration is never changed. */
export const migrations: Record<string, Migration> = {
  '0001_tenancy': tenancy,
  '0002_telemetry': telemetry,
  '0003_cleanup': cleanup,
  '0004_event_ids': eventIds,
  '0005_trace_sessions': traceSessions,
  '0006_conversation_domains': conversationDomains,
  '0007_audit': audit,
  '0008_conversations': conversations,
  '0009_statistics': statistics,
  '0010_admin': admin,
  '0011_business': business,
  '0012_search': search,
  '0013_admin_health': adminHealth,
  '0014_customers': customers,
  '0015_deletion': deletion,
  '0016_links': links,
  '0017_row_floor': rowFloor,
  '0018_account_generation': accountGeneration,
  '0019_search': unicodeSearch,
  '0020_duration_sums': durationSums,
  '0021_user_erasure': userErasure,
  '0022_search_speed': searchSpeed,
  '0023_keys': keys,
  '0024_search_back': searchBack,
};
