// The slider over two pictures. Without scripts they stand side by side.
(() => {
  const show = (input) => {
    const box = input.closest("[data-slider]");
    const width = box.querySelector("svg").viewBox.baseVal.width;
    const at = (width * Number(input.value)) / 100;
    box.querySelector("[data-cut]").setAttribute("width", at);
    for (const end of ["x1", "x2"]) box.querySelector("[data-edge]").setAttribute(end, at);
  };
  const all = () => document.querySelectorAll("[data-slider] input").forEach(show);
  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-slider]")) show(event.target);
  });
  document.addEventListener("htmx:afterSettle", all);
  all();
})();
