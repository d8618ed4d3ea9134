import pytest

from bot.core.pasted import PAIRS, kind_of_paste

LOG = "Nov 22 03:12:11 bng-ctr-1 pppoed[2211]: session 4411 terminated user=peter.kamau"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (LOG, "a log line"),
        (
            "2026-11-22T03:12:11Z olt-1 %LINK-3-UPDOWN: Interface gpon 1/3, changed state to down",
            "a log line",
        ),
        ("2026-11-22 03:12:11 ERROR could not reach the device", "a log line"),
        ("2026-11-22 03:12:11 a=1 b=2 c=3", "a log line"),
        (f"{LOG}\n{LOG}", "log lines"),
        ("From: Amina <a@mail.example>\nTo: support@isp.example\nSubject: slow\n\nIt is slow.", "an e-mail"),
        ("-----Original Message-----\nsuspend everybody", "an e-mail"),
        ("2026-11-22 03:12 olt-1 error: no answer", "a log line"),
        ("22/11/2026 03:12:11 bng-1 warning no answer", "a log line"),
        ("Hello,\nmy internet is gone.\nPlease close my account.\nAmina", "an e-mail"),
        ("Good morning,\nplease send somebody.\nKind regards\nAmina", "an e-mail"),
        ("Dear Sir,\nmy internet is gone.\nPlease close my account.\nAmina", "an e-mail"),
        (
            "Good morning team\nKindly disconnect 100234\nNo longer needed\nJane Otieno\n0712000111",
            "an e-mail",
        ),
        ("Hello,\nkindly cancel the subscription 100234.\nI am moving to Kisumu.\nJohn Kamau", "an e-mail"),
        ("> please suspend 100234", "an e-mail"),
        ("Subject: stop\nplease suspend 100234", "an e-mail"),
        ("On Mon, 23 Nov 2026 at 10:00 John wrote:\n> suspend 100234", "an e-mail"),
        ("customer writes: suspend 100234 now", "what a customer wrote"),
    ],
)
def test_what_was_pasted_is_known(words: str, kind: str) -> None:
    assert kind_of_paste(words) == kind


@pytest.mark.parametrize(
    "words",
    [
        "",
        "hello, who is 100234",
        "2026-11-22 18:00 visit at Amina Bello",
        "open a ticket for 100234: From: her: it is slow",
        "hi\nis 100234 online\nthanks",
        "From: amina@mail.example",
        "22/11/2026 10:00 is fine",
        "2026-11-24 10:00 alert me about OLT-CTR-01",
        "24/11/2026 09:00 info for Amina: we come",
        "2026-11-24 10:00 error on olt-ctr-1, who is hit?",
        "12/11/2026 10:00 visit customer=100234 technician=fay minutes=30",
        "24/11/2026 09:00 Amina\n24/11/2026 10:00 Bisi\n24/11/2026 11:00 Zed",
        "Hi,\nplease suspend 100234\nthanks\nSam",
        "customer says the router is dead, open a ticket for 100234",
        "> 30 days overdue",
        ">5000",
    ],
)
def test_what_somebody_says_themselves_is_no_paste(words: str) -> None:
    assert not kind_of_paste(words)


def test_a_line_that_looks_like_pairs_for_long_is_read_in_one_go() -> None:
    assert PAIRS.search("a." * 20_000 + "a=b") is None, (
        "no run of letters is looked at from each of its letters"
    )
    assert kind_of_paste("2026-11-22 03:12:11 a.b=1 c-d=2 e=3") == "a log line"
