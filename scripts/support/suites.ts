import { globSync } from 'node:fs';
import { chromium, postgres, type Program, redis } from './machine.ts';
import { root } from './root.ts';

/** What several suites need done before; done once a run. */
export type Preparation = 'elements' | 'packages' | 'storybook';

/**
 * What a suite's tests are given: a private server, or the directory that embedded databases start
 * as a copy of. A test server costs a tenth of the CPU time on PostgreSQL: suites that are not about
 * the database use that.
 */
export type Service = 'postgres' | 'redis' | 'snapshot';

export interface Suite {
  name: string;
  /** Its tests. */
  folder: string;
  /** Its tests as globs, where not all of the folder. */
  files?: readonly string[];
  /** Those of its tests that `npm test` runs; `npm run test:full` runs all. */
  sample?: readonly string[];
  /** Files in it that are none of its tests, as globs. */
  except?: readonly string[];
  /** Some files to a process instead of one each: their modules are loaded once. */
  grouped?: boolean;
  /** Runs in Node's test runner, or in @web/test-runner's Chromium. */
  runner: 'node' | 'page';
  programs?: Program[];
  services?: Service[];
  prepare?: Preparation[];
}

/** Tests without a database or another process, which change nothing that another file could notice. */
const PURE = [
  'test/cli/{format,time}.test.ts',
  'test/scripts/{counts,cover,dependencies,languages,pool}.test.ts',
  'test/sdk/parser.test.ts',
  'test/stories/recordings.test.ts',
  'test/server/{app-config,contract,contract-descriptions,contract-route}.test.ts',
  'test/server/api/csv.test.ts',
  'test/server/cleanup/scan.test.ts',
  'test/server/ingest/{arrival,bad-input,errors,families,layers,links}.test.ts',
  'test/server/ingest/{lost-records,price,runs,spans-alone,states}.test.ts',
  'test/server/ingest/{variants,wire,wrapped}.test.ts',
  'test/server/live/{conversation-stream,queue}.test.ts',
  'test/server/outbound/addresses.test.ts',
  'test/server/report/{charts,pdf}.test.ts',
  'test/server/store/{commit-steps,errors,money,period,sketch,statements,thread,zones}.test.ts',
];

/** Tests of the server that ask no database of the run, or start an embedded one of their own. */
const WITHOUT_DATABASE = [
  ...PURE,
  'test/server/{app-commands,contract-compiled,contract-body}.test.ts',
  'test/server/ingest/{bombs,reader,readers}.test.ts',
  'test/server/outbound/outbound.test.ts',
  'test/server/storage/tree.test.ts',
];

/** Tests of the server that the sample also runs on the embedded database. */
const BY_DATABASE = [
  'test/server/store/{executions,executive-rows,isolation,retention}.test.ts',
  'test/server/store/{search,stats-equal,tenancy,write}.test.ts',
  'test/server/api/otlp.test.ts',
];

/**
 * What takes longest, by the size of its input, the number of its processes or pages, or the length
 * of its waits. Each has a shorter relative in the sample.
 */
export const FULL_ONLY = [
  'test/cli/{admin,api,business,cleanup,completion,conversations,errors}.test.ts',
  'test/cli/{executive,explain,figures,guide,help,keys,login,node-version}.test.ts',
  'test/cli/{proxy,reference,stats}.test.ts',
  'test/packages/*.test.ts',
  'test/pages/{bundles,failures,hosts,journey,many,nonsense}.test.ts',
  'test/pages/{reference,reset,restart,signed-in}.test.ts',
  'test/scripts/{dev,docs,new-element}.test.ts',
  'test/server/{app-commands,app-limits,auth-embed-end,auth-guessing,content}.test.ts',
  'test/server/{contract-compiled,isolation-streams,isolation-tokens,kill}.test.ts',
  'test/server/{private-directory,start}.test.ts',
  'test/server/admin/{agents,cloudflare,health,probes,security}.test.ts',
  'test/server/api/{conversation-export,conversation-stream,executive,otlp-bombs}.test.ts',
  'test/server/api/{lists-arrivals,timeframes}.test.ts',
  'test/server/api/user-erasure-{bounds,interleaved}.test.ts',
  'test/server/cleanup/{api,killed,metrics,worker}.test.ts',
  'test/server/ingest/bombs.test.ts',
  'test/server/live/{replicas,service}.test.ts',
  'test/server/report/load.test.ts',
  'test/server/store/{concurrency,executive,links,operations,providers}.test.ts',
  'test/server/store/stats-anomalies.test.ts',
  'test/server/store/migration-{business,durations,links}.test.ts',
  'test/tools/*.test.ts',
];

/** In the order in which they begin, two at a time: the longest first. */
export const suites: Suite[] = [
  {
    name: 'server-postgres',
    folder: 'test/server',
    except: WITHOUT_DATABASE,
    runner: 'node',
    grouped: true,
    programs: [postgres, redis],
    services: ['postgres', 'redis'],
  },
  {
    name: 'server',
    folder: 'test/server',
    sample: [...BY_DATABASE, ...WITHOUT_DATABASE],
    except: PURE,
    runner: 'node',
    grouped: true,
    programs: [redis],
    services: ['redis', 'snapshot'],
  },
  {
    name: 'components',
    folder: 'test/components',
    runner: 'page',
    programs: [chromium, postgres],
    services: ['postgres'],
  },
  {
    name: 'scripts',
    folder: 'test/scripts',
    except: PURE,
    runner: 'node',
    programs: [chromium],
  },
  {
    name: 'cli',
    folder: 'test/cli',
    except: PURE,
    runner: 'node',
    grouped: true,
    programs: [postgres],
    services: ['postgres'],
  },
  {
    name: 'sdk',
    folder: 'test/sdk',
    except: PURE,
    runner: 'node',
    grouped: true,
    programs: [postgres],
    services: ['postgres'],
  },
  { name: 'pure', folder: 'test', files: PURE, runner: 'node', grouped: true },
  {
    name: 'pages',
    folder: 'test/pages',
    runner: 'node',
    programs: [chromium, postgres],
    services: ['postgres'],
    prepare: ['elements'],
  },
  {
    name: 'stories',
    folder: 'test/stories',
    except: PURE,
    runner: 'node',
    programs: [chromium],
    prepare: ['storybook'],
  },
  {
    name: 'packages',
    folder: 'test/packages',
    runner: 'node',
    programs: [chromium, postgres],
    services: ['postgres'],
    prepare: ['packages'],
  },
  { name: 'tools', folder: 'test/tools', files: ['test/tools/*.test.ts'], runner: 'node' },
];

/** The files of a suite's tests: all of them, or those of the sample. */
export function filesOf(suite: Suite, isFull: boolean): string[] {
  const all = suite.files ?? [`${suite.folder}/**/*.test.ts`];
  const globs = isFull ? all : (suite.sample ?? all);
  const except = [...(suite.except ?? []), ...(isFull ? [] : FULL_ONLY)];
  return globSync([...globs], { cwd: root, exclude: except }).sort();
}
