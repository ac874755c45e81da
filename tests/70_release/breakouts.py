"""Texts that try to break out of whatever they are written into."""

HOSTILE = (
    "<script>window.__broken = 1</script>",
    '=HYPERLINK("https://example.org/x","open")',
    '"><img src=x onerror="window.__broken = 2">',
    "</script><script>window.__broken = 3</script>",
    "<!-- <script> ]]> &lt;b&gt; {{ 7 * 7 }} {% raw %}",
    "\u202egnp.exe O'Brien \u2028 \u00e9\u4e2d\u6587 \U0001f388",
    "javascript:window.__broken=4",
    "A" * 300,
)
