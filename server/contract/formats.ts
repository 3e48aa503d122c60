/** The formats that the contract uses, as Ajv takes them and as the compiled checks call them. */

/** As PostgreSQL takes it: without `urn:uuid:` before it. */
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** RFC 3339 with an offset, and a time that exists: no 24:00, nor 23:59:60, which `Date` lacks. */
const instant = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

function isInstant(text: string): boolean {
  if (!instant.test(text)) return false;
  const day = text.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  // `Date` takes February 30th for March 2nd.
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return false;
  return !Number.isNaN(Date.parse(text.toUpperCase()));
}

export const formats = {
  uuid,
  'date-time': { type: 'string', validate: isInstant },
} as const;
