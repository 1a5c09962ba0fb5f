/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Makes a part of the page look like new HTML by changing only what differs, so that focus, selection,
 * scroll positions and open dialogs stay as they are.
 *
 * @module
 */

/** Makes the inside of `element` what `html` says. */
export function morph(element: Element, html: string): void {
  // A template's content is inert: nothing in it loads or runs.
  const template = document.createElement("template");
  template.innerHTML = html;
  morphChildren(element, template.content);
}

function morphChildren(from: Node, to: Node): void {
  let present = from.firstChild;
  let wanted = to.firstChild;
  while (wanted !== null) {
    const nextWanted = wanted.nextSibling;
    if (present === null) from.appendChild(wanted);
    else if (isSame(present, wanted)) {
      const next: ChildNode | null = present.nextSibling;
      morphNode(present, wanted);
      present = next;
    } else {
      const moved = findBehind(present, wanted);
      if (moved === undefined) from.insertBefore(wanted, present);
      else {
        while (present !== moved) present = removed(present!);
        morphNode(moved, wanted);
        present = moved.nextSibling;
      }
    }
    wanted = nextWanted;
  }
  while (present !== null) present = removed(present);
}

function removed(node: ChildNode): ChildNode | null {
  const next = node.nextSibling;
  if (!(node instanceof Element && node.hasAttribute("data-own"))) node.remove();
  return next;
}

/** A later sibling that is what is wanted: what lies before it has gone. */
function findBehind(node: Node, wanted: Node): ChildNode | undefined {
  let looks = 0;
  for (let each = node.nextSibling; each !== null && looks < LOOKS_MAX; each = each.nextSibling) {
    if (isSame(each, wanted)) return each;
    looks++;
  }
  return undefined;
}

function isSame(one: Node, other: Node): boolean {
  if (one.nodeType !== other.nodeType || one.nodeName !== other.nodeName) return false;
  return keyOf(one) === keyOf(other);
}

function keyOf(node: Node): string {
  if (!(node instanceof Element)) return "";
  return node.id || (node.getAttribute("data-key") ?? node.getAttribute("data-href") ?? "");
}

function morphNode(from: Node, to: Node): void {
  if (!(from instanceof Element) || !(to instanceof Element)) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (isPersons(from)) return;
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !KEPT.has(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  morphChildren(from, to);
}

/** What belongs to the person or to a script of its own while it is in use. */
function isPersons(element: Element): boolean {
  return element.hasAttribute("data-own") || element === document.activeElement &&
      element.matches("input, textarea, select") ||
    element instanceof HTMLDialogElement && element.open;
}

/** Set by the browser or by scripts, and none of the node's business. */
const KEPT: ReadonlySet<string> = new Set(["open", "data-at"]);
const LOOKS_MAX = 20;
