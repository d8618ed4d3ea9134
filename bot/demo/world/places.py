"""The two simulated providers, and the towns and streets they serve."""

from __future__ import annotations

from bot.demo.world.isp import Carrier, Isp, Region, Town
from bot.demo.world.names import KENYA, UGANDA
from bot.demo.world.prices import LAKESIDE_PLANS, SAVANNA_CARRIERS, SAVANNA_PLANS


def _town(name: str, postcode: str, at: tuple[float, float], roads: str) -> Town:
    return Town(name=name, postcode=postcode, lat=at[0], lon=at[1], roads=tuple(roads.split("; ")))


NORTH = (
    _town(
        "Nanyuki",
        "10400",
        (0.017, 37.074),
        "Kenyatta Road; Lenana Road; Laikipia Road; Kanu Street; Nyeri Road",
    ),
    _town(
        "Meru",
        "60200",
        (0.047, 37.649),
        "Njuri Ncheke Street; Tom Mboya Street; Moi Avenue; Makutano Road; Kathita Road",
    ),
    _town(
        "Isiolo",
        "60300",
        (0.355, 37.582),
        "Hospital Road; Wabera Street; Market Road; Archers Road; Barracks Road",
    ),
    _town("Nyahururu", "20300", (0.036, 36.364), "Sharpe Road; Falls Road; Subukia Road; Ol Kalou Road"),
    _town("Maralal", "20600", (1.097, 36.698), "Samburu Road; Yare Road; Town Loop; Lodge Road"),
    _town(
        "Eldoret",
        "30100",
        (0.514, 35.27),
        "Uganda Road; Oloo Street; Nandi Road; Iten Road; Elgon View Drive; Kapsoya Close",
    ),
    _town(
        "Kitale",
        "30200",
        (1.019, 35.006),
        "Moi's Bridge Road; Kenyatta Street; Milimani Drive; Endebess Road",
    ),
    _town("Marsabit", "60500", (2.335, 37.99), "Mosque Road; Dirib Road; Hill View Lane; Shauri Yako Road"),
)
CENTRAL = (
    _town(
        "Westlands",
        "00800",
        (-1.267, 36.81),
        "Waiyaki Way; Rhapta Road; Parklands Road; Mpaka Road; School Lane; Church Road",
    ),
    _town(
        "Kilimani",
        "00100",
        (-1.29, 36.787),
        "Argwings Kodhek Road; Lenana Road; Ngong Road; Wood Avenue; Kirichwa Road; Elgeyo Marakwet Road",
    ),
    _town(
        "Lavington",
        "00603",
        (-1.279, 36.769),
        "James Gichuru Road; Gitanga Road; Hatheru Road; Othaya Road; Convent Drive",
    ),
    _town(
        "Karen", "00502", (-1.319, 36.706), "Langata Road; Karen Road; Marula Lane; Ndege Road; Bogani Road"
    ),
    _town("South B", "00200", (-1.31, 36.836), "Mukoma Road; Plainsview Road; Kapiti Road; Mchumbi Road"),
    _town(
        "Embakasi",
        "00501",
        (-1.32, 36.9),
        "Airport North Road; Outer Ring Road; Fedha Road; Nyayo Road; Tassia Road",
    ),
    _town("Ruaka", "00621", (-1.206, 36.777), "Limuru Road; Banana Road; Denderu Road; Joyland Close"),
    _town(
        "Thika",
        "01000",
        (-1.033, 37.069),
        "Kwame Nkrumah Road; Garissa Road; Section 9 Road; General Kago Road; Kenyatta Highway",
    ),
    _town("Ruiru", "00232", (-1.149, 36.956), "Kamiti Road; Eastern Bypass; Kimbo Road; Membley Drive"),
    _town("Kitengela", "00242", (-1.476, 36.962), "Namanga Road; Baraka Road; Milimani Lane; Yukos Road"),
    _town(
        "Ongata Rongai", "00511", (-1.396, 36.744), "Magadi Road; Maasai Lodge Road; Gataka Road; Kware Road"
    ),
    _town(
        "Syokimau", "00519", (-1.365, 36.938), "Katani Road; Mombasa Road; Gateway Lane; Airport View Road"
    ),
)
COAST = (
    _town(
        "Nyali",
        "80118",
        (-4.035, 39.705),
        "Links Road; Nyali Road; Greenwood Drive; Beach Road; Cement Road; Mwamba Drive",
    ),
    _town("Bamburi", "80101", (-3.995, 39.725), "Kiembeni Road; Utange Road; Haller Park Road; Shimo Road"),
    _town(
        "Mombasa Island",
        "80100",
        (-4.063, 39.668),
        "Moi Avenue; Digo Road; Nkrumah Road; Mama Ngina Drive; Jomo Kenyatta Avenue",
    ),
    _town("Likoni", "80110", (-4.093, 39.661), "Ferry Road; Shelly Beach Road; Mtongwe Road; Vijiweni Road"),
    _town("Mtwapa", "80109", (-3.947, 39.744), "Malindi Road; Creek View Road; Majengo Road; Jumba Road"),
    _town("Kilifi", "80108", (-3.63, 39.85), "Bofa Road; Hospital Road; Mnarani Road; Charo wa Mae Road"),
    _town("Malindi", "80200", (-3.218, 40.117), "Lamu Road; Casuarina Road; Tourist Road; Silversands Road"),
    _town("Diani", "80401", (-4.28, 39.594), "Diani Beach Road; Ukunda Road; Palm Avenue; Kona ya Musa Road"),
    _town("Voi", "80300", (-3.396, 38.556), "Tausa Road; Caltex Road; Sikujua Road; Station Road"),
)

