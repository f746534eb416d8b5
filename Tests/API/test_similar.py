"""Comparing the rows of a file, and learning a label from them: no installation, no keys."""

import csv
import json

from installation import ROOT, run

MATTERS = ROOT / "Tests/SimilarityTests/retold-matters.csv"


def table(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


LETTERS = [
    ["编号", "标题", "内容"],
    ["甲", "水渠塌了", "柳湾村村支书冯德才把三万五千元的水渠工程包给了妻弟，半年就塌了三处。"],
    ["乙", "食堂涨价", "云坪二中食堂的饭菜发馊，每月伙食费从三百六涨到四百五十元，家长反映没有用。"],
    ["丙", "水渠又塌了", "柳灣村村支書馮德才把3.5萬元的水渠工程包給妻弟，不到半年就塌了三處。"],
    ["丁", "", ""],
    ["戊", "🙏", "🙏🙏🙏"],
]


def test_every_row_gets_its_best_candidates_with_reasons(tmp_path):
    path = table(tmp_path / "letters.csv", LETTERS)
    rows = json.loads(run("similar", path, "--id", "编号", "--top", 2, "--json").stdout)["rows"]
    assert [row["id"] for row in rows] == ["甲", "乙", "丙", "丁", "戊"]
    for row in rows:
        scores = [candidate["score"] for candidate in row["candidates"]]
        assert len(scores) <= 2 and scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert row["id"] not in [candidate["id"] for candidate in row["candidates"]]
        assert all(candidate["reasons"] for candidate in row["candidates"])
    best = rows[0]["candidates"][0]
    assert best["id"] == "丙" and best["score"] > 0.9
    assert any("35000" in reason["what"] and reason["weight"] > 0 for reason in best["reasons"])
    assert rows[2]["candidates"][0]["id"] == "甲" and rows[3]["candidates"] == []


def test_rows_are_numbered_from_one_and_columns_found_by_themselves(tmp_path):
    path = table(tmp_path / "letters.csv", LETTERS)
    rows = json.loads(run("similar", path, "--json").stdout)["rows"]
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5"] and rows[0]["candidates"][0]["id"] == "3"
    # As an older office program writes it.
    old = tmp_path / "gb.csv"
    old.write_bytes("title,content\n水渠,水渠塌了三处没有人修\n水渠,水渠塌了三处无人修\n".encode("gb18030"))
    assert json.loads(run("similar", old, "--json").stdout)["rows"][0]["candidates"][0]["id"] == "2"


def test_a_column_that_is_not_there_is_named_beside_those_that_are(tmp_path):
    path = table(tmp_path / "letters.csv", LETTERS)
    done = run("similar", path, "--text", "正文", check=False)
    assert done.returncode != 0 and "正文" in done.stderr and "内容" in done.stderr
    assert run("similar", tmp_path / "none.csv", check=False).returncode != 0
    (tmp_path / "empty.csv").write_text("")
    assert run("similar", tmp_path / "empty.csv", check=False).returncode != 0
    assert run("similar", path, "--top", "0", check=False).returncode != 0


def test_hostile_rows_take_bounded_time(tmp_path):
    path = table(tmp_path / "hostile.csv", [
        ["content"], ["村" * 600_000], ["村" * 600_000], ["万" * 600_000], ["一" * 500_000], ["🙏" * 100_000], ["查"], [""],
        ["\ufdfa" * 100_000], ["mixed 村 🙏 α\u0301 ١٢٣ " * 1000],
    ])
    rows = json.loads(run("similar", path, "--json").stdout)["rows"]
    assert len(rows) == 9 and rows[0]["candidates"][0]["id"] == "2"


def test_who_tells_a_matter_again_is_found_among_the_first_ten():
    with MATTERS.open(encoding="utf-8") as file:
        tellings = list(csv.DictReader(file))
    for words, least in (([], 0.9), (["--fingerprints"], 0.85)):
        rows = json.loads(run("similar", MATTERS, "--text", "text", "--top", 10, "--json", *words).stdout)["rows"]
        pairs = found = 0
        for one, row in zip(tellings, rows, strict=True):
            first = {candidate["id"] for candidate in row["candidates"]}
            for number, two in enumerate(tellings, start=1):
                if one["matter"] == two["matter"] and one["telling"] < two["telling"] < "x":
                    pairs += 1
                    found += str(number) in first
        print(f"retold matters {words}: recall@10 {found / pairs:.3f} of {pairs}")
        assert pairs >= 300 and found / pairs >= least


def test_a_label_is_learnt_measured_and_written_the_same_each_time(tmp_path):
    words = {"环保": ["污水", "臭味", "粉尘", "噪音"], "教育": ["老师", "补课", "学校", "学费"]}
    rows = [["文", "类"]]
    for number in range(80):
        label = ["环保", "教育"][number % 2]
        rows.append([f"反映{number % 11}号{words[label][number % 4]}和{words[label][number // 4 % 4]}的问题", label])
    path = table(tmp_path / "labelled.csv", [*rows, ["没有类别的一行", ""]])
    columns = ["--text", "文", "--label", "类"]
    measured = json.loads(run("suggest", "evaluate", path, *columns, "--json").stdout)
    assert measured["macroF1"] > 0.9 and measured["labels"]["教育"]["texts"] == 40
    for name in ("one", "two"):
        out = run("suggest", "train", path, *columns, "--out", tmp_path / name).stdout
        assert "80 texts, 2 labels" in out and "macro-F1" in out
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes().startswith(b"mingjian-suggest 1\n")
    refused = run("suggest", "evaluate", path, "--text", "文", "--label", "无", check=False)
    assert refused.returncode != 0 and "无" in refused.stderr
