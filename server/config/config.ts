import { resolve } from 'node:path';
import { defaultRateLimits, type RateLimits } from './rate-limits.ts';
import { type AddressRanges } from '../outbound/addresses.ts';
import { readOrigins, readPublicUrl, readRanges } from './addresses.ts';
import { readUpstreams, type Upstream } from './upstreams.ts';

/** What the service is told by its environment. */
export interface Config {
  host: string;
  /** 0: any that is free. */
  port: number;
  /** The directory of everything that it keeps, absolute. */
  dataDir: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  /** At least 32 characters; left out, it is generated and kept in the data directory. */
  secret: string | undefined;
  /** Earlier ones, which only open what was stored under them. */
  previousSecrets: readonly string[];
  adminEmail: string;
  /** Whether the setting names the admin: the account is one at every start then. */
  adminIsNamed: boolean;
  adminPassword: string | undefined;
  ingestKey: string | undefined;
  /** Where clients reach the service, without a slash at its end. */
  publicUrl: string | undefined;
  /** Origins of the pages that may embed. */
  origins: readonly string[];
  /** Services that agents depend on, which the admin dashboard looks at. */
  upstreams: readonly Upstream[];
  /** Addresses that are not public and may be requested from here nevertheless. */
  outboundAllow: AddressRanges;
  /** Whose Durable Objects the admin dashboard tells of. */
  cloudflare: { accountId: string; apiToken: string } | undefined;
  cleanup: {
    enabled: boolean;
    dryRun: boolean;
    tmpDirTtlMinutes: number;
    previewBundleTtlHours: number;
    logRetentionDays: number;
  };
  logLevel: string;
  /** How many proxies stand before the service and tell the client's address. */
  trustedProxies: number;
  /** Whether a connection from this machine itself gets the metrics without a key. */
  metricsWithoutKey: boolean;
  rateLimits: RateLimits;
  connections: {
    most: number;
    /** Of one address, where no proxy stands before the service. */
    perAddress: number;
    maxAgeMinutes: number;
    streamsPerAddress: number;
    streamHours: number;
  };
}

/** Settings that can't be used: one line for each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

interface Setting {
  name: string;
  /** A sentence for `--help`. */
  about: string;
  /** Shown where it is a fixed value. */
  default?: string;
}

const rateLimitNames: Record<keyof RateLimits, string> = {
  login: 'logins from one address',
  refresh: 'refreshes and logouts from one address',
  ingest: 'batches with one ingest key',
  api: 'requests by any other caller',
  anonymous: 'requests from one address without a valid token',
};

const rateLimitSetting = (name: string): string => `RATE_LIMIT_${name.toUpperCase()}`;

