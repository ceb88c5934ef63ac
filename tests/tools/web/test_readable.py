"""HTML as text."""

from __future__ import annotations

import time

import pytest

from entourage.tools.web.readable import readable

PAGE = """<!DOCTYPE html><html><head><title>T &amp; U</title><style>p {}</style>
<script>if (a < b) "</p>"</script></head>
<body><!-- hidden <p> --><nav><ul><li><a href="/one">One</a></li>
<li><a href="#top">Top</a></ul></nav>
<h2>Head</h2><p>Some   <b>bold</b>
text &lt;tag&gt; 1 < 2<br>next</p><pre>a
  b</pre><img src=x alt="A cat"><table><tr><td>1<td>2</tr></table>
<a href="javascript:alert(1)">js</a> <a title="x > y" href='http://other.test/?a=1&amp;b=2'>other</a></body>"""


def test_readable_text():
    title, text = readable(PAGE, "http://site.test/")
    assert title == "T & U"
    assert text == (
        "- [One](http://site.test/one)\n- Top\n\n## Head\n\nSome bold text <tag> 1 < 2\nnext\n\n```\na\nb\n```\n"
        "[image: A cat]\n\n| 1 | 2\n\njs [other](http://other.test/?a=1&b=2)"
    )


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<a ", "</a ", "<![", "<!", "<?", "&#", '<a b="', "<script>", "<a href=", "<a<", "</", "&amp",
     "<pre>",
     "<title>", '<a href="x">', '<a x=">', "<a " + " " * 200 + ">", "<h1>", "<textarea></"],
)  # fmt: skip
def test_pages_made_to_be_slow_are_not(piece: str):
    page = piece * (1_000_000 // len(piece))
    began = time.process_time()
    readable(page, "http://site.test/")
    assert time.process_time() - began < 8
