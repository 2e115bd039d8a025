// The preview of a message, as one types. Without script the button does it.
parts.push((root) => {
  for (const editor of root.querySelectorAll("[data-preview]")) {
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
});
