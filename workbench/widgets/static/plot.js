// A plotly chart in a notebook. What stands before this is plotly.js itself, whole.

/** Whether the ground is dark: JupyterLab's theme says so where there is one, else the system. */
const isDark = () => {
  const light = document.body.dataset.jpThemeLight;
  return light ? light === "false" : matchMedia("(prefers-color-scheme: dark)").matches;
};

/** @param {{model: Object, el: HTMLElement, signal: AbortSignal}} options */
function render({ model, el, signal }) {
  const node = document.createElement("div");
  node.setAttribute("role", "img");
  el.append(node);
  const draw = () => {
    const figure = JSON.parse(model.get(isDark() ? "_dark" : "_light") || "{}");
    node.setAttribute("aria-label", model.get("alt"));
    globalThis.Plotly.react(node, figure.data || [], { ...figure.layout, autosize: true }, {
      displaylogo: false,
      responsive: true,
    });
  };
  draw();
  node.on("plotly_click", ({ points }) => model.send({ at: String(points[0].x) }));
  model.on("change:_light", draw);
  // Drawn before it had a place, it would keep a width that is not its own.
  const sized = new ResizeObserver(() => {
    // Keys pressed in an explorer's boxes are theirs, not JupyterLab's commands; it asks the
    // element that has the focus.
    for (const box of el.closest(".wb-x")?.querySelectorAll("input, select, button") || [])
      box.setAttribute("data-lm-suppress-shortcuts", "true");
    if (node.clientWidth) globalThis.Plotly.Plots.resize(node);
  });
  sized.observe(el);
  const themed = new MutationObserver(draw);
  themed.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw, { signal });
  signal.addEventListener("abort", () => {
    model.off("change:_light", draw);
    sized.disconnect();
    themed.disconnect();
    globalThis.Plotly.purge(node);
  });
}

export default { render };
