// Contacts: found as one types, checked as one types; files looked at before they are sent. Without script, forms do it.

// The list follows the search field. An answer that a later one has overtaken is dropped.
for (const form of document.querySelectorAll("[data-instant]")) {
  const field = form.querySelector("input[type=search]");
  const found = document.querySelector("[data-found]");
  const status = document.querySelector("[data-status]");
  let timer;
  let latest = 0;
  const query = () => {
    const pairs = [...new FormData(form)].filter(([, value]) => value.trim() !== "");
    return new URLSearchParams(pairs).toString();
  };
  const ask = async () => {
    const turn = ++latest;
    const asked = query();
    const answer = await fetch(`${form.dataset.instant}?${asked}`).catch(() => null);
    if (!answer || !answer.ok || answer.redirected || turn !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (turn !== latest) return;
    found.replaceChildren(...page.body.childNodes);
    status.textContent = found.querySelector("[data-count]")?.textContent ?? "";
    history.replaceState(null, "", asked ? `${form.action}?${asked}` : form.action);
    // Filters keep what is typed.
    for (const link of document.querySelectorAll("[data-show]")) {
      const to = new URLSearchParams();
      if (field.value.trim()) to.set("q", field.value.trim());
      if (link.dataset.show) to.set("show", link.dataset.show);
      link.search = to.toString();
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });

  const hits = () => [...found.querySelectorAll("[data-hit]")];
  const typing = (target) => target.matches("input, textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const at = hits().indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "/" && !typing(event.target)) {
      field.focus();
      field.select();
    } else if (step && (at >= 0 || (document.activeElement === field && step > 0))) {
      (hits()[at + step] ?? (step < 0 ? field : hits()[at]))?.focus();
    } else if (event.key === "Escape" && at >= 0) {
      field.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
}

// What the server says beside each field, once there is something in it or somebody has left it.
for (const part of document.querySelectorAll("[data-fields]")) {
  const form = part.closest("form");
  const left = new Set();
  let timer;
  let latest = 0;
  const tell = ({ field, problem, hint }) => {
    const input = part.querySelector(`[name="${field}"]`);
    const shown = problem && (left.has(field) || (input.value.trim() !== "" && document.activeElement !== input)) ? problem : "";
    part.querySelector(`#${field}-error`).textContent = shown;
    const below = part.querySelector(`#${field}-hint`);
    if (below && below.textContent !== hint) below.textContent = hint;
    if (shown) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  const ask = async () => {
    const turn = ++latest;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("form", part.dataset.tag);
    const answer = await fetch(part.dataset.fields, { method: "POST", body: fields }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected || turn !== latest) return;
    const told = await answer.json();
    if (turn === latest) told.forEach(tell);
  };
  const soon = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(ask, ms);
  };
  part.addEventListener("input", (event) => {
    // A field that is being put right is told so at once.
    if (event.target.getAttribute("aria-invalid")) left.add(event.target.name);
    soon(250);
  });
  part.addEventListener("focusout", (event) => {
    if (event.target.value?.trim()) left.add(event.target.name);
    soon(0);
  });
}

// A file that is too large is named before it travels.
for (const form of document.querySelectorAll("[data-upload]")) {
  const field = form.querySelector("input[type=file]");
  const told = form.querySelector("[data-too-large]");
  const tooLarge = () => (field.files[0]?.size ?? 0) > Number(form.dataset.upload);
  const look = () => {
    told.hidden = !tooLarge();
    if (tooLarge()) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  };
  field.addEventListener("change", look);
  form.addEventListener("submit", (event) => {
    if (!tooLarge()) return;
    event.preventDefault();
    field.focus();
  });
}

// An import goes on by itself; its page is asked for anew once it is over.
for (const part of document.querySelectorAll("[data-import]")) {
  const bar = part.querySelector("progress");
  const done = part.querySelector("[data-done]");
  const source = new EventSource(part.dataset.import);
  source.addEventListener("open", () => { part.querySelector(".reload").hidden = true; });
  source.addEventListener("progress", (event) => {
    bar.value = Number(event.data);
    done.textContent = event.data;
  });
  source.addEventListener("over", () => {
    source.close();
    location.reload();
  });
}
