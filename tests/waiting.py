"""Waiting in a browser's tests: long enough for a busy machine, and never longer than it takes."""

__all__ = ["patient", "until"]

PATIENCE = 60_000


def patient(browser, **usual):
    """Have whatever is awaited in a browser's pages, opened with these options, be awaited long."""
    plain = browser.new_context

    def opened(**options):
        context = plain(**usual | options)
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(2 * PATIENCE)
        return context

    browser.new_context = opened


def until(page, is_so):
    """Wait until something outside a page is so, and return it; the page goes on meanwhile."""
    for _ in range(PATIENCE // 50):
        if found := is_so():
            return found
        page.wait_for_timeout(50)
    raise AssertionError("it did not come to pass")
