"""Boxes and splitters behind the local connector: what the first tenant keeps, and a question to every function."""

from __future__ import annotations

from bot.api import EVERYWHERE
from plugins.connectors.local import queries_splitters, queries_stock
from plugins.network.port import CpePut, CpeQuery
from tests.plugins.building import NOW, Isp
from tests.probes.asking import Asks
from tests.probes.isp import AMINA, OLT, PON

KEPT, SPLITTER = "ZTEG0000AA01", "SPL-NTH-03-1A"
TAKEN_OFF = CpePut(state="returned", model="F660", note="mine")
EMPTY, MOUNTED = "SVC-200100-1", f"SVC-{AMINA}-1"


async def fill(isp: Isp) -> Isp:
    """Keep a box and a splitter, over what `tests.probes.isp` put there."""
    await isp.insert("isp_cpes", serial=KEPT, model="F660", state="in stock", site="NTH-03")
    await isp.insert("isp_splitters", name=SPLITTER, port_id=isp.ids[PON], ratio=16)
    await isp.insert("isp_splitter_lines", service_id=isp.ids[MOUNTED], splitter=SPLITTER)
    return isp


ASKS: Asks = {
    queries_stock.find_cpes: lambda s, a: queries_stock.find_cpes(s, EVERYWHERE, CpeQuery(), 9),
    queries_stock.find_cpe_counts: lambda s, a: queries_stock.find_cpe_counts(s, EVERYWHERE, CpeQuery()),
    queries_stock.get_cpe: lambda s, a: queries_stock.get_cpe(s, EVERYWHERE, KEPT),
    queries_stock.do_put: lambda s, a: queries_stock.do_put(s, KEPT, CpePut(state="faulty"), NOW),
    queries_stock.do_drop: lambda s, a: queries_stock.do_drop(s, KEPT),
    queries_stock.do_leave: lambda s, a: queries_stock.do_leave(s, KEPT),
    queries_stock.do_take_back: lambda s, a: queries_stock.do_take_back(s, TAKEN_OFF, KEPT, NOW),
    queries_stock.do_install: lambda s, a: queries_stock.do_install(s, EMPTY, KEPT, "", NOW),
    queries_stock.do_remove: lambda s, a: queries_stock.do_remove(s, MOUNTED, NOW),
    queries_splitters.find_splitters: lambda s, a: queries_splitters.find_splitters(
        s, EVERYWHERE, SPLITTER, 9
    ),
    queries_splitters.find_splitters_of: lambda s, a: queries_splitters.find_splitters_of(
        s, EVERYWHERE, port="", device=OLT, area="", service="", limit=9
    ),
}
