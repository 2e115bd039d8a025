// Pages that open over the one that one is on. Without script, or in another tab, they are pages of their own.
{
  let sheet;
  let busy = false;
  /** A link was made: the page below tells of it once the sheet is closed. */
  let made = false;

  const make = () => {
    sheet = document.createElement("dialog");
    sheet.className = "over";
    sheet.setAttribute("aria-label", "Generate magic link");
    sheet.innerHTML =
      '<form method="dialog" class="shut"><button class="quiet square"><i class="icon icon-close" aria-hidden="true"></i>' +
      '<span class="sr">Close</span></button></form><p class="problem" role="alert" hidden>The server did not answer. ' +
      "Try again: nothing is made twice.</p><div data-body></div>";
    sheet.addEventListener("close", () => {
      empty();
      if (made) location.reload();
    });
    document.body.append(sheet);
  };
  const body = () => sheet.querySelector("[data-body]");
  const empty = () => {
    dismiss(body());
    body().replaceChildren();
  };
  const show = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.querySelector("[data-over]");
    // Signed out meanwhile, or an act whose page is another.
    if (!part && answer.redirected) return location.assign(answer.url);
    empty();
    body().append(...(part ? [part] : (page.querySelector("main") ?? page.body).childNodes));
    made ||= part?.dataset.over === "made";
    if (!sheet.open) sheet.showModal();
    enhance(body());
    focus();
  };
  const focus = () => {
    const first = body().querySelector("[data-focus], [autofocus]") ?? body().querySelector("a, button:not([tabindex])");
    first?.focus({ preventScroll: true });
    sheet.scrollTop = 0;
  };
  const ask = async (url, request) => {
    if (busy) return;
    if (!sheet) make();
    busy = true;
    const answer = await fetch(url, request).catch(() => null);
    busy = false;
    sheet.querySelector("[role=alert]").hidden = answer !== null;
    if (answer) await show(answer);
    else if (!sheet.open) location.assign(url);
  };
  const opens = (path) => path === "/console/generate" || path.startsWith("/console/generate/");

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented || link.origin !== location.origin || !opens(link.pathname)) return;
    // On the page itself it stays a page.
    if (opens(location.pathname)) return;
    event.preventDefault();
    ask(link.href);
  });
  document.addEventListener("pick", (event) => {
    if (!sheet?.contains(event.target)) return;
    event.preventDefault();
    ask(event.detail);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!sheet?.contains(form) || form.method === "dialog" || event.defaultPrevented) return;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    if (form.method === "post") ask(form.action, { method: "POST", body: fields });
    else ask(`${form.action}?${fields}`);
  });
  parts.push((root) => {
    // A result that is a page of its own.
    if (root === document) document.querySelector("[data-over] [data-focus]")?.focus();
  });
}
