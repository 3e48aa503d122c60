/** `npm run serve`: the product, without demo data. Its settings and commands: `-- --help`. */
import { buildElements } from './build-elements.ts';

const wantsHelp = process.argv.some((arg) => ['-h', '--help', '-v', '--version'].includes(arg));
if (!wantsHelp) await buildElements();
await import('../server/main.ts');
