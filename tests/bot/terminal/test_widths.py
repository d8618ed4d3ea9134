"""Column widths: whatever the data, the table fits."""

from hypothesis import given
from hypothesis import strategies as st

from bot.terminal.widths import GAP, fit

COLUMNS = st.lists(
    st.tuples(st.integers(1, 200), st.integers(1, 200)).map(lambda p: (max(p), min(p))),
    min_size=1,
    max_size=12,
)


@given(COLUMNS, st.integers(60, 240))
def test_it_fits_and_nothing_vanishes(columns: list[tuple[int, int]], width: int) -> None:
    natural, least = [n for n, _ in columns], [m for _, m in columns]
    widths = fit(natural, [least], width)
    room = width - GAP * (len(widths) - 1) - 2
    assert sum(widths) <= room
    assert all(1 <= made <= most for made, most in zip(widths, natural, strict=True))
    if sum(least) <= room:
        assert all(made >= low for made, low in zip(widths, least, strict=True))
    if sum(natural) <= room:
        assert widths == natural


def test_the_widest_text_gives_way_and_words_stay_whole() -> None:
    widths = fit([9, 60, 30, 22], [[9, 10, 12, 22]], 80)
    assert (widths[0], widths[3]) == (9, 22)
    assert widths[1] > widths[2] >= 12


def test_where_not_all_wishes_fit_the_dearest_give_way_to_the_last() -> None:
    widths = fit([9, 40, 22], [[9, 10, 22], [9, 10, 8], [9, 4, 4]], 30)
    assert widths[0] == 9
    assert sum(widths) == 22
