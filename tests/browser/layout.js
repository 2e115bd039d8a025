// How a page lies on the screen, asked inside the page.

/** What is wider than the screen, and what lies over something else; empty when all is well. */
export function faults() {
  const name = (element) => {
    const text = (element.textContent || element.name || "").trim().replace(/\s+/g, " ").slice(0, 30);
    return `<${element.localName}${element.className ? ` class="${element.getAttribute("class")}"` : ""}> ${text}`;
  };
  const style = (element) => getComputedStyle(element);
  const scrolls = (element) => {
    for (let above = element.parentElement; above && above !== document.body; above = above.parentElement) {
      if (style(above).overflowX !== "visible") return true;
    }
    return false;
  };
  const seen = { checkOpacity: true, checkVisibilityCSS: true, opacityProperty: true, visibilityProperty: true };
  const found = [];

  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) {
    const over = [...document.body.querySelectorAll("*")].filter((element) => {
      const { right, left } = element.getBoundingClientRect();
      return (right > innerWidth + 1 || left < -1) && !scrolls(element) && element.checkVisibility(seen);
    });
    found.push(`${wide} px wide on ${innerWidth}: ${over.slice(-3).map(name).join(" | ")}`);
  }

  const shown = (element) => {
    if (!element.checkVisibility(seen) || element.closest("svg, [inert], datalist, option")) return false;
    for (let above = element; above && above !== document.documentElement; above = above.parentElement) {
      const { position, clipPath, overflow } = style(above);
      if (position === "fixed" || position === "sticky" || clipPath !== "none") return false;
      const box = above.getBoundingClientRect();
      if (overflow !== "visible" && (box.width <= 2 || box.height <= 2)) return false;
    }
    return true;
  };
  const modal = document.querySelector("dialog:modal") ?? document.body;
  /** What is left of a box where the elements around it cut off what sticks out. */
  const cut = (element, { left, top, right, bottom }) => {
    for (let above = element; above && above !== document.body; above = above.parentElement) {
      if (style(above).overflow === "visible") continue;
      const box = above.getBoundingClientRect();
      [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
      [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    return { left, top, right, bottom, height: bottom - top };
  };
  const boxes = [];
  const add = (element, rects, around) => {
    for (const rect of [...rects].map((whole) => cut(around, whole))) {
      const { left, right, bottom, height } = rect;
      if (right - left > 2 && height > 2 && right > 0 && bottom > 0) boxes.push({ element, rect });
    }
  };
  for (const control of modal.querySelectorAll("input:not([type=hidden]), select, textarea, button, img, a.button")) {
    if (shown(control)) add(control, [control.getBoundingClientRect()], control.parentElement);
  }
  const texts = document.createTreeWalker(modal, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    if (!text.data.trim() || !shown(text.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    add(text.parentElement, range.getClientRects(), text.parentElement);
  }
  boxes.sort((one, other) => one.rect.top - other.rect.top);
  for (let nth = 0; nth < boxes.length && found.length < 5; nth++) {
    const one = boxes[nth];
    for (let next = nth + 1; next < boxes.length && boxes[next].rect.top < one.rect.bottom; next++) {
      const other = boxes[next];
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const across = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
      const down = Math.min(one.rect.bottom, other.rect.bottom) - other.rect.top;
      // Lines of text may be set closer than their boxes are high.
      const lower = Math.min(one.rect.height, other.rect.height);
      if (across > 2 && down > lower * 0.4) found.push(`${name(one.element)} lies over ${name(other.element)}`);
    }
  }
  return found;
}
