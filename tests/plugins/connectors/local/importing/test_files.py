"""Files that are not as one would wish: encodings, line ends, quotes, wrong cells, the wrong file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugins.connectors.local.importing.kinds import KINDS, template
from plugins.connectors.local.importing.nouns import Stop
from tests.plugins.connectors.local.importing.conftest import counts, told

README = Path(__file__).parents[5] / "README.md"
HEAD = "Account No,Full name,Phone number"
TWO = f"{HEAD}\n100,Zoë Ndéto,+254712000001\n101,Ann Apple,+254712000002\n"


@pytest.mark.parametrize(
    "raw",
    [
        TWO.encode(), TWO.encode("utf-8-sig"), TWO.replace("\n", "\r\n").encode("utf-8-sig"),
        TWO.encode("utf-16"), TWO.encode("utf-16-le"), TWO.encode("utf-16-be"), TWO.replace(",", ";").encode(),
        TWO.replace(",", "\t").encode("utf-16"), TWO.replace(",", "|").encode(), TWO.replace("\n", "\r").encode(),
        f"sep=;\r\n{TWO.replace(',', ';')}".encode(), f"{TWO}\n\n,,\n  ,,\n".encode(),
        TWO.replace("+254712000001", "+254712000001,,").encode(),
    ],
    ids=["utf8", "bom", "windows", "utf16", "utf16le", "utf16be", "semicolon", "tabs", "pipe", "mac", "sep", "empty",
         "more"],
)  # fmt: skip
async def test_any_usual_file_is_read(load, isp, raw) -> None:
    assert counts(await load("customers", raw)) == {"customers": (2, 0, 0)}
    assert await isp.count("isp_customers", "name = 'Zoë Ndéto' and phone = '+254712000001'") == 1
    assert counts(await load("customers", raw)) == {"customers": (0, 0, 2)}


async def test_an_old_windows_file_is_asked_about_and_read(load, isp) -> None:
    raw = TWO.encode("cp1252")
    with pytest.raises(Stop, match=r"line 2.*Zoë Nd.*--encoding cp1252"):
        await load("customers", raw)
    assert counts(await load("customers", raw, encoding="cp1252")) == {"customers": (2, 0, 0)}
    assert await isp.count("isp_customers", "name = 'Zoë Ndéto'") == 1


async def test_a_quoted_cell_may_hold_line_ends_and_separators(load, isp) -> None:
    raw = 'number,subject,opened_at,body\r\n7,"No light, at all",2026-11-01,"first\r\nsecond ""quoted"""\r\n'
    assert counts(await load("tickets", raw)) == {"tickets": (1, 0, 0)}
    assert (
        await isp.count("isp_tickets", "subject = 'No light, at all' and body like 'first%\"quoted\"'") == 1
    )


async def test_a_formula_is_just_text(load, isp) -> None:
    await load("customers", 'number,name\n1,"=HYPERLINK(""http://x.example"")"\n')
    assert await isp.count("isp_customers", "name like '=HYPER%'") == 1


@pytest.mark.parametrize(
    "raw, words",
    [
        (b"", "is empty"), (b"\n\n", "is empty"), (b"PK\x03\x04xxx", "CSV UTF-8"), (b"%PDF-1.7", "is a PDF"),
        (b"\xd0\xcf\x11\xe0abc", "old Excel"), (b'number,name\n1,"open\n2,Bo\n', "Row 2: a quote is opened"),
        (b'number,name\n1,Ann\n2,"B"o\n', "Row 3: a quote stands inside"),
        (b"number,name\n1," + b"x" * 1_000_100 + b"\n", "Row 2: a cell is longer"),
        (b"one,two\n1,2\n", "no column for number and name or company or first_name or last_name"),
        (b"number\xff,name\n1,Ann\n", "is not UTF-8: see line 1"),
    ],
)  # fmt: skip
async def test_what_no_import_can_be_made_of_is_said(load, isp, raw, words) -> None:
    with pytest.raises(Stop) as refused:
        await load("customers", raw)
    assert words in str(refused.value)
    assert await isp.count("isp_customers") == 0


