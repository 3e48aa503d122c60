/** A self-signed certificate of hooks.example.com until 2126; its key protects nothing. */
const pem = (label: string, lines: readonly string[]): string =>
  [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');

export const key = pem('PRIVATE KEY', [
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrRDA4bDd/Xx0qD33g2i3nvJTH/SFluPMwAB8bS4i',
  'gemhRANCAATMBpzccbIW1aAKl/zviOR88ViCBY6TMU42LSpRP5ZqCG2IRhMxS8/XNv5o9lmhLcgQERfpD9WKPpk1',
  'kMP6fvXT',
]);

export const cert = pem('CERTIFICATE', [
  'MIIBrTCCAVOgAwIBAgIUTvR5p2GGH58Aiv67xdIa4Q2YSfEwCgYIKoZIzj0EAwIwHDEaMBgGA1UEAwwRaG9va3Mu',
  'ZXhhbXBsZS5jb20wIBcNMjYxMTMwMjI1MTE4WhgPMjEyNjExMDYyMjUxMThaMBwxGjAYBgNVBAMMEWhvb2tzLmV4',
  'YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEzAac3HGyFtWgCpf874jkfPFYggWOkzFONi0qUT+W',
  'aghtiEYTMUvP1zb+aPZZoS3IEBEX6Q/Vij6ZNZDD+n7106NxMG8wHQYDVR0OBBYEFP200bOlf+hfsbiOc4R9bYR7',
  '9/K7MB8GA1UdIwQYMBaAFP200bOlf+hfsbiOc4R9bYR79/K7MA8GA1UdEwEB/wQFMAMBAf8wHAYDVR0RBBUwE4IR',
  'aG9va3MuZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIge11ksUhg2DdW1FzD8Jnl7yqvWU3L+17FnAPmCSKF',
  'O9MCIQDs+fQKgC+rjI8MogTDKvSHiLQt+BAXgo097cfxK9mfdw==',
]);
