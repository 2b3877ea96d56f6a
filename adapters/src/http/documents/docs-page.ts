import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Env } from '../environment.ts';
import { FOR_PAGES } from '../answers/security-headers.ts';

/** The API's documentation for the browser. Everything it loads comes from here: it works without a network. */

const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const ASSETS = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
} as const;

/** Links are relative, so that the page works wherever the app is mounted. */
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Reslot API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#api', validatorUrl: null });\n`;

export function docsPage(app: OpenAPIHono<Env>): void {
  app.get('/docs', (c) => c.html(PAGE, 200, FOR_PAGES));
  app.get('/docs/start.js', (c) => c.body(START, 200, { ...FOR_PAGES, 'Content-Type': 'text/javascript' }));
  for (const [name, type] of Object.entries(ASSETS)) {
    let file: Promise<ArrayBuffer> | undefined;
    app.get(`/docs/${name}`, async (c) => {
      file ??= contentOf(name);
      return c.body(await file, 200, {
        ...FOR_PAGES,
        'Content-Type': `${type}; charset=utf-8`,
        'Cache-Control': 'public, max-age=86400',
      });
    });
  }
}

async function contentOf(name: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(join(assets, name));
  return buffer.slice(byteOffset, byteOffset + byteLength);
}
