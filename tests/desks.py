"""A deck in a JupyterLab of the browser tests, and what an analyst does with it."""

__all__ = ["KEYS", "WAIT", "Desk"]

KEYS = "all => all.map((node) => node.dataset.column)"
WAIT = 60_000


class Desk:
    """The deck in a notebook, and what an analyst does with it."""

    def __init__(self, page, file):
        self.page = page
        self.file = file

    @property
    def columns(self):
        return self.page.eval_on_selector_all(".wb-deck [data-column]", KEYS)

    @property
    def focused(self):
        """Which column has the focus, and what in it."""
        return self.page.evaluate(
            """() => {
              const node = document.activeElement;
              return node.closest("[data-column]")?.dataset.column || node.className;
            }"""
        )

    def focus(self, column):
        """Give a column's list the focus; JupyterLab may take it once more while it settles."""
        self.wait(
            """(list) => {
              const node = document.querySelector(list);
              const isThere = node && document.activeElement === node;
              if (!isThere) node?.focus();
              return isThere;
            }""",
            f"[data-column={column}] .wb-list",
        )

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.type(text)

    def wait(self, expression, arg=None):
        self.page.wait_for_function(expression, arg=arg, timeout=WAIT)

    def wait_columns(self, *keys):
        self.wait(
            """(keys) => [...document.querySelectorAll(".wb-deck [data-column]")]
                .map((node) => node.dataset.column).join() === keys""",
            ",".join(keys),
        )

    def menu(self, column, row):
        self.page.click(f"[data-column={column}] .wb-e-head")
        self.page.click(f".wb-e-menu >> text={row}")
        self.page.wait_for_selector(".wb-e-menu", state="detached", timeout=WAIT)

    def state(self, words):
        self.page.wait_for_selector(f".wb-e-state:has-text('{words}')", timeout=WAIT)

    def save(self):
        """Save what was changed, once the deck is known to be."""
        self.page.wait_for_selector(".wb-e-bar.wb-e-dirty", timeout=WAIT)
        self.press("Control+s")
        self.page.wait_for_selector(".wb-e-bar:not(.wb-e-dirty)", timeout=WAIT)
