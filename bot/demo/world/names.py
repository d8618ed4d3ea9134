"""Names of people and companies, drawn so that first and last names belong together."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pool:
    """First and last names of one origin."""

    weight: float
    female: tuple[str, ...]
    male: tuple[str, ...]
    last: tuple[str, ...]
    language: str = "en"


def _pool(weight: float, female: str, male: str, last: str, language: str = "en") -> Pool:
    return Pool(
        weight=weight,
        female=tuple(female.split()),
        male=tuple(male.split()),
        last=tuple(last.split()),
        language=language,
    )


KENYA = (
    _pool(
        22,
        "Grace Mary Wanjiku Wambui Njeri Wairimu Nyambura Esther "
        "Lucy Margaret Faith Mercy Jane Ann Purity Tabitha",
        "John Peter Kamau Njoroge Mwangi Kariuki James Joseph "
        "Samuel David Stephen Paul George Simon Patrick Brian",
        "Mwangi Kamau Njoroge Kariuki Wanjiru Waweru Githinji Maina Ndung'u Gitau Macharia Karanja Mbugua "
        "Kimani Gathoni Muriithi Wachira Kinyua Ngugi Muthoni Irungu Gichuru Kabiru Thuo",
    ),
    _pool(
        15,
        "Akinyi Atieno Achieng Adhiambo Awuor Anyango Lilian Beatrice Caroline Pamela Millicent Rose",
        "Otieno Ochieng Odhiambo Omondi Onyango Okoth Kevin Dennis Collins Victor Felix Erick",
        "Otieno Odhiambo Ochieng Onyango Ouma Owino Okello Oduor "
        "Ogutu Omolo Opiyo Awino Juma Oloo Nyong'o Wasonga",
    ),
    _pool(
        13,
        "Chebet Jepkosgei Cherono Jepchirchir Chepkemoi Naomi Sharon Winnie Gladys Brigid",
        "Kipchoge Kiprono Kipkemboi Kibet Kiplagat Cheruiyot Elijah Wilson Gideon Amos",
        "Kiprotich Rotich Koech Cheruiyot Kiplagat Lagat Kosgei "
        "Ruto Sang Tanui Bett Chepkwony Langat Too Biwott",
    ),
    _pool(
        11,
        "Nafula Nekesa Naliaka Khadija Eunice Violet Phyllis Edith Josephine Metrine",
        "Wafula Wekesa Simiyu Barasa Moses Geoffrey Alfred Isaac Titus Francis",
        "Wafula Wekesa Barasa Simiyu Wanyama Makokha "
        "Shikuku Mukhwana Namachanja Khaemba Mulongo Masinde Lusaka",
    ),
    _pool(
        10,
        "Mwende Ndinda Syombua Kalondu Mutheu Agnes Ruth Janet Dorcas Angela",
        "Mutua Musyoka Kioko Muthama Kilonzo Daniel Benjamin Jackson Philip Anthony",
        "Mutua Musyoka Kioko Mutisya Nzioka Kilonzo Muli Ndolo Wambua Mwanzia Kitheka Munyao Muthiani",
    ),
    _pool(
        11,
        "Fatuma Amina Zainab Mwanaisha Halima Rukia Saumu Asha Mariam Swabra",
        "Ali Hassan Salim Juma Said Omar Rashid Abdalla Bakari Suleiman",
        "Mwinyi Juma Said Abdalla Bakari Omar Salim Hamisi "
        "Athman Shee Kombo Mohamed Mwakio Charo Katana Kazungu Ngala",
        "sw",
    ),
    _pool(
        6,
        "Hodan Sahra Ifrah Nasra Farhiya Ayaan Hawa Deqa",
        "Abdi Farah Mohamud Yusuf Ahmed Hussein Ibrahim Adan",
        "Abdi Farah Hassan Warsame Adan Noor Guled Dahir Mohamud Isse Duale Elmi",
    ),
    _pool(
        4,
        "Priya Anjali Neha Kavita Meera Sonal Deepa Ritu Pooja Nisha",
        "Rajesh Amit Sanjay Vikram Rahul Nikhil Hitesh Suresh Anil Dinesh",
        "Patel Shah Nair Mehta Desai Sharma Joshi Rao Iyer Kapoor Chandaria Bhatt Singh Reddy",
    ),
    _pool(
        3,
        "Ngozi Chidinma Adaeze Folake Yetunde Aisha Zara Temitope Oyinkansola Ifeoma",
        "Emeka Chinedu Olumide Tunde Ibrahim Musa Segun Obinna Kunle Uche",
        "Okafor Adeyemi Eze Balogun Okonkwo Adebayo Nwosu Abubakar Ogunleye Danjuma Bello Onyekachi Adesina",
    ),
    _pool(
        2,
        "Siobhán Charlotte Ingrid Giulia Katarzyna Marie Elena Sofie Hannah Clara",
        "Björn Giovanni Krzysztof Lukas Jean Pieter Andrew Thomas Niels Mateusz",
        "Müller Rossi Wójcik Johansson O'Brien Dubois Fischer "
        "Jensen Kowalski Smith van-der-Merwe Nowak Bauer Taylor",
    ),
    _pool(
        2,
        "Selam Tigist Hiwot Claudine Uwase Chantal Bethlehem Mahlet",
        "Dawit Bekele Tesfaye Eric Jean-Paul Olivier Yonas Abebe",
        "Tesfaye Bekele Haile Uwimana Habimana Niyonzima Mugisha Gebremariam Alemu Tadesse",
        "fr",
    ),
)

UGANDA = (
    _pool(
        6,
        "Nakato Babirye Sarah Namukasa Nansubuga Prossy Harriet Joan Sylvia Rebecca",
        "Wasswa Kato Ssemakula Ronald Moses Godfrey Ivan Robert Henry Paul",
        "Ssempijja Nsubuga Mukasa Kiggundu Lubega Nakato Kizza Mutebi Kasozi Wamala Sserwadda Bbosa",
    ),
    _pool(
        2,
        "Apio Akello Auma Grace Stella Lamunu",
        "Opio Okello Ochen Charles Denis Geoffrey",
        "Okello Opio Odongo Ocen Akena Oryem Otim Olweny",
    ),
    _pool(
        2,
        "Kyomuhendo Tumusiime Immaculate Doreen Phionah Peace",
        "Tumwine Byaruhanga Mugisha Edgar Julius Brian",
        "Tumusiime Byaruhanga Muhwezi Kabagambe Rwabwogo Asiimwe Mugabi Katushabe",
    ),
)

COMPANY_HEADS = [
    "Acacia",
    "Baobab",
    "Bahari",
    "Savannah",
    "Simba",
    "Twiga",
    "Tembo",
    "Jambo",
    "Uhuru",
    "Kilele",
    "Mwangaza",
    "Amani",
    "Neema",
    "Pwani",
    "Upendo",
    "Rafiki",
    "Highland",
    "Equator",
    "Rift",
    "Summit",
    "Coral",
    "Palm",
    "Sunrise",
    "Crescent",
    "Heritage",
    "Unity",
    "Golden",
    "Silver",
    "Blue-Nile",
    "Zawadi",
    "Imara",
    "Faraja",
    "Tumaini",
    "Maisha",
    "Nuru",
    "Jua",
    "Chui",
    "Duma",
    "Mlima",
    "Mto",
    "Ziwa",
    "Kijani",
    "Safari",
    "Karibu",
    "Furaha",
    "Baraka",
    "Hodari",
    "Shujaa",
]
COMPANY_TRADES = (
    "Hardware",
    "Traders",
    "Logistics",
    "Academy",
    "Dental Clinic",
    "Pharmacy",
    "Guest House",
    "Suites",
    "Supermarket",
    "Motors",
    "Printers",
    "Consulting",
    "Microfinance",
    "Sacco",
    "Properties",
    "Engineering",
    "Tours & Travel",
    "Medical Centre",
    "Law Chambers",
    "Foods",
    "Textiles",
    "Cold Storage",
    "Primary School",
    "Fitness Centre",
    "Studios",
)
CRITICAL_TRADES = (
    "Hospital",
    "Diagnostic Laboratory",
    "Dialysis Centre",
    "Control Room",
    "Blood Bank",
    "Bank Branch",
)
COMPANY_ENDS = (" Ltd", " Ltd", "", " Enterprises", " Group", " & Sons")


def plain(text: str) -> str:
    """Return lower-case ASCII letters of a name, for logins and addresses."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(c for c in bare if c.isalnum())
