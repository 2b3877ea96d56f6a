/** What a command prints: a value for `--json`, lines for people. */
export interface Report {
  readonly json: unknown;
  readonly text: string;
}
