import ts from 'typescript';

/** The rules of the house, checked on the text of the sources, so that they hold whatever resolves or compiles. */

export interface Source {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly rule: string;
  readonly where: string;
}

const MAX_FILE_LINES = 200;
const MAX_FUNCTION_LINES = 70;

/** Where a package may be imported; a package that is not here may be imported by whoever depends on it. */
const HOMES: [packages: RegExp, homes: RegExp][] = [
  [/^(hono|@hono\/.*)$/, /^(adapters\/src\/http|apps)\//],
  [/^(knex|mysql2|libsql)$/, /^(adapters\/src\/knex|apps\/examples\/src)\//],
  [/^(inversify|reflect-metadata)$/, /^apps\/server\/src\/container\.ts$/],
  [/^uuid$/, /^adapters\/src\/ids\//],
  [/^rrule-temporal$/, /^adapters\/src\/http\//],
  [/^ical-generator$/, /^adapters\/src\/icalendar\//],
  [/^jose$/, /^adapters\/src\/(jwt|guest-links)\//],
  [/^@nats-io\/.*$/, /^adapters\/src\/nats\//],
  [/^nodemailer$/, /^adapters\/src\/email\//],
  [/^(undici|standardwebhooks)$/, /^adapters\/src\/webhooks\//],
  [/^ipaddr\.js$/, /^adapters\/src\/(webhooks|limits)\//],
  [/^(rate-limiter-flexible|@redis\/.*)$/, /^adapters\/src\/limits\//],
  [/^prom-client$/, /^apps\/server\/src\/running\/metrics\.ts$/],
];
const CLOCK = /^adapters\/src\/clock\//;
const RANDOM = /^adapters\/src\/ids\//;
const CORE = /^core\/src\//;
const DOMAIN = /^core\/src\/domain\//;
const HTTP = /^adapters\/src\/http\//;
/** Reads a date of HTTP, whose form it has checked. */
const DATES = /^adapters\/src\/webhooks\/answers\.ts$/;
/** Suites are tables of tests in one block; only their files have to be short. */
const SUITES = /^test\/src\/contract\//;
const ADAPTER = /^adapters\/src\/([^/]+)\//;

/** What the core may import from outside of itself. */
const CORE_MAY_IMPORT: ReadonlySet<string> = new Set(['temporal-polyfill']);

export function violationsIn(sources: readonly Source[]): Violation[] {
  return sources.flatMap((source) => {
    const file = ts.createSourceFile(source.path, source.text, ts.ScriptTarget.Latest, true);
    return [
      ...importViolations(source.path, file),
      ...codeViolations(source.path, file),
      ...sizeViolations(source, file),
    ];
  });
}

function importViolations(path: string, file: ts.SourceFile): Violation[] {
  return importsOf(file).flatMap(({ specifier, line }) => {
    const where = `${path}:${line} imports ${specifier}`;
    const target = specifier.startsWith('.') ? resolved(path, specifier) : undefined;
    const bare = specifier.replace(/^((?:@[^/]+\/)?[^/]+).*$/, '$1');
    const broken: string[] = [];
    if (CORE.test(path) && !(target ? CORE.test(target) : CORE_MAY_IMPORT.has(bare))) {
      broken.push('the core imports nothing but itself');
    }
    if (DOMAIN.test(path) && target && !DOMAIN.test(target))
      broken.push('the domain imports nothing but itself');
    const [, adapter] = ADAPTER.exec(path) ?? [];
    if (
      adapter !== undefined &&
      (target ? !target.startsWith(`adapters/src/${adapter}/`) : bare === '@reslot/adapters')
    ) {
      broken.push('an adapter imports no sibling');
    }
    if (
      !CORE.test(path) &&
      (bare === '@reslot/core' ? specifier !== bare : target !== undefined && CORE.test(target))
    ) {
      broken.push('the core is imported through its root');
    }
    for (const [packages, homes] of HOMES) {
      if (target === undefined && packages.test(bare) && !homes.test(path))
        broken.push(`${bare} has its home`);
    }
    return broken.map((rule) => ({ rule, where }));
  });
}

function codeViolations(path: string, file: ts.SourceFile): Violation[] {
  const found: Violation[] = [];
  const visit = (node: ts.Node): void => {
    const add = (rule: string) => found.push({ rule, where: `${path}:${lineOf(file, node)}` });
    const text = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression.getText(file) : '';
    const now =
      /^(Date\.now|performance\.now|process\.hrtime(\.bigint)?|Temporal\.Now\..*)$/.test(text) ||
      (text === 'Date' &&
        (ts.isCallExpression(node) || !ts.isNewExpression(node) || !node.arguments?.length));
    if (now && !CLOCK.test(path)) add('only the clock tells the time');
    const reads = text === 'Date.parse' || (text === 'Date' && HTTP.test(path));
    if (reads && !DATES.test(path)) add('no text becomes a time by Date');
    if (/(^|\.)(random|randomUUID|randomBytes|randomInt|getRandomValues)$/.test(text) && !RANDOM.test(path)) {
      add('only ids are random');
    }
    if (DOMAIN.test(path)) {
      const isAsync =
        ts.canHaveModifiers(node) &&
        ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
      if (isAsync === true || ts.isAwaitExpression(node) || /^Promise\b/.test(text))
        add('the domain is synchronous');
      if (ts.isThrowStatement(node)) add('the domain throws nothing');
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function sizeViolations({ path, text }: Source, file: ts.SourceFile): Violation[] {
  const found: Violation[] = [];
  const lines = text.trimEnd().split('\n').length;
  if (lines > MAX_FILE_LINES) found.push({ rule: 'files stay short', where: `${path}: ${lines} lines` });
  if (SUITES.test(path)) return found;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const length = lineOf(file, node, node.getEnd()) - lineOf(file, node) + 1;
      const name = `${path}#${nameOf(node)}`;
      if (length > MAX_FUNCTION_LINES) {
        found.push({ rule: 'functions stay short', where: `${name}: ${length} lines` });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function importsOf(file: ts.SourceFile): { specifier: string; line: number }[] {
  const found: { specifier: string; line: number }[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined) => {
    if (specifier && ts.isStringLiteralLike(specifier))
      found.push({ specifier: specifier.text, line: lineOf(file, node) });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node, node.moduleSpecifier);
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal);
    if (ts.isCallExpression(node)) {
      const callee = node.expression;
      const loads =
        callee.kind === ts.SyntaxKind.ImportKeyword || /(^|\.)(require|resolve)$/.test(callee.getText(file));
      if (loads) add(node, node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The path that a relative import names. */
const resolved = (path: string, specifier: string): string =>
  new URL(specifier, `file:///${path}`).pathname.slice(1);

const lineOf = (file: ts.SourceFile, node: ts.Node, position = node.getStart(file)): number =>
  file.getLineAndCharacterOfPosition(position).line + 1;

function nameOf(node: ts.Node): string {
  if (
    'name' in node &&
    node.name &&
    typeof node.name === 'object' &&
    'getText' in node.name &&
    typeof node.name.getText === 'function'
  ) {
    return String(node.name.getText());
  }
  return node.parent && ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : 'anonymous';
}
