"""Files about the network: devices with sites, what hangs on what, splitters, pools, ONTs, speed tests."""

from __future__ import annotations

from plugins.connectors.local.importing.kinds_people import ACCOUNT
from plugins.connectors.local.importing.nouns import Field, Kind, Shape

EQUIPMENT = {
    "bng": ("bras", "nas", "pppoe server", "lns"),
    "router": ("core router", "mikrotik", "gateway", "edge router", "core"),
    "switch": ("aggregation switch", "ethernet switch"),
    "olt": ("gpon olt", "epon olt"),
    "ap": ("access point", "base station", "sector ap", "bts", "enodeb"),
}

DEVICES = Kind(
    name="devices",
    about="Routers, switches, OLTs and access points, with the sites they stand at.",
    keys=("name",),
    fields=(
        Field(name="name", about="Name of the device.", example="olt-cst-01", required=True, longest=80,
              names=("hostname", "device", "device name", "host", "identification", "label", "serial number",
              "serial")),
        Field(name="kind", about="What it is.", shape=Shape.WORD, example="olt",
              names=("type", "device type", "role", "category", "class"), words=EQUIPMENT),
        Field(name="site", about="Site it stands at, by code or name; a new one needs a region.",
                 example="CST-01",
              names=("site code", "location", "pop", "tower", "site id", "network site")),
        Field(name="site_name", about="Name of the site.", example="Mombasa Island", names=("location name",
                 "pop name")),
        Field(name="region", about="Region of the site.", example="coast",
              names=("county", "province", "zone", "district", "area")),
        Field(name="site_kind", about="POP or tower.", shape=Shape.WORD, names=("site type", "location type"),
              words={"pop": ("datacentre", "data center", "exchange", "cabinet", "shelter", "head end"),
                     "tower": ("mast", "high site", "rooftop", "pole")}),
        Field(name="partner", about="Partner who runs the site.", names=("reseller", "operator")),
        Field(name="lat", about="Latitude of the site.", shape=Shape.DEGREES, names=("latitude", "gps lat",
                 "y")),
        Field(name="lon", about="Longitude of the site.", shape=Shape.DEGREES,
              names=("longitude", "gps lon", "lng", "long", "x")),
        Field(name="vendor", about="Maker.", example="Huawei", names=("manufacturer", "make", "brand")),
        Field(name="model", about="Model.", example="MA5800-X7", names=("product", "hardware", "model name")),
        Field(name="ip", about="Management address.", shape=Shape.IP, example="10.12.0.2",
              names=("ip address", "management ip", "mgmt ip", "ipv4", "address", "management address")),
        Field(name="parent", about="Device it hangs on.",
              names=("uplink", "parent device", "upstream", "connected to", "uplink device"), longest=80),
        Field(name="status", about="How it is.", shape=Shape.WORD, names=("state", "device status"),
              words={"up": ("active", "online", "ok", "enabled", "connected"),
                     "down": ("offline", "disconnected", "dead", "unreachable"),
                     "degraded": ("warning", "partial")}),
    ),
)  # fmt: skip

TOPOLOGY = Kind(
    name="topology",
    about="What hangs on what: site → device → port → CPE → service, an edge in each row.",
    keys=("child",),
    fields=(
        Field(name="parent_kind", about="What the upper end is.", shape=Shape.WORD, example="device",
                 required=True,
              names=("from type", "parent type", "upstream type", "from kind"),
              words={"site": ("pop", "tower", "location"),
                     "device": ("olt", "switch", "router", "ap", "bng", "access point"),
                     "port": ("pon", "sector", "ethernet", "pon port", "interface"),
                     "cpe": ("ont", "onu", "radio", "modem")}),
        Field(name="parent",
                 about="The upper end: site code, device, port such as olt-cst-01 PON 1/3, CPE serial.",
              example="olt-cst-01", required=True, names=("from", "upstream", "parent name", "from name")),
        Field(name="child_kind", about="What the lower end is.", shape=Shape.WORD, example="pon",
                 required=True,
              names=("to type", "child type", "downstream type", "to kind"),
              words={"device": ("olt", "switch", "router", "ap", "bng", "access point"),
                     "port": ("interface",), "pon": ("pon port", "gpon"), "sector": ("radio sector",),
                     "ethernet": ("eth", "ethernet port"), "cpe": ("ont", "onu", "radio", "modem"),
                     "service": ("line", "subscription")}),
        Field(name="child", about="The lower end; a service by number or PPPoE username.", example="PON 1/1",
              required=True, names=("to", "downstream", "child name", "to name")),
        Field(name="capacity", about="How many lines a port takes.", shape=Shape.WHOLE, example="64",
              names=("max lines", "split", "split ratio", "max onts")),
    ),
)  # fmt: skip

