"""Column widths: whatever the data, the table fits."""

from hypothesis import given
from hypothesis import strategies as st

from bot.terminal.widths import GAP, LEAST, fit

COLUMNS = st.lists(st.tuples(st.integers(1, 200), st.booleans()), min_size=1, max_size=12)


@given(COLUMNS, st.integers(60, 240))
def test_it_fits_and_nothing_vanishes(columns: list[tuple[int, bool]], width: int) -> None:
    widths = fit([w for w, _ in columns], [k for _, k in columns], width)
    assert sum(widths) + GAP * (len(widths) - 1) + 2 <= width
    assert all(1 <= made <= natural for made, (natural, _) in zip(widths, columns, strict=True))


def test_what_fits_stays_as_it_is() -> None:
    assert fit([9, 20, 14], [False, False, True], 80) == [9, 20, 14]


def test_the_widest_text_gives_way_before_numbers() -> None:
    widths = fit([9, 60, 30, 22], [False, False, False, True], 80)
    assert widths[3] == 22
    assert widths[1] <= 30
    assert min(widths) >= LEAST
