/** The files that run in a page; everything else runs in Node. */
export const inPage: string[];
