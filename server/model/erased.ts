/**
 * The user that everything of erased users counts for. The name is reserved: what telemetry sends
 * under it is treated as an erased user's.
 */
export const ERASED = 'erased';
