/// <reference lib="dom" />
/**
 * JSON as a tree that opens and closes.
 *
 * @module
 */

/** The tree of a value, open at its top. */
export function treeOf(value: unknown): HTMLElement {
  const root = document.createElement("div");
  root.className = "tree";
  root.tabIndex = 0;
  let left = NODES_MAX;
  const add = (parent: HTMLElement, name: string, each: unknown, depth: number) => {
    if (left-- <= 0) return;
    if (typeof each !== "object" || each === null) return void parent.append(leaf(name, each));
    const entries = Object.entries(each);
    const box = document.createElement("details");
    box.open = depth < 2;
    const head = document.createElement("summary");
    const size = Array.isArray(each) ? `[${entries.length}]` : `{${entries.length}}`;
    head.append(part("name", name === "" ? "" : `${name}: `), part("quiet", size));
    box.append(head);
    for (const [key, inner] of entries) add(box, key, inner, depth + 1);
    parent.append(box);
  };
  add(root, "", value, 0);
  if (left <= 0) root.append(part("quiet", "… too large to show whole: see Text"));
  return root;
}

function leaf(name: string, value: unknown): HTMLElement {
  const line = document.createElement("div");
  line.className = "leaf";
  const kind = typeof value === "string"
    ? "string"
    : typeof value === "number"
    ? "number"
    : "literal";
  if (name !== "") line.append(part("name", `${name}: `));
  line.append(part(kind, JSON.stringify(value)));
  return line;
}

function part(kind: string, text: string): HTMLElement {
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = text;
  return span;
}

const NODES_MAX = 2000;
