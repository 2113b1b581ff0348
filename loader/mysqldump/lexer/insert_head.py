"""What an INSERT begins with, up to its first row."""

from __future__ import annotations

import re

NAME = rb"(?:`(?:[^`]|``){1,256}`|[\w$\x80-\xff]+)"  # bytes: MySQL's limit is 64 characters
HEAD = re.compile(
    rb"INSERT\s+INTO\s+(?P<table>%s)\s*(?:\((?P<columns>\s*(?:%s(?:\s*,\s*%s)*)?)\s*\)\s*)?VALUES?\s*(?=\()"
    % ((NAME,) * 3),
    re.I,
)
