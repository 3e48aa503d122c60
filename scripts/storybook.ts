/** Storybook, following every change: `npm run storybook`. */
import { buildManifest } from './build.ts';
import { run, stopAllOnSignal } from './support/processes.ts';

stopAllOnSignal();
await buildManifest();
const args = ['dev', '-p', '6006', '--no-open', '--ci'];
process.exitCode = (await run('storybook', args, { stream: true })).code;
