// A slug proposed from the title, for as long as nobody typed one.
parts.push((root) => {
  for (const slug of root.querySelectorAll("[data-slug-of]")) {
    const title = document.getElementById(slug.dataset.slugOf);
    let own = slug.value !== "";
    slug.addEventListener("input", () => { own = slug.value !== ""; });
    title?.addEventListener("input", () => {
      if (own) return;
      const plain = title.value.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
      slug.value = plain.replace(/[^a-z0-9]+/g, "-").slice(0, 64).replace(/^-+|-+$/g, "");
    });
  }
});
