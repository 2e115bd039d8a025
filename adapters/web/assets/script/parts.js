// What script adds to a page, part by part. Each part looks at whatever comes into the page, at its load or later.
const parts = [];
const enhance = (root) => parts.forEach((part) => part(root));
/** Tells what is about to be taken out of the page. */
const dismiss = (root) => {
  for (const one of root.querySelectorAll("[data-live], [data-leaves]")) one.dispatchEvent(new Event("dismiss"));
};
document.addEventListener("DOMContentLoaded", () => enhance(document));
