import { hash } from 'node:crypto';

/** The one style of the pages, which stands in them. */
const STYLE = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { max-width: 36rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; }
dt { font-weight: 600; }
dd { margin: 0 0 .75rem; }
fieldset { border: 1px solid; margin: 0 0 1rem; }
label { display: inline-block; padding: .5rem .75rem .5rem 0; }
input[type=text] { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; }
button { font: inherit; padding: .5rem 1rem; }
[role=status] { border-left: .25rem solid; padding: .25rem .75rem; }
`;

/** In one piece, as the policy has the digest of every character of it. */
export const STYLE_ELEMENT = `<style>${STYLE}</style>`;

/** As a source of a Content Security Policy: this style and no other. */
export const STYLE_SOURCE = `'sha256-${hash('sha256', STYLE, 'base64')}'`;
