import { ConfinementError, ifThere, textOf, type Folder, type Name } from '../../storage/folder.ts';
import { layout } from '../../storage/layout.ts';
import type { PreviewJobKey } from '../../store/cleanup/preview-jobs.ts';
import { inBatches } from './batches.ts';
import {
  candidateOf,
  problemOf,
  type Candidate,
  type Kind,
  type ScanContext,
} from './candidate.ts';
import type { CleanupSettings } from './settings.ts';

/** How many preview jobs are looked up at once. */
const LOOK_UP = 200;

/** `debug.log`, and what log rotation makes of it: `debug.log.1`, `debug.log.gz`. */
const LOG_NAME = /\.log(\.\w+)*$/;

/** Lists a directory's candidates; `path` is the names that lead to it. */
type List = (
  folder: Folder,
  path: readonly Name[],
  kind: Kind,
  context: ScanContext,
) => AsyncGenerator<Candidate>;

interface Area extends Omit<Kind, 'cutoff'> {
  directory: Name;
  /** How old something may be, in ms. */
  ttl: (settings: CleanupSettings) => number;
  list: List;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const areas: readonly Area[] = [
  {
    directory: layout.previews,
    type: 'preview_bundle',
    reason: 'expired',
    ttl: ({ previewBundleTtlHours }) => previewBundleTtlHours * HOUR,
    list: previewBundles,
  },
  {
    directory: layout.tmp,
    type: 'temp_dir',
    reason: 'abandoned',
    ttl: ({ tmpDirTtlMinutes }) => tmpDirTtlMinutes * MINUTE,
    list: entriesOf(),
  },
  {
    directory: layout.objects,
    type: 'object',
    reason: 'orphaned',
    // What is younger than a temporary directory may become may still be on its way up.
    ttl: ({ tmpDirTtlMinutes }) => tmpDirTtlMinutes * MINUTE,
    list: orphanedObjects,
  },
  {
    directory: layout.logs,
    type: 'log',
    reason: 'ttl_exceeded',
    ttl: ({ logRetentionDays }) => logRetentionDays * DAY,
    list: filesBelow((name, isFile) => isFile && LOG_NAME.test(textOf(name))),
  },
];

/**
 * Lists what has outlived its time below the data directory. Nothing is followed out of it, and
 * what can't be looked at is listed with its problem.
 * @throws BudgetSpent where there is more than a run may list
 */
export async function* scan(data: Folder, context: ScanContext): AsyncGenerator<Candidate> {
  for (const { directory, type, reason, ttl, list } of areas) {
    const kind = { type, reason, cutoff: context.now - ttl(context.settings) };
    for await (const candidate of inside(data, [], directory, kind, context, list)) {
      context.budget.spendCandidate();
      yield candidate;
    }
  }
}

/** Opens a directory and lists it; one that can't be read is a candidate with a problem. */
async function* inside(
  parent: Folder,
  path: readonly Name[],
  name: Name,
  kind: Kind,
  context: ScanContext,
  list: List,
): AsyncGenerator<Candidate> {
  const names = [...path, name];
  try {
    await using folder = await ifThere(parent.openChild(name));
    if (folder) yield* list(folder, names, kind, context);
  } catch (error) {
    if (!isOfFiles(error)) throw error;
    const { type, reason, cutoff } = kind;
    const problem = problemOf(error);
    const where = names.map(textOf).join('/');
    yield { type, reason, cutoff, names, path: where, sizeBytes: null, measured: null, problem };
  }
}

/** Whether the file system refused something, or we refused it; not the database, not a limit. */
function isOfFiles(error: unknown): boolean {
  return error instanceof ConfinementError || (error instanceof Error && 'syscall' in error);
}

/** A directory's names, each paid for. */
async function* namesIn(folder: Folder, { signal, budget }: ScanContext): AsyncGenerator<Name> {
  for await (const name of folder.names()) {
    signal.throwIfAborted();
    budget.spend(1);
    yield name;
  }
}

/** Every entry stands for itself. */
function entriesOf(seen = () => {}): List {
  return async function* (folder, path, kind, context) {
    for await (const name of namesIn(folder, context)) {
      if (!(await ifThere(folder.lstat(name)))) continue;
      seen();
      const candidate = await candidateOf(folder, path, name, kind, context);
      if (candidate) yield candidate;
    }
  };
}

/** `previews/<project>/<job>`, but for what is still being built. */
async function* previewBundles(
  folder: Folder,
  path: readonly Name[],
  kind: Kind,
  context: ScanContext,
): AsyncGenerator<Candidate> {
  for await (const project of namesIn(folder, context)) {
    const found = await ifThere(folder.lstat(project));
    let isEmpty = true;
    if (found?.isDirectory()) {
      const bundles = inside(folder, path, project, kind, context, (...args) =>
        entriesOf(() => (isEmpty = false))(...args),
      );
      for await (const batch of inBatches(bundles, LOOK_UP)) {
        isEmpty = false;
        const known = await context.findJobs(batch.map(jobOf));
        yield* batch.filter((_, index) => !known[index]?.building);
      }
    }
    // A stray file, or a project that nothing is left of.
    const candidate = isEmpty && (await candidateOf(folder, path, project, kind, context));
    if (candidate) yield candidate;
  }
}

/** Files below `objects/previews/<project>/<job>` without such a job. Other keys are not ours. */
async function* orphanedObjects(
  folder: Folder,
  path: readonly Name[],
  kind: Kind,
  context: ScanContext,
): AsyncGenerator<Candidate> {
  const files = inside(folder, path, layout.previews, kind, context, filesBelow());
  for await (const batch of inBatches(files, LOOK_UP)) {
    const known = await context.findJobs(
      batch.map(({ names }) => jobOf({ names: names.slice(1) })),
    );
    yield* batch.filter((_, index) => !known[index]);
  }
}

/** Every file stands for itself, however deep; a link is never one that is followed. */
function filesBelow(matches = (_name: Name, _isFile: boolean) => true): List {
  return async function* list(folder, path, kind, context) {
    for await (const name of namesIn(folder, context)) {
      const found = await ifThere(folder.lstat(name));
      if (found?.isDirectory()) {
        yield* inside(folder, path, name, kind, context, list);
      } else if (found && matches(name, found.isFile())) {
        const candidate = await candidateOf(folder, path, name, kind, context);
        if (candidate) yield candidate;
      }
    }
  };
}

/** `previews/<project>/<job>/...` names a job; anything shorter names none. */
function jobOf({ names }: Pick<Candidate, 'names'>): PreviewJobKey {
  return { project: textOf(names[1] ?? ''), job: textOf(names[2] ?? '') };
}
