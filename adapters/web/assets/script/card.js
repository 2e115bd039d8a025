// A card is drawn anew by the server; while nobody looks at the page, nothing is asked.
parts.push((root) => {
  for (const card of root.querySelectorAll("[data-live]")) {
    const part = card.querySelector("[data-part]");
    const reload = card.querySelector("[data-reload]");
    let source = null;

    const draw = (html) => {
      const held = part.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
      part.innerHTML = html;
      if (held) part.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
    };
    const stop = () => {
      source?.close();
      source = null;
    };
    const follow = () => {
      if (source) return;
      source = new EventSource(card.dataset.live);
      source.addEventListener("open", () => { reload.hidden = true; });
      source.addEventListener("error", () => { reload.hidden = false; });
      source.addEventListener("card", (event) => draw(event.data));
      source.addEventListener("over", end);
    };
    const look = () => (document.hidden ? stop() : follow());
    const end = () => {
      stop();
      document.removeEventListener("visibilitychange", look);
    };

    document.addEventListener("visibilitychange", look);
    card.addEventListener("dismiss", end);
    look();
  }
});
