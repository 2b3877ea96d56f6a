/** What the library leaves to its callers, or does otherwise than the standard. */

/** Text without anything that ends a line or that a line may not have (RFC 5545, 3.1). */
export const oneLine = (text: string): string =>
  text.toWellFormed().replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');

/**
 * A caret begins an escape in every parameter (RFC 6868); a quote would end one, whatever stands before it. The library
 * doubles backslashes in quotes, which the standard does not know of: some readers undo it, others show two.
 */
const parameter = (text: string): string => oneLine(text).replaceAll('^', '^^').replaceAll('"', "^'");

/**
 * An address for a `mailto:` (RFC 6068, 2): a `?` would begin headers, a `%` would hide another character. Plus signs are
 * left, as they are common and mean themselves.
 */
const mailbox = (email: string): string =>
  encodeURIComponent(email.toWellFormed()).replaceAll('%40', '@').replaceAll('%2B', '+');

/**
 * Somebody with a name and an address, as the library is to be told. With `mailto` it writes the `email` as a parameter
 * (RFC 7986, 6.2), and it does so after the name: ical.js, which is in Thunderbird, counts the backslashes of the last
 * parameter wrongly, and would take a colon in a name for the end of the parameters.
 */
export const party = ({ name, email }: { name: string; email: string }) => ({
  name: parameter(name),
  email: parameter(email).replaceAll(/[\\,:;]/g, encodeURIComponent),
  mailto: mailbox(email),
});