SPLITTERS = Kind(
    name="splitters",
    about="Splitters of PONs, and the lines behind each: a row for a splitter, or for a line behind it.",
    keys=("name",),
    fields=(
        Field(name="name", about="Name of the splitter.", example="SPL-CST-01-1A", required=True, longest=60,
              names=("splitter", "splitter name", "splitter id", "splitter code", "fat", "nap", "box")),
        Field(name="port", about="Its PON, such as olt-cst-01 PON 1/3.", example="olt-cst-01 PON 1/1",
              names=("pon", "olt port", "pon port", "feeder"), longest=120),
        Field(name="parent", about="The splitter it hangs on, if not on the PON itself.", longest=60,
              names=("upstream", "upstream splitter", "parent splitter", "first stage")),
        Field(name="ratio", about="Into how many it splits.", shape=Shape.RATIO, example="1:16",
              names=("split", "split ratio", "outputs", "ports", "capacity", "size")),
        Field(name="service", about="A line behind it: its number, PPPoE username or ONT serial.", longest=80,
              names=("line", "service number", "login", "username", "pppoe user", "ont", "ont serial",
                     "serial", "subscription")),
    ),
)  # fmt: skip

POOLS = Kind(
    name="pools",
    about="IPv4 address pools, so that used and free addresses are counted.",
    keys=("name",),
    fields=(
        Field(name="name", about="Name of the pool.", example="cgnat-home-2", required=True, longest=40,
              names=("pool", "pool name", "title", "ip pool", "network name", "label", "identification")),
        Field(name="prefix", about="IPv4 prefix such as 10.20.0.0/22, or a range of addresses that is one.",
              shape=Shape.POOL, example="10.20.0.0/22", required=True,
              names=("network", "subnet", "cidr", "range", "ranges", "address range", "ip range", "addresses",
                     "ipv4 network", "ip network", "ipv4")),
        Field(name="purpose", about="What it is for.", example="home customers behind CGNAT", longest=60,
              names=("comment", "description", "use", "usage", "type of usage", "notes", "note", "category")),
        Field(name="site", about="Site it is used at, by code or name; everywhere if empty.",
              names=("location", "pop", "site code", "tower", "network site")),
    ),
)  # fmt: skip

ONTS = Kind(
    name="onts",
    about="ONTs and radios in stock, with technicians, returned or faulty; what is installed, the lines say.",
    keys=("serial",),
    fields=(
        Field(name="serial", about="Serial number, as on the box.", shape=Shape.SERIAL, required=True,
              example="ZTEG0A1B2C3D", longest=40,
              names=("serial number", "serial no", "sn", "s/n", "ont serial", "onu serial", "barcode",
                     "pon sn")),
        Field(name="model", about="Model.", example="F670L", longest=40,
              names=("product", "item", "type", "device type", "ont model", "product name", "description")),
        Field(name="state", about="Where it stands; in stock if empty.", shape=Shape.WORD, example="in stock",
              names=("status", "condition", "availability", "assigned to type"),
              words={"in stock": ("available", "new", "in store", "store", "warehouse", "stock", "free",
                                  "spare"),
                     "with technician": ("issued", "technician", "with installer", "in van", "field", "van"),
                     "returned": ("returned by customer", "to test", "used", "back", "refurbished"),
                     "faulty": ("broken", "defective", "rma", "damaged", "bad", "repair"),
                     "installed": ("active", "in use", "assigned", "assigned to customer", "rented", "sold",
                                   "with customer", "deployed")}),
        Field(name="site", about="Site whose store it belongs to, by code or name.", example="CST-01",
              names=("location", "warehouse name", "store name", "pop", "depot", "branch", "site code")),
        Field(name="technician", about="E-mail address of the technician who has it.", shape=Shape.EMAIL,
              names=("assigned to", "holder", "installer", "technician email", "issued to", "user")),
        Field(name="note", about="Anything else.", longest=120,
              names=("comment", "comments", "notes", "remark", "remarks")),
    ),
)  # fmt: skip

SPEED_TESTS = Kind(
    name="speedtests",
    about="Speed tests of lines: the download, beside what was sold.",
    keys=("service", "customer"),
    one_of=(("service", "customer"),),
    fields=(
        Field(name="service", about="Number of the service, or its PPPoE username.", example="SVC-100234-1",
              names=("service number", "service id", "line", "line number", "circuit id", "login", "username",
                     "pppoe user", "pppoe username", "user", "subscription id"), longest=80),
        Field(name="customer", about="Account number, of a customer with one line.", shape=Shape.CODE,
              names=(*ACCOUNT, "subscriber"), longest=40),
        Field(name="at", about="When it was measured.", shape=Shape.INSTANT, example="2026-11-10 20:15",
              required=True, names=("date", "time", "timestamp", "measured at", "tested at", "test date",
                                    "date time", "created", "created at", "start time", "date of test")),
        Field(name="down", about="Speed to the customer, in Mbit/s unless it says kbit/s or Gbit/s.",
              shape=Shape.SPEED, example="46.5", required=True,
              names=("download", "download speed", "download mbps", "download mbit/s", "dl", "speed", "mbps",
                     "down mbps", "result", "download (mbps)", "download (mbit/s)", "rx")),
    ),
)  # fmt: skip
