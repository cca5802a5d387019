// Small helpers around the DOM. They write text with textContent and leave alone what has not changed, so that
// focus, selection and open rows survive every update.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an HTML element. `attributes` may hold `class`, `text` and any attribute; children may be nodes or null. */
export function element(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** Makes an SVG element. */
export function drawing(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else setAttribute(node, name, value);
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}

/** The element with this id, which index.html has. */
export function byId(id) {
  return document.getElementById(id);
}

/** How much larger than usual everything is drawn, by the size of the type: 1 on most screens, more on walls. */
export function grainOf(node) {
  return parseFloat(window.getComputedStyle(node.ownerDocument.documentElement).fontSize) / 16;
}

/** Writes a node's text if it differs. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute if it differs; null or false removes it, true sets it empty. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/** Shows or hides a node. */
export function setShown(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/**
 * Makes a container's children follow `items`: one child a key, made once, updated in place, moved only when the
 * order differs. Children that go are removed.
 *
 * @param {Element} container
 * @param {Array} items
 * @param {(item) => string} keyOf
 * @param {(item) => Element} make
 * @param {(node: Element, item, index: number) => void} update
 */
export function reconcile(container, items, keyOf, make, update) {
  const known = container.keyed ?? (container.keyed = new Map());
  const wanted = new Set(items.map(keyOf));
  for (const [key, node] of known) {
    if (wanted.has(key)) continue;
    node.remove();
    known.delete(key);
  }
  let previous = null;
  items.forEach((item, index) => {
    const key = keyOf(item);
    let node = known.get(key);
    if (!node) {
      node = make(item);
      known.set(key, node);
    }
    const place = previous ? previous.nextSibling : container.firstChild;
    if (node !== place) container.insertBefore(node, place);
    update(node, item, index);
    previous = node;
  });
}
