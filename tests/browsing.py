"""What tests in a real browser share beside their fixtures."""

import pytest

SECONDS = "document.querySelector('audio').currentTime"
NEAR_S = 0.3


def wait_for(page, expression):
    """Wait until an expression is true; Playwright's own way is forbidden by the site's policy."""
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {expression}")


def is_near(page, seconds):
    wait_for(page, f"Math.abs({SECONDS} - {seconds}) < {NEAR_S}")
