// Makes the contact pages quicker to use. Every one of them works without it.
"use strict";

// An address that was typed on one page of signing in is there on the next, in this tab alone.
const KEPT = "magiclink-address";
const address = document.getElementById("address");
if (address) {
  try {
    if (!address.value) address.value = sessionStorage.getItem(KEPT) || "";
    address.form.addEventListener("submit", () => sessionStorage.setItem(KEPT, address.value));
  } catch {
    // Storage is switched off: it is typed again.
  }
} else if (document.querySelector("form[action='/portal/sign-out']")) {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing was kept either.
  }
}

// A code is shown in two groups as it is said, however it is typed or pasted.
const code = document.getElementById("code");
if (code && address) {
  const SYMBOL = /^[0-9A-HJKMNP-TV-Z]$/;
  const said = (text) => {
    // Of a whole message, the code alone.
    const inside = /(?:^|[\s:,.(])([0-9A-Z]{4})[-\u2010-\u2015]([0-9A-Z]{4})(?=$|[\s,.)])/.exec(text);
    const letters = (inside ? inside[1] + inside[2] : text).toUpperCase();
    const alike = { O: "0", I: "1", L: "1" };
    return [...letters].map((letter) => alike[letter] || letter).filter((symbol) => SYMBOL.test(symbol)).join("").slice(0, 8);
  };
  const write = (symbols) => {
    code.value = symbols.length > 4 ? `${symbols.slice(0, 4)}-${symbols.slice(4)}` : symbols;
    if (symbols.length === 8 && address.value) code.form.querySelector("button").focus();
  };
  code.addEventListener("paste", (event) => {
    const text = event.clipboardData && event.clipboardData.getData("text");
    if (!text) return;
    event.preventDefault();
    write(said(text));
  });
  code.addEventListener("input", (event) => {
    // Whoever corrects in the middle or takes away is left alone.
    if (event.inputType && event.inputType.startsWith("delete")) return;
    if (code.selectionEnd === code.value.length) write(said(code.value));
  });
  (address.value ? code : address).focus();
}
