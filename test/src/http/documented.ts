import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface Operation {
  readonly responses: Record<string, { content?: { 'application/json'?: { schema: object } } }>;
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: object;
}

/** Answers that any path may give before it comes to an operation. */
const ANYWHERE = new Set([404, 405]);

/** Says what is wrong with an answer by the API's own document; undefined when it is as documented. */
export type Check = (method: string, path: string, status: number, body: unknown) => string | undefined;

export function checkAgainst(document: Document): Check {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema({ $id: 'document', components: document.components });
  const pattern = (template: string) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  const paths = Object.entries(document.paths).map(([template, methods]) => ({
    match: pattern(template),
    methods,
  }));

  return (method, path, status, body) => {
    const operation = paths.find(({ match }) => match.test(path))?.methods[method.toLowerCase()];
    const answer = operation?.responses[status];
    if (!operation || !answer) {
      return !operation || ANYWHERE.has(status)
        ? undefined
        : `${method} ${path}: ${status} is not documented`;
    }
    const schema = answer.content?.['application/json']?.schema;
    if (!schema) return undefined;
    const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components'));
    return ajv.validate(local, body) ? undefined : `${method} ${path} ${status}: ${ajv.errorsText()}`;
  };
}
