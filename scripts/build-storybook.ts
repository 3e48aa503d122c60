/** The Storybook as static files in storybook-static: `node scripts/build-storybook.ts`. */
import { buildManifest } from './build.ts';
import { run } from './support/processes.ts';

await buildManifest();
const { code, output } = await run('storybook', ['build', '--quiet', '-o', 'storybook-static']);
if (code !== 0) console.error(output);
process.exitCode = code;