async def test_a_huge_cell_is_one_sentence(load) -> None:
    with pytest.raises(Stop, match="Row 3: a cell is longer than 1,000,000 characters"):
        await load("customers", f"number,name\n1,Ann\n2,{'x' * 10_000_000}\n")


async def test_every_error_has_its_row_and_column_and_nothing_is_written(load, isp) -> None:
    raw = (
        "number,name,e-mail,phone,since,status\n"
        "1,Ann,ann@x.example,+1555000111,2026-01-01,active\n"
        "2,,bob@x.example,,,active\n"
        ",Cid,,,,active\n"
        "4,Dan,dan at home,,,active\n"
        "5,Eve,,call me,31/02/2026,gone fishing\n"
        "6,Fay\n"
        "1,Ann again,,,,active\n"
        "8,Ge\0rge,,,,active\n"
    )
    faults = told(await load("customers", raw))
    assert [fault.partition(":")[0] for fault in faults] == [
        "3 name", "4 number", "5 e-mail", "6 phone", "6 since", "6 status", "7 ", "8 number", "9 name",
    ]  # fmt: skip
    assert "1 stands in row 2 already" in faults[7] and "NUL byte" in faults[8]
    assert "has 2 cells; the header has 6" in faults[6]
    assert await isp.count("isp_customers") == 0


async def test_a_wholly_wrong_file_is_not_read_to_its_end(load) -> None:
    raw = "number,name,email\n" + "1,x,nothing\n" * 100_100
    with pytest.raises(Stop, match=r"More than 100,000 cells are wrong.*row 2, email"):
        await load("customers", raw)


async def test_an_ambiguous_date_stops_with_what_to_say(load) -> None:
    raw = "number,name,since\n1,Ann,13/02/2026\n2,Bo,03/04/2026\n"
    with pytest.raises(Stop, match="Row 3, since: Does 03/04/2026 begin with the day"):
        await load("customers", raw)
    assert counts(await load("customers", raw, dates="dmy")) == {"customers": (2, 0, 0)}


NOUNS = {"topology": "ports", "speedtests": "speed tests", "onts": "ONTs"}
"""What is counted of a file, where that is not what the file is called."""


async def test_every_template_loads_in_the_order_in_which_they_are_named(load) -> None:
    for name, kind in KINDS.items():
        header, row = template(kind)
        file = io.StringIO()
        csv.writer(file).writerows((header, row))
        first = counts(await load(name, file.getvalue()))
        assert first[NOUNS.get(name, name)] == (1, 0, 0)
        again = counts(await load(name, file.getvalue()))
        assert all(new == changed == 0 for new, changed, _ in again.values()), name


names = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u200b\ufeff"), min_size=1, max_size=30)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(st.tuples(names, names), min_size=1, max_size=8),
    mark=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)  # fmt: skip
async def test_what_any_program_writes_comes_back(load, isp, rows, mark, end, encoding, quoting) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=mark, lineterminator=end, quoting=quoting)
    writer.writerow(("account", "subject", "number", "opened"))
    load.nr += 1
    run = load.nr
    for nr, (first, _) in enumerate(rows):
        writer.writerow(("", f"x {first} x", f"T{run}-{nr}", "2026-01-01"))
    await load("tickets", file.getvalue().encode(encoding), delimiter=mark)
    for nr, (first, _) in enumerate(rows):
        spaced = "".join(" " if c in "\u00a0\u202f\u2007\u2009" else c for c in f"x {first} x")
        assert await isp.count("isp_tickets", "number = :n and subject = :s", n=f"T{run}-{nr}", s=spaced) == 1


async def test_the_files_of_the_readme_work(load) -> None:
    shown = re.findall(r"^\| `(\w+)`.*\| `([^`]+)` · `([^`]+)` \|$", README.read_text(), re.MULTILINE)
    assert [kind for kind, _, _ in shown] == list(KINDS)
    for kind, header, row in shown:
        assert any(
            new == 1 for new, _, _ in counts(await load(kind, f"{header}\n{row}\n", currency="KES")).values()
        ), kind
