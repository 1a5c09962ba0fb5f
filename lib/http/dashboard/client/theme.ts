/// <reference lib="dom" />
/**
 * Light or dark: as the system has it, unless the person chose.
 *
 * @module
 */

/** The other one from now on. */
export function switchTheme(): void {
  const { dataset } = document.documentElement;
  const isDark = dataset.theme === undefined
    ? matchMedia("(prefers-color-scheme: dark)").matches
    : dataset.theme === "dark";
  dataset.theme = isDark ? "light" : "dark";
  // A cookie, so that the node makes the next page in it from the start.
  document.cookie = `whippet-theme=${dataset.theme}; Path=/; Max-Age=31536000; SameSite=Strict`;
}
