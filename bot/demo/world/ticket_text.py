"""What subscribers say when something is wrong, and what staff write back."""

from __future__ import annotations

CATEGORIES = ("no_service", "slow", "wifi", "billing", "installation", "equipment", "other")
SUBJECTS: dict[str, tuple[str, ...]] = {
    "no_service": (
        "No internet since {when}",
        "Internet down, red LOS light on the router",
        "Line dead at {road}",
        "PPPoE keeps failing, no connection",
        "No connection after {event}",
        "Hakuna mtandao tangu {when}",
        "Router shows no internet access",
        "Total loss of service since {when}",
        "Disconnects every few minutes",
    ),
    "slow": (
        "Very slow in the evenings",
        "Getting {slow} Mbps instead of {down}",
        "Speed drops when it rains",
        "Video calls freeze since {when}",
        "High ping in games",
        "Internet iko chini sana",
        "Slow upload, cannot send files",
        "Buffering all the time on the {down} Mbps plan",
    ),
    "wifi": (
        "Wi-Fi does not reach the {room}",
        "Please change my Wi-Fi password",
        "Forgot Wi-Fi password",
        "Wi-Fi drops in the {room}",
        "Phone connects but no internet on Wi-Fi",
        "Need a second access point for the {room}",
    ),
    "billing": (
        "Paid but service still suspended",
        "Charged twice this month",
        "Wrong amount on my invoice",
        "Refund for days without service",
        "Request to change plan",
        "Need a receipt for {month}",
        "Card was declined, please advise",
        "Nimelipa lakini haijaonekana",
    ),
    "installation": (
        "When will I be connected?",
        "Moving house, need relocation",
        "Technician did not come",
        "New installation at {road}",
    ),
    "equipment": (
        "Router power light off",
        "ONT makes a noise and reboots",
        "Power adapter burnt after {event}",
        "Lightning damaged the router",
        "Fibre cable at the wall is broken",
    ),
    "other": (
        "Please update my phone number",
        "Static IP for CCTV",
        "Want to stop the service next month",
        "Question about port forwarding",
    ),
}
BODIES: dict[str, tuple[str, ...]] = {
    "no_service": (
        "We have had no internet since {when}. The LOS light is red. Restarting did not help.",
        "Good day, my line is down since {when} and I work from home. Kindly send someone today.",
        "Hello, mtandao umekatika tangu {when}. Router iko on lakini taa ya PON inawaka na kuzima.",
        "The neighbours on {road} are also off. Is there a problem in the area? Account {number}.",
        "It started after {event}. All lights are green except internet.",
        "This is the {nth} time this month that I lose connection. Please fix it for good.",
    ),
    "slow": (
        "I pay for {down} Mbps but speed tests show about {slow}. It is worst between 7 and 10 pm.",
        "Zoom calls keep freezing since {when}. On cable it is the same as on Wi-Fi.",
        "Kindly check my line, pages take ages to open. I am on the {plan} plan.",
        "Ping goes up to 300 ms in the evening. Mornings are fine.",
        "Speed is okay right after a restart and then drops to {slow} Mbps within the hour.",
    ),
    "wifi": (
        "The signal in the {room} is one bar. The router is in the sitting room behind the TV.",
        "Please help me change the Wi-Fi name and password, I think the neighbours are using it.",
        "My laptop works by cable but Wi-Fi in the {room} disconnects every ten minutes.",
        "We moved the router and now the {room} has no coverage.",
    ),
    "billing": (
        "I paid {amount} by mobile money on {day} but the account still shows a balance. Reference attached.",
        "My card was charged twice for {month}. Please refund one.",
        "The invoice for {month} is higher than the plan price. Please explain.",
        "We were without internet for {nth} days; I expect a credit on the next invoice.",
        "I would like to move to a bigger plan from next month. What will it cost?",
    ),
    "installation": (
        "I was promised an installation on {day} and nobody came or called.",
        "We are moving to {road} at the end of the month. Can you move the line?",
        "The cable is at the gate since {when}; when will the technician finish?",
    ),
    "equipment": (
        "The router has been dead since {event}. The adapter is warm but no light comes on.",
        "The ONT restarts by itself several times a day, more when it is hot.",
        "Our dog bit through the fibre at the wall. What does a replacement cost?",
    ),
    "other": (
        "My new number is on WhatsApp too. Please change it on account {number}.",
        "We need a fixed address for the cameras at the shop. What is the price?",
        "I will be travelling for two months. Can you pause the service?",
    ),
}
CHECKS = (
    "Rx {rx} dBm, session up {hours} h. Asked customer to power-cycle.",
    "No session on the BNG since {when}; last cause Lost-Carrier.",
    "ONT online, Rx {rx} dBm. Speed test on cable asked for.",
    "Called, no answer. Will try again after 17:00.",
    "Called the customer: the fault is still there. Visit needed.",
    "Line profile checked, {down} Mbps both ways. Wi-Fi channel 1 crowded, moved to 11.",
    "Neighbouring ports on the same PON are fine, so it is the drop cable or the ONT.",
)
ANSWERS = (
    "Thank you for writing. We are looking at your line and will come back to you today.",
    "Sorry for the trouble. Please switch the router off for a minute and on again; which lights are on?",
    "We found your payment; the service is back. Please restart your router.",
    "A technician will call you before coming. The visit is planned for {day}.",
    "Asante kwa taarifa. Tunashughulikia, tutakupigia simu leo.",
    "There is a fault in your area; our team is on site. We will tell you when it is repaired.",
)
ESCALATIONS = (
    "Rx below limit, drop cable suspected. Please check.",
    "Repeated fault, third ticket in two months.",
    "Needs the NOC: profile mismatch on the OLT.",
)
RESOLUTIONS: dict[str, tuple[str, ...]] = {
    "no_service": (
        "Connector cleaned, Rx back to normal. Customer confirms.",
        "Drop cable replaced by the field team.",
        "Session stuck on the BNG; cleared, customer online.",
        "Feeder repaired, all ONTs of the PON back.",
        "Router reset and PPPoE login entered again by phone.",
    ),
    "slow": (
        "Bent patch cord replaced; {down} Mbps on cable.",
        "Profile corrected on the BNG after plan change.",
        "Wi-Fi moved to 5 GHz; {down} Mbps near the router.",
        "Sector was full in the evening; customer moved to the next sector.",
    ),
    "wifi": (
        "Password changed with the customer on the phone.",
        "Router moved to the corridor; coverage good now.",
        "Second access point sold and installed in the {room}.",
    ),
    "billing": (
        "Payment found under a wrong account number and moved.",
        "Credit note issued for the days without service.",
        "Explained pro rata of the plan change; customer satisfied.",
        "Duplicate charge refunded to the card.",
    ),
    "installation": ("Installed and tested, {down} Mbps.", "Relocation done, new drop on {road}."),
    "equipment": (
        "ONT replaced from the van stock.",
        "Power adapter replaced.",
        "Fibre re-terminated at the wall outlet.",
    ),
    "other": ("Contact details updated.", "Static address assigned and documented.", "Answered by phone."),
}
GREETINGS = ("", "", "", "Hi, ", "Hello team. ", "Good morning. ", "Habari, ", "Dear support, ")
GREETED = ("Hello", "Good day", "Kindly", "Please")
CLOSINGS = (
    "",
    "",
    "",
    " Regards, {first}",
    " Please call me before you come.",
    " You can reach me after 5 pm.",
    " Thanks, {first}.",
    " I have been a customer for years and this is disappointing.",
    " Kindly treat as urgent.",
    " My account is {number}.",
    " Asante, {first}.",
)
EVENTS = ("the storm", "the power cut", "the blackout last night", "the road works", "the rain on Sunday")
ROOMS = (
    "bedroom",
    "upstairs rooms",
    "kitchen",
    "home office",
    "garden house",
    "second floor",
    "reception",
    "store",
)
WHENS = (
    "this morning",
    "yesterday evening",
    "6 am",
    "last night",
    "Monday",
    "around noon",
    "two days ago",
    "the weekend",
)
NTHS = ("third", "fourth", "second", "fifth")
