/**
 * What tidy.ts lets pass, each with its reason. A row that is no longer needed is a finding itself.
 *
 * @module
 */

const IN_A_BROWSER = "needs a page: `deno task e2e` drives it in Chromium";

/** Source files without a test file of their own. Files of types only need no row. */
export const UNTESTED: Readonly<Record<string, string>> = {
  "lib/http/dashboard/client/charts.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/produce.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/offset_form.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/message_panel.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/json_tree.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/browser.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/forms.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/keys.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/live.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/main.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/morph.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/rest.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/theme.ts": IN_A_BROWSER,
  "lib/http/dashboard/client/toast.ts": IN_A_BROWSER,
};

/** Files whose exports are a vocabulary, whole whether used or not. */
export const VOCABULARIES: Readonly<Record<string, string>> = {
  "protocol/error_codes.ts": "Iggy's shared list: a number left out is a number someone reuses",
  "tls/registry.ts": "IANA's lists; a row left out is a number nobody can name",
  "scripts/std/": "stand-ins for packages; the names are theirs",
};
