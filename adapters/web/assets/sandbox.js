// Chat rooms that follow what happens. Without script, a reload does it.
for (const rooms of document.querySelectorAll("[data-rooms]")) {
  const down = (part) => { if (part.matches(".said")) part.scrollTop = part.scrollHeight; };
  const draw = (page) => {
    for (const part of rooms.querySelectorAll("[data-part]")) {
      const fresh = page.getElementById(part.id);
      if (!fresh || fresh.innerHTML === part.innerHTML) continue;
      const held = part.contains(document.activeElement) ? document.activeElement : null;
      // Whoever is filling a dialog in goes on doing so, as long as it is open.
      if (held && part.matches(".asked") && fresh.firstElementChild) continue;
      part.innerHTML = fresh.innerHTML;
      if (held?.dataset.key) part.querySelector(`[data-key="${CSS.escape(held.dataset.key)}"]`)?.focus();
      down(part);
    }
    for (const typed of rooms.querySelectorAll(".type input")) {
      typed.placeholder = page.getElementById(typed.id)?.placeholder ?? "";
    }
  };
  const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const look = async () => {
    const answer = await fetch(location.pathname).catch(() => null);
    if (answer?.ok) draw(await read(answer));
  };

  const source = new EventSource(`${rooms.dataset.rooms}?seen=${rooms.dataset.seen}`);
  source.addEventListener("rooms", look);
  addEventListener("pagehide", () => source.close());

  // Where the platform suggests while somebody types, the button for it is not needed.
  for (const form of rooms.querySelectorAll("[data-suggests]")) {
    let asked = 0;
    form.querySelector("[value=suggest]").hidden = true;
    form.elements.text.addEventListener("input", () => {
      const mine = ++asked;
      setTimeout(async () => {
        if (mine !== asked) return;
        const fields = new URLSearchParams(new FormData(form));
        fields.set("do", "suggest");
        const answer = await fetch(form.action, { method: "POST", body: fields }).catch(() => null);
        if (answer?.ok && mine === asked) draw(await read(answer));
      }, 250);
    });
    form.addEventListener("submit", () => asked++);
  }

  // What is done in a room need not load the page anew.
  rooms.addEventListener("submit", async (event) => {
    const fields = new URLSearchParams(new FormData(event.target, event.submitter));
    const typed = event.target.matches(".type") ? event.target.elements.text : null;
    event.preventDefault();
    // The next command may be typed before this one is answered.
    if (typed) typed.value = "";
    document.activeElement?.closest(".asked") && document.activeElement.blur();
    const answer = await fetch(event.target.action, { method: "POST", body: fields }).catch(() => null);
    if (!answer) return location.reload();
    const page = await read(answer);
    rooms.parentElement.querySelector(":scope > .problem")?.remove();
    const problem = page.querySelector("main > .problem");
    if (problem) rooms.before(problem);
    if (problem && typed && !typed.value) typed.value = fields.get("text");
    draw(page);
  });
  rooms.querySelectorAll(".said").forEach(down);
}