/** Every setting, in the order of `--help`. */
export const settings: readonly Setting[] = [
  { name: 'HOST', default: '127.0.0.1', about: 'Address to listen on.' },
  { name: 'PORT', default: '4400', about: 'Port to listen on; 0 picks a free one.' },
  {
    name: 'CLOUDBRAIN_DATA',
    default: '.cloudbrain',
    about: 'Directory of the embedded database and all other stored files.',
  },
  {
    name: 'DATABASE_URL',
    about:
      'PostgreSQL 15 or newer instead of the embedded database: postgres://user:password@host/name.',
  },
  { name: 'REDIS_URL', about: 'Redis, which replicas use to share live events and rate limits.' },
  {
    name: 'CLOUDBRAIN_SECRET',
    about: 'Signs tokens, 32 characters or more. Generated and kept in CLOUDBRAIN_DATA if unset.',
  },
  {
    name: 'CLOUDBRAIN_PREVIOUS_SECRETS',
    about: 'Earlier secrets, separated by commas; used only to decrypt data stored under them.',
  },
  {
    name: 'CLOUDBRAIN_ADMIN_EMAIL',
    default: 'admin@localhost',
    about: 'Email of the first account.',
  },
  {
    name: 'CLOUDBRAIN_ADMIN_PASSWORD',
    about:
      'Its password, 8 characters or more. Generated at the first start and shown once if unset.',
  },
  {
    name: 'CLOUDBRAIN_INGEST_KEY',
    about: 'A key to send telemetry, 12 characters or more. Generated likewise if unset.',
  },
  {
    name: 'PUBLIC_URL',
    about: 'Public address of the service, such as https://cb.example.com.',
  },
  {
    name: 'CLOUDBRAIN_ORIGINS',
    about: 'Origins allowed to embed, such as https://portal.example.com, separated by commas.',
  },
  {
    name: 'CLOUDBRAIN_UPSTREAMS',
    about: 'Services to health-check, as name=https://address, separated by commas.',
  },
  {
    name: 'OUTBOUND_ALLOW',
    about: 'Private addresses that outbound requests may reach, such as 10.0.0.0/8.',
  },
  {
    name: 'CLOUDFLARE_ACCOUNT_ID',
    about: 'Cloudflare account whose Durable Objects are listed; needs CLOUDFLARE_API_TOKEN.',
  },
  {
    name: 'CLOUDFLARE_API_TOKEN',
    about: 'API token for that account, with no permission but to read Workers scripts.',
  },
  { name: 'CLEANUP_ENABLED', default: 'true', about: 'Whether cleanup deletes what has expired.' },
  {
    name: 'CLEANUP_DRY_RUN',
    default: 'false',
    about: 'true: cleanup only lists what it would delete.',
  },
  {
    name: 'TMP_DIR_TTL_MINUTES',
    default: '60',
    about: 'Age at which a temporary directory counts as abandoned.',
  },
  {
    name: 'PREVIEW_BUNDLE_TTL_HOURS',
    default: '24',
    about: 'Age at which a preview bundle expires.',
  },
  { name: 'LOG_RETENTION_DAYS', default: '7', about: 'How long log files are kept.' },
  {
    name: 'LOG_LEVEL',
    default: 'info',
    about: 'fatal, error, warn, info, debug, trace or silent; logs are JSON on stderr.',
  },
  {
    name: 'TRUSTED_PROXIES',
    default: '0',
    about: 'Number of proxies in front of the service that append to X-Forwarded-For.',
  },
  {
    name: 'METRICS_WITHOUT_KEY',
    default: 'off',
    about:
      "local: GET /metrics needs no key from this machine. Don't use it behind a proxy on this machine.",
  },
  ...Object.entries(rateLimitNames).map(([name, what]) => ({
    name: rateLimitSetting(name),
    default: String(defaultRateLimits[name as keyof RateLimits]),
    about: `Most ${what} in a minute.`,
  })),
  {
    name: 'MAX_CONNECTIONS',
    default: '16384',
    about: 'Concurrent connections; one more closes the one that has been idle longest.',
  },
  {
    name: 'MAX_CONNECTIONS_PER_ADDRESS',
    default: '1024',
    about: 'Concurrent connections from one address; not applied behind a proxy.',
  },
  {
    name: 'CONNECTION_MAX_AGE_MINUTES',
    default: '60',
    about: 'Age at which a connection is closed, after its current response.',
  },
  {
    name: 'MAX_STREAMS_PER_ADDRESS',
    default: '1000',
    about: 'Concurrent live streams and WebSockets from one address.',
  },
  {
    name: 'STREAM_MAX_AGE_HOURS',
    default: '24',
    about: 'Age at which a live stream is ended, so that its client reconnects.',
  },
];

/** Characters of the service's secret. */
const MIN_SECRET = 32;

/** Characters of a secret; a login takes no more. */
const LONGEST_SECRET = 1_024;

/** Says what to do where such a one is in use already. */
const UNLISTABLE =
  "can't contain a comma, or start or end with a space: set another one. If this one is already in " +
  'use, set CLOUDBRAIN_PREVIOUS_SECRETS to it, unchanged and as the only entry';