SAVANNA = Isp(
    slug="savanna",
    name="Savanna Fibre",
    domain="savanna-fibre.example",
    timezone="Africa/Nairobi",
    currency="KES",
    locale="en",
    regions=(
        Region(name="north", code="nth", share=0.24, towns=NORTH, partner="mlima-link"),
        Region(name="central", code="ctr", share=0.5, towns=CENTRAL),
        Region(name="coast", code="cst", share=0.26, towns=COAST, partner="pwani-net"),
    ),
    plans=SAVANNA_PLANS,
    carriers=SAVANNA_CARRIERS,
    people=KENYA,
    wireless_share=0.28,
    business_share=0.08,
    phone_prefix="+2547",
    initials="SF",
)

LAKESIDE = Isp(
    slug="lakeside",
    name="Lakeside Wireless",
    domain="lakeside-wireless.example",
    timezone="Africa/Kampala",
    currency="UGX",
    locale="en",
    regions=(
        Region(
            name="lake",
            code="lak",
            share=0.7,
            towns=(
                _town(
                    "Entebbe",
                    "P.O. Box 10",
                    (0.056, 32.463),
                    "Airport Road; Lugard Avenue; Church Road; Nsamizi Road",
                ),
                _town(
                    "Jinja",
                    "P.O. Box 20",
                    (0.439, 33.203),
                    "Main Street; Nile Crescent; Kutch Road; Lubas Road",
                ),
                _town("Masaka", "P.O. Box 30", (-0.334, 31.735), "Edward Avenue; Kampala Road; Birch Avenue"),
            ),
        ),
        Region(
            name="islands",
            code="isl",
            share=0.3,
            towns=(
                _town(
                    "Kalangala", "P.O. Box 40", (-0.311, 32.225), "Landing Road; Lutoboka Road; Beach Track"
                ),
                _town("Buvuma", "P.O. Box 50", (0.24, 33.28), "Kitamiro Road; Harbour Lane"),
            ),
        ),
    ),
    plans=LAKESIDE_PLANS,
    carriers=(Carrier(name="Nile Mobile", method="mobile_money", share=1),),
    people=UGANDA,
    wireless_share=0.85,
    business_share=0.06,
    phone_prefix="+2567",
    initials="LW",
    billing=False,
    planted=False,
)
