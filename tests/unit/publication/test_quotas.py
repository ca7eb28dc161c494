"""A rule of the protocol is said in words an official reads."""

from __future__ import annotations

import pytest

from fairdraw.allocate import quota
from openlot.publication.templatetags.quotas import quota_words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("all", "全部抽取"),
        ("fixed:9", "固定 9 个"),
        ("ratio:300/10000:up", "3%，尾数进一"),
        ("ratio:1250/10000:down", "12.5%，尾数舍去"),
        ("ratio:1/3:half", "33.3333%，四舍五入"),
    ],
)
def test_every_kind_of_rule_has_words(rule: str, words: str):
    """Whatever the protocol accepts as a rule is told in words."""
    assert quota(rule, 100) > 0
    assert quota_words(rule) == words
