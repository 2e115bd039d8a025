// A field that finds as one types: WAI-ARIA Authoring Practices, combobox with a list. Without script its form searches.
parts.push((root) => {
  for (const box of root.querySelectorAll("[data-combobox]")) {
    const field = box.querySelector("input");
    const list = box.querySelector("[role=listbox]");
    const said = box.querySelector("[role=status]");
    let latest = 0;
    let timer;
    let asking = false;
    /** Enter came before the answer. */
    let hasty = false;

    for (const plain of box.querySelectorAll("[data-plain]")) plain.hidden = true;
    const set = (name, value) => field.setAttribute(name, value);
    set("role", "combobox");
    set("aria-autocomplete", "list");
    set("aria-expanded", "false");
    set("aria-controls", list.id);
    field.autocomplete = "off";
    // In a search field Escape would empty the field instead of closing what it stands in.
    field.type = "text";

    const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
    const marked = () => list.querySelector("[aria-selected=true]");
    const mark = (option) => {
      for (const one of options()) one.setAttribute("aria-selected", String(one === option));
      if (!option) return field.removeAttribute("aria-activedescendant");
      set("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };
    const open = (is) => {
      list.hidden = !is;
      set("aria-expanded", String(is));
      mark(is ? options()[0] : null);
    };
    const pick = (option) => {
      const event = new CustomEvent("pick", { bubbles: true, cancelable: true, detail: option.dataset.href });
      if (box.dispatchEvent(event)) location.assign(option.dataset.href);
    };
    const ask = async () => {
      const turn = ++latest;
      const typed = field.value.trim();
      asking = typed !== "";
      if (!typed) {
        said.textContent = "";
        return open(false);
      }
      const answer = await fetch(`${box.dataset.combobox}?q=${encodeURIComponent(typed)}`).catch(() => null);
      // Signed out meanwhile.
      if (answer?.redirected) return location.reload();
      const html = answer?.ok ? await answer.text() : "";
      if (turn !== latest) return;
      asking = false;
      list.innerHTML = html;
      said.textContent = list.firstElementChild?.dataset.said ?? "";
      open(html !== "");
      // Nobody is picked unseen, unless there is nobody else.
      if (hasty && options().length === 1) pick(options()[0]);
      hasty = false;
    };

    field.addEventListener("input", () => {
      clearTimeout(timer);
      asking = true;
      hasty = false;
      timer = setTimeout(ask, 60);
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const all = options();
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && !list.hidden && all.length) {
        event.preventDefault();
        mark(all[(all.indexOf(marked()) + step + all.length) % all.length]);
      } else if (step === 1) {
        event.preventDefault();
        ask();
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (asking) hasty = true;
        else if (!list.hidden && marked() && !event.repeat) pick(marked());
        else if (list.hidden) ask();
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        open(false);
      }
    });
    field.addEventListener("blur", () => open(false));
    // The field keeps the focus while the list is pressed.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]:not([aria-disabled])");
      if (option) pick(option);
    });
  }
});
