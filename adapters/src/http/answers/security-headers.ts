/** What browsers are told of answers, as the OWASP cheat sheets on REST and on headers have it. */

const EVERYWHERE = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' };

/** Of an answer for programs: no page shows it, and nobody keeps it. */
export const FOR_PROGRAMS = {
  ...EVERYWHERE,
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/** Of the documentation, which styles its elements one by one, and has its pictures in itself. */
export const FOR_PAGES = {
  ...EVERYWHERE,
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};