/** An empty setting counts as left out. */
const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/**
 * Reads the settings.
 * @throws ConfigError that names every setting that can't be used
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const problem = (name: string, what: string): void => void problems.push(`${name} ${what}`);
  const text = (name: string): string | undefined => given(env[name]?.trim());
  const known = (name: string): string =>
    text(name) ?? settings.find((setting) => setting.name === name)?.default ?? '';

  const number = (name: string, least: number, most: number, whole = true): number => {
    const text = known(name);
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    const fits = value >= least && value <= most && (!whole || Number.isInteger(value));
    const kind = whole ? 'a whole number' : 'a number';
    if (!fits) problem(name, `must be ${kind} from ${least} to ${most}, not '${text}'`);
    return value;
  };
  const flag = (name: string): boolean => {
    const text = known(name).toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(text)) return true;
    if (!['false', '0', 'no', 'off'].includes(text)) {
      problem(name, `must be true or false, not '${known(name)}'`);
    }
    return false;
  };
  const secret = (name: string, least: number): string | undefined => {
    // Not trimmed: a password may end in a space. Never shown.
    const text = given(env[name]);
    if (text !== undefined && (text.length < least || text.length > LONGEST_SECRET)) {
      problem(name, `must have ${least} to ${LONGEST_SECRET} characters`);
    }
    return text;
  };
  /** One that a list of earlier ones can name some day. */
  const rotated = (name: string, least: number): string | undefined => {
    const text = secret(name, least);
    if (text !== undefined && (text.includes(',') || text !== text.trim())) {
      problem(name, UNLISTABLE);
    }
    return text;
  };
  const secrets = (name: string, least: number): string[] => {
    const whole = env[name] ?? '';
    const fits = ({ length }: string): boolean => length >= least && length <= LONGEST_SECRET;
    const items = whole.split(',');
    const trimmed = items.map((each) => each.trim()).filter(Boolean);
    if (!trimmed.every(fits) && !fits(whole)) {
      problem(name, `must have ${least} to ${LONGEST_SECRET} characters each`);
    }
    // Secrets used to have commas and outer spaces: such a one opens what it closed, named alone.
    return [...new Set([...trimmed, ...items, whole])].filter(fits);
  };
  const url = (name: string, protocols: readonly string[]): string | undefined => {
    const address = text(name);
    if (address !== undefined && !protocols.includes(URL.parse(address)?.protocol ?? '')) {
      problem(name, `must start with ${protocols.map((it) => `${it}//`).join(' or ')}`);
    }
    return address;
  };

  const logLevel = known('LOG_LEVEL').toLowerCase();
  if (!LOG_LEVELS.includes(logLevel)) problem('LOG_LEVEL', `must be ${LOG_LEVELS.join(', ')}`);
  const adminEmail = known('CLOUDBRAIN_ADMIN_EMAIL').toLowerCase();
  if (!/^[^\s@]+@[^\s@]+$/.test(adminEmail) || adminEmail.length > 254) {
    problem('CLOUDBRAIN_ADMIN_EMAIL', `must be an email address, not '${adminEmail}'`);
  }

  const metricsWithoutKey = known('METRICS_WITHOUT_KEY').toLowerCase();
  if (!['off', 'local'].includes(metricsWithoutKey)) {
    problem('METRICS_WITHOUT_KEY', `must be off or local, not '${metricsWithoutKey}'`);
  }

  const config: Config = {
    host: known('HOST'),
    port: number('PORT', 0, 65_535),
    dataDir: resolve(known('CLOUDBRAIN_DATA')),
    databaseUrl: url('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: url('REDIS_URL', ['redis:', 'rediss:']),
    secret: rotated('CLOUDBRAIN_SECRET', MIN_SECRET),
    previousSecrets: secrets('CLOUDBRAIN_PREVIOUS_SECRETS', MIN_SECRET),
    adminEmail,
    adminIsNamed: text('CLOUDBRAIN_ADMIN_EMAIL') !== undefined,
    adminPassword: secret('CLOUDBRAIN_ADMIN_PASSWORD', 8),
    ingestKey: secret('CLOUDBRAIN_INGEST_KEY', 12)?.trim(),
    publicUrl: readPublicUrl(text('PUBLIC_URL'), problem),
    origins: readOrigins(text('CLOUDBRAIN_ORIGINS') ?? '', problem),
    upstreams: readUpstreams(text('CLOUDBRAIN_UPSTREAMS') ?? '', problem),
    outboundAllow: readRanges(text('OUTBOUND_ALLOW') ?? '', problem),
    cloudflare: readCloudflare(
      text('CLOUDFLARE_ACCOUNT_ID'),
      text('CLOUDFLARE_API_TOKEN'),
      problem,
    ),
    cleanup: {
      enabled: flag('CLEANUP_ENABLED'),
      dryRun: flag('CLEANUP_DRY_RUN'),
      tmpDirTtlMinutes: number('TMP_DIR_TTL_MINUTES', 0, 525_600, false),
      previewBundleTtlHours: number('PREVIEW_BUNDLE_TTL_HOURS', 0, 87_600, false),
      logRetentionDays: number('LOG_RETENTION_DAYS', 0, 3_650, false),
    },
    logLevel,
    trustedProxies: number('TRUSTED_PROXIES', 0, 10),
    metricsWithoutKey: metricsWithoutKey === 'local',
    rateLimits: mapValues(rateLimitNames, (name) =>
      number(rateLimitSetting(name), 1, 1_000_000_000),
    ),
    connections: {
      most: number('MAX_CONNECTIONS', 1, 1_000_000),
      perAddress: number('MAX_CONNECTIONS_PER_ADDRESS', 1, 1_000_000),
      maxAgeMinutes: number('CONNECTION_MAX_AGE_MINUTES', 0.01, 1_440, false),
      streamsPerAddress: number('MAX_STREAMS_PER_ADDRESS', 1, 1_000_000),
      streamHours: number('STREAM_MAX_AGE_HOURS', 0.001, 168, false),
    },
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Other programs go by the same variables: one alone is none of ours. */
function readCloudflare(
  accountId: string | undefined,
  apiToken: string | undefined,
  problem: (name: string, what: string) => void,
): Config['cloudflare'] {
  if (accountId === undefined || apiToken === undefined) return undefined;
  if (!/^[\da-f]{32}$/i.test(accountId)) problem('CLOUDFLARE_ACCOUNT_ID', 'must be 32 hex digits');
  // Never shown. It goes into a header.
  if (!/^[!-~]{20,500}$/.test(apiToken)) problem('CLOUDFLARE_API_TOKEN', 'is not an API token');
  return { accountId, apiToken };
}

const mapValues = <K extends string, V>(
  keys: Record<K, unknown>,
  value: (key: K) => V,
): Record<K, V> =>
  Object.fromEntries((Object.keys(keys) as K[]).map((key) => [key, value(key)])) as Record<K, V>;
