"""What a browser may do with a page: by the hash of each script and style."""

from __future__ import annotations

from report.dictionary.__main__ import page
from report.policy import policy


def test_page_policy_allows_only_hashed_scripts_and_styles() -> None:
    # The hashes are those that a browser names in its console: of the bytes in UTF-8.
    assert policy(scripts=["alert(1)", ""], styles=["p { color: red }"]) == (
        "default-src 'none'; script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=' "
        "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; style-src 'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='; "
        "img-src data:; form-action 'none'; base-uri 'none'"
    )


def test_the_dictionary_has_one() -> None:
    assert 'content="default-src &#39;none&#39;; script-src &#39;sha256-' in page([])
