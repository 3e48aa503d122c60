/**
 * What lies below the data directory, beside the embedded database.
 *
 * - `previews/<project>/<job>/`: a preview, unpacked to be served.
 * - `objects/<key>`: the object storage of an installation without another one; a preview's
 *   bundle has the key `previews/<project>/<job>/bundle.zip`.
 * - `tmp/<name>/`: what a job works in, gone when it is done.
 * - `logs/<name>.log`
 *
 * Cleanup removes directories that it leaves empty: whoever writes makes them anew each time.
 */
export const layout = {
  previews: 'previews',
  objects: 'objects',
  tmp: 'tmp',
  logs: 'logs',
} as const;
