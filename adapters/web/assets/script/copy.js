// Copy buttons. Without script the value is selected by hand.
parts.push((root) => {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
});
{
  const copy = async (field) => {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      // Over plain http there is no clipboard but this one.
      field.select();
      return document.execCommand("copy");
    }
  };
  /** A place for words that screen readers say. */
  const voice = (button) => {
    const known = button.parentElement.querySelector("[data-said]");
    if (known) return known;
    const said = document.createElement("span");
    said.className = "sr";
    said.dataset.said = "";
    said.setAttribute("role", "status");
    button.after(said);
    return said;
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    const field = button && document.getElementById(button.dataset.copy);
    if (!field || button.classList.contains("done")) return;
    const said = voice(button);
    if (!(await copy(field))) return field.select();
    const icon = button.querySelector(".icon-copy");
    const label = icon ? null : button.textContent;
    button.classList.add("done");
    icon?.classList.replace("icon-copy", "icon-check");
    if (!icon) button.textContent = "Copied";
    said.textContent = "Copied";
    setTimeout(() => {
      button.classList.remove("done");
      icon?.classList.replace("icon-check", "icon-copy");
      if (label) button.textContent = label;
      said.textContent = "";
    }, 4000);
  });
}
