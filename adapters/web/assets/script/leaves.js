// A link leaves the screen: after a while, at a press, and with the page. Without script the page moves on by itself.
parts.push((root) => {
  for (const place of root.querySelectorAll("[data-leaves]")) {
    const rest = place.querySelector("[data-rest]");
    const until = Date.now() + place.dataset.leaves * 1000;
    const leave = () => {
      clearInterval(timer);
      const secret = place.querySelector("[data-secret]");
      const held = secret?.contains(document.activeElement);
      secret?.remove();
      const left = place.querySelector("[data-left]");
      left.hidden = false;
      if (held) left.focus();
    };
    const tick = () => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      if (seconds > 0) rest.textContent = seconds;
      else leave();
    };
    const timer = setInterval(tick, 250);
    rest.closest("[hidden]").hidden = false;
    place.querySelector("[data-hide]").addEventListener("click", leave);
    place.addEventListener("dismiss", leave);
    addEventListener("pagehide", leave);
  }
});
