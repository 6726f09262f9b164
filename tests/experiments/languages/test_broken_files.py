"""Claims about files that are no YAML: whoever asks for Chinese is told where and why in one line of Chinese."""

from __future__ import annotations

import re

import pytest

from beatlab.__main__ import main

BROKEN = {
    "an open bracket": "strategies: [reactive, hotspot\n",
    "an open brace": "force: {officers: 30\n",
    "nothing in a bracket": "levers: [\n",
    "no comma in a bracket": "strategies: ['reactive' hotspot]\n",
    "no comma in a brace": "force: {officers: '30' b}\n",
    "an open quotation mark": "name: 'a\n",
    "text after a quotation mark": "name: 'a' b\n",
    "a key in a value": "name: a: b\n",
    "a list among keys": "name: a\n- b\n",
    "keys in a list": "- b\nname: a\n",
    "a list in a value": "name: - b\n",
    "a deeper key": "name: a\n  days: 3\n",
    "a shallower key": "  name: a\ndays: 3\n",
    "a key without a colon": "name\ndays: 3\n",
    "a tab": "city:\n\tresidents: 3\n",
    "an unknown escape": 'name: "C:\\Users\\q"\n',
    "a short escape": 'name: "\\x4"\n',
    "an anchor without a name": "name: &\n",
    "a tag without a name": "name: !<> a\n",
    "an unknown tag": "name: !!python/object:os.system a\n",
    "an unknown handle": "name: !x!y a\n",
    "a percent sign first": "%days: 3\n",
    "an at sign": "name: @a\n",
    "a backquote": "name: `a`\n",
    "two documents": "name: a\n---\nname: b\n",
    "a list as a key": "[a, b]: 3\n",
    "a wrong block": "name: |x\n  a\n",
    "a block of depth 0": "name: |0\n  a\n",
    "two anchors": "name: &a b\ncity: &a c\n",
    "a list of keys to merge": "<<: [a, b]\n",
    "a version of YAML": "%YAML 3.0\n---\nname: a\n",
}  # fmt: skip


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_yaml_is_refused_in_one_line_of_chinese(text, tmp_path, capsys) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(text, encoding="utf-8")
    assert main(["compare", "--situation", str(file), "language=zh"]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    said = re.sub(r"'[^']*'", "", line.replace(str(file), "").replace("--situation", ""))
    assert not re.findall(r"[a-z]{3,}", re.sub(r"[a-z_]+\b(?=[：.])|YAML|GBK|UTF-8|`[^`]*`", "", said)), line
