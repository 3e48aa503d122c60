import { chromium, postgres, type Program, redis } from './machine.ts';

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
  /** Files in it that are none of its tests, as globs. */
  except?: readonly string[];
  /** Runs in Node's test runner, or in @web/test-runner's Chromium. */
  runner: 'node' | 'page';
  programs?: Program[];
  services?: Service[];
  prepare?: Preparation[];
  /** Its tests watch the clock: nothing runs beside it. */
  alone?: boolean;
}

/** Tests of the server that ask no database, or start an embedded one of their own. */
const WITHOUT_DATABASE = [
  'test/server/{app-commands,app-config,contract,contract-route}.test.ts',
  'test/server/api/csv.test.ts',
  'test/server/cleanup/scan.test.ts',
  'test/server/ingest/{arrival,errors,families,layers,links,lost-records,price,runs}.test.ts',
  'test/server/ingest/{spans-alone,states,variants,wire,wrapped}.test.ts',
  'test/server/live/queue.test.ts',
  'test/server/outbound/*.test.ts',
  'test/server/report/*.test.ts',
  'test/server/storage/tree.test.ts',
  'test/server/store/{errors,money,period,sketch,statements,thread,zones}.test.ts',
];

/** In the order in which they begin, two at a time: the longest first. */
export const suites: Suite[] = [
  {
    name: 'server',
    folder: 'test/server',
    runner: 'node',
    programs: [redis],
    services: ['redis', 'snapshot'],
  },
  { name: 'scripts', folder: 'test/scripts', runner: 'node', programs: [chromium] },
  {
    name: 'sdk',
    folder: 'test/sdk',
    runner: 'node',
    programs: [postgres],
    services: ['postgres'],
  },
  {
    name: 'cli',
    folder: 'test/cli',
    runner: 'node',
    programs: [postgres],
    services: ['postgres'],
  },
  {
    name: 'server-postgres',
    folder: 'test/server',
    except: WITHOUT_DATABASE,
    runner: 'node',
    programs: [postgres, redis],
    services: ['postgres', 'redis'],
  },
  {
    name: 'components',
    folder: 'test/components',
    runner: 'page',
    programs: [chromium, postgres],
    services: ['postgres'],
  },
  {
    name: 'pages',
    folder: 'test/pages',
    runner: 'node',
    programs: [chromium, postgres],
    services: ['postgres'],
    prepare: ['elements'],
    alone: true,
  },
  {
    name: 'stories',
    folder: 'test/stories',
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
];
