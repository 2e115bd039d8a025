// Will it work? Asked anew at every choice; what the answer says takes the place of what was said.
parts.push((root) => {
  for (const form of [...root.querySelectorAll("[data-check]")].map((place) => place.querySelector("form"))) {
    const place = form.closest("[data-check]");
    let timer;
    let latest = 0;
    const ask = async () => {
      const turn = ++latest;
      const fields = new URLSearchParams(new FormData(form));
      fields.set("do", "check");
      const answer = await fetch(form.action, { method: "POST", body: fields }).catch(() => null);
      if (!answer?.ok || turn !== latest) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn !== latest) return;
      for (const fresh of page.querySelectorAll("[data-fresh]")) {
        const stale = place.querySelector(`[data-fresh="${fresh.dataset.fresh}"]`);
        const held = stale?.contains(document.activeElement);
        if (stale && !held && stale.innerHTML !== fresh.innerHTML) stale.replaceChildren(...fresh.childNodes);
      }
    };
    form.addEventListener("input", (event) => {
      if (event.target.name === "custom") form.querySelector("[name=lifetime][value=custom]").checked = true;
      clearTimeout(timer);
      timer = setTimeout(ask, 250);
    });
  }
});
