"""The whole evaluation, printed: questions one by one, and conversations on the simulated ISP; `make eval`.

`-v` also shows what failed of the questions that may be looked at.
"""

from __future__ import annotations

import asyncio
import sys

from tests.evals import score, talk
from tests.evals.cases import HERE, examples, left_out, new_cases, plain


async def main() -> None:
    understander = score.make()
    await understander.warm()
    said = examples()
    for title, cases in score.sets(held=True).items():
        got = await score.run(understander, cases)
        print(got.line(title))
        if title in score.UNSEEN:
            print(got.table())
            print(
                f"  {sum(plain(c.q) in said for c in cases)} of them stand word for word among the wordings"
            )
        elif "-v" in sys.argv:
            score.show(got)
    french = await score.run(understander, new_cases(HERE / "french.txt"))
    print(french.line(score.FRENCH))
    names = [*(name for some in score.RELEASED.values() for name in some), *score.UNSEEN.values()]
    if missing := [*left_out(), *(q for name in names for q in left_out(HERE / name))]:
        print(f"left out: {len(missing)} questions for actions that no plugin brings")
    await talk.main(held=True, verbose="-v" in sys.argv)


if __name__ == "__main__":
    asyncio.run(main())
