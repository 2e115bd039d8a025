// Copy buttons, and cards that follow what happens. Everything works without script, too.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  if (!field || !navigator.clipboard) continue;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// A card is drawn anew by the server; while nobody looks at the page, nothing is asked.
for (const card of document.querySelectorAll("[data-live]")) {
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
    source.addEventListener("over", () => {
      stop();
      document.removeEventListener("visibilitychange", look);
    });
  };
  const look = () => (document.hidden ? stop() : follow());

  document.addEventListener("visibilitychange", look);
  look();
}

// The preview of a message, as one types. Without script the button does it.
for (const editor of document.querySelectorAll("[data-preview]")) {
  const form = editor.closest("form");
  const shown = document.getElementById("preview");
  let timer;
  let latest = 0;
  const ask = async () => {
    const turn = ++latest;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("form", editor.dataset.tag);
    const answer = await fetch(editor.dataset.preview, { method: "POST", body: fields }).catch(() => null);
    if (!answer || !answer.ok || turn !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn === latest) shown.replaceChildren(...page.body.childNodes);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
}
