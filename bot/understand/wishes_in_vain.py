"""What staff of a provider wish for and often no plugin does, by the words in which they do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """Something asked for: in which words, and how to name it after "I cannot".

    `many` is about nobody in particular: where somebody is named, something else is meant.
    """

    words: re.Pattern[str]
    named: str
    many: bool = False


def _wish(words: str, named: str, *, many: bool = False) -> Wish:
    return Wish(re.compile(rf"\b(?:{words})\b", re.IGNORECASE), named, many)


AT_ONCE = (
    *(
        "delete|erase|wipe",
        "remove",
        "close|resolve",
        "cancel",
        "terminate",
        "disconnect|kick",
        "reboot|restart",
    ),
    *("credit|refund", "resume|reconnect|reactivate", "unassign|release", "assign|reassign", "escalate"),
)
"""Verbs of changes made to one thing; a plugin whose examples say "close all tickets" ends its line."""
THINGS = (
    "customers?|subscribers?|clients?|accounts?|tickets?|cases?|invoices?|bills|lines?|services?|devices?|"
    "routers?|onts?|onus?|sessions?|outages?|visits?|of them"
)


def _at_once(verbs: str) -> Wish:
    all_of = r"(?:all|every|each)(?: of)?(?: the| our| my)?(?: \w+)?"
    words = rf"(?:{verbs}) (?:every(?:one|body)|{all_of} (?:{THINGS}))"
    return _wish(words, "do that to many at once, only to one after the other")


PAGES = (
    r"web ?sites?|facebook|instagram|youtube|tiktok|netflix|whats ?app|twitter|porn|gambling|betting|"
    r"torrents?|adult (?:sites?|content)|domains?|urls?"
)
PRODUCT = (
    r"iptv|tv|television|landline|voip|cctv|sim cards?|airtime|decoders?|set-?top box(?:es)?|dstv|telephony"
)
"""What is no internet and no plan of it."""
WISHES: Sequence[Wish] = (
    *(_at_once(verb) for verb in AT_ONCE),
    _wish(
        r"(?:port[- ]?forward\w*|open (?:a |the )?ports? \d+|forward (?:a |the )?ports?|dmz|bridge mode)",
        "change the settings of a router",
    ),
    _wish(
        rf"(?:block|unblock|allow|filter|ban|restrict) .{{0,20}}\b(?:{PAGES})|"
        rf"(?:{PAGES})(?: \w+)? (?:is |be |are )?(?:blocked|unblocked|filtered|banned|opened|restricted)",
        "block or open websites",
    ),
    _wish(
        rf"(?:priorit\w+|speed up|boost|throttle|slow down|limit) .{{0,20}}\b(?:{PAGES}|zoom|gaming|games?)|"
        r"(?:what|which) (?:web ?sites?|web ?pages|pages|apps) .{0,40}\b(?:visit|open|brows|use|watch)\w*|"
        r"brows(?:ing|er) history|what (?:does|is|did) .{1,30} (?:watch|browse|brows)(?:ing)? (?:on|online)",
        "see or shape what customers do on the internet",
    ),
    _wish(
        rf"(?:wants?|needs?|add|give|sell|orders?|get|book|offer|buy) (?:[\w'-]+ ){{0,3}}(?:{PRODUCT})\b|"
        rf"(?:{PRODUCT}|phone|sms) (?:package|bundle|plan|subscription|product)s?",
        "provide television, telephony or other products, only plans of internet",
    ),
    _wish(
        r"(?:add|create|introduce|launch|make|set up|invent) (?:an? )?(?:new )?"
        r"(?:(?!payment|instalment|repayment|maintenance|work|migration)\w+ )?(?:plan|package|tariff)s?\b"
        r"(?! (?:for|to|of|on|with|by|change|at)\b)(?!.*\b(?:customer|\d{5,})\b)(?=.*\d)|"
        r"(?:we|i) (?:need|want) an? (?:new )?(?!payment|data)\w+ (?:plan|package|tariff) "
        r"(?:for|at|of) \d[\d.,]*",
        "change plans, prices or taxes, only which plan a customer has",
    ),
    _wish(
        r"(?:give|assign|set|add|order|get|buy|need|wants?) .{0,40}\b(?:static|fixed|public|dedicated) ip",
        "assign addresses",
    ),
    _wish(
        r"(?:send|write|text|drop) .{0,40}\b(?:whats ?app|telegram|sms|text message)|"
        r"(?:whats ?app|sms|text) (?:her|him|them)|(?:send|drop|shoot) (?:\S+ ){1,3}an? text\b",
        "write by WhatsApp or SMS",
    ),
    _wish(
        r"(?:where is|track|locate) (?!.*\bVIS-\d).{0,30}"
        r"\b(?:van|car|truck|vehicle|driver|technicians?|field team)\b",
        "see where people or vehicles are",
    ),
    _wish(
        r"(?:who|who's|whos|anyone|anybody|engineers?|technicians?|list|show)\b.{0,20}"
        r"\bon[- ](?:call|duty|standby)|"
        r"on[- ]call (?:list|rota|now|engineers?|tonight|this)|rota|roster",
        "say who is on call",
    ),
    _wish(
        r"(?:swap|change|trade|take|cover) (?:(?:my|our|the|a|\w+'s) )?shifts?|my (?:next )?shifts?",
        "see or change shifts",
    ),
    _wish(
        r"(?:record|enter|book|register|log|post) .{0,40}\b"
        r"(?:payment|cash|transfer|cheque|mobile money|m-?pesa)",
        "record payments",
    ),
    _wish(
        r"(?:send|e-?mail|text|sms) .{0,30}\breminders?|remind (?:her|him|them|the customer)|"
        r"(?:send|text|sms) .{0,30}\bsms",
        "send reminders",
    ),
    _wish(
        r"credit notes?|(?:give|grant|issue|apply) .{0,30}\b(?:credit|discount|compensation)|refund(?:s|ed)?",
        "issue credits or refunds",
    ),
    _wish(
        r"(?:will|would|going to|due to|about to) be suspended|"
        r"suspended .{0,20}\bnext|next .{0,12}\bsuspen\w+",
        "say who will be suspended",
        many=True,
    ),
    _wish(r"(?:write|writing)[- ]?off|written off|write-?offs?|waive|forgive", "write off debt"),
    _wish(r"pro-?rat\w+|quote .{0,40}\b(?:plan|upgrade|moving|change)", "quote a change of plan"),
    _wish(
        r"(?:change|upgrade|downgrade|switch|move|migrate) .{0,40}\b(?:plan|package|speed|fibre \d+)",
        "change plans",
    ),
    _wish(
        r"e-?mail (?:her|him|them|the customers?)|e-?mail \w.{0,60} (?:that|to say|saying)|"
        r"(?:send|write|draft|compose) .{0,30}\b(?:e-?mail|notice|message|newsletter|announcement)",
        "write to customers by e-mail",
    ),
    _wish(
        r"(?:disconnect|kick|drop|reset|terminate|kill|clear|renew) .{0,40}\bsessions?|kick \w+",
        "disconnect sessions",
    ),
    _wish(
        r"(?:reboot|restart|power[- ]?cycle|reset) .{0,30}"
        r"\b(?:cpe|ont|onu|router|modem|device|antenna|radio|line|it|olt|switch)",
        "reboot equipment",
    ),
    _wish(
        r"ack(?:nowledge)? .{0,40}\b(?:los|alarms?|alerts?|outages?|faults?|it|this|that)",
        "acknowledge alarms",
    ),
    _wish(r"root causes?", "work out the root cause of alarms"),
    _wish(
        r"(?:schedule|plan|book|create|add|announce) .{0,20}\b(?:maintenance|works?|window)",
        "schedule maintenance",
    ),
    _wish(
        r"(?:top|heaviest|biggest|most) .{0,30}"
        r"\b(?:traffic|usage|bandwidth|downloads?|talkers?|downloaders?)|"
        r"(?:data|bandwidth|traffic) usage|traffic (?:of|today|this)",
        "measure traffic",
    ),
    _wish(
        r"auth(?:entication|orisation|orization)?s? (?:fail\w*|errors?|rejects?|logs?)|"
        r"radius (?:logs?|rejects?|errors?)",
        "read the RADIUS log",
    ),
    _wish(
        r"(?:weak|low|bad|poor|worst|weakest) .{0,12}"
        r"\b(?:onts?|onus?|optical|signals?|rx|light levels?|levels)|"
        r"(?:onts?|onus?|lines?) with .{0,12}\b(?:weak|low|bad|poor)",
        "list lines by their optical level",
        many=True,
    ),
    _wish(
        r"(?:did|do|have|has) we (?:meet|met|keep|kept|hit|reach(?:ed)?|miss(?:ed)?) .{0,12}\bsla|"
        r"sla (?:reports?|compliance|performance)",
        "report on the SLA of past months",
    ),
    _wish(
        r"why (?:is|was) .{0,40}\b(?:bill|invoice)\b.{0,25}\b(?:higher|more|bigger|lower|less|different)\b",
        "compare two bills",
    ),
    _wish(
        r"(?:who|(?:which|how many) (?:customers?|subscribers?|people)) (?:has |have )?"
        r"(?:changed|upgraded|downgraded|switched) (?:(?:their|the|to another) )?"
        r"(?:plans?|packages?)\b(?! of\b)",
        "list who changed plan, only what was asked of me",
        many=True,
    ),
    _wish(
        r"(?:new (?:customers|subscribers)|sign-?ups|joiners) (?:per|by|each|every) (?:day|week|month|year)",
        "count new customers by month, only within the days that you name",
    ),
    _wish(
        r"who (?:covers|takes over|takes|stands in for|does) (?:\w+ )?(?:\w+'s )?approvals",
        "say who stands in for somebody's approvals",
    ),
    _wish(
        r"(?:daily|weekly|monthly|morning|shift|end[- ]of[- ]day) (?:summary|report|digest)|"
        r"summary of (?:the day|today)",
        "write summaries",
    ),
    _wish(
        r"(?:agents?'?|team|staff|colleagues?) (?:performance|stats|statistics|ranking)|"
        r"performance of .{0,20}\b(?:agents?|team|staff)",
        "measure how colleagues perform",
    ),
    _wish(
        r"(?:which|what) (?:users?|people|roles?|colleagues?) (?:holds?|ha(?:s|ve)|may|can)\b"
        r"(?!.*\broles?\b).*|"
        r"who (?:may|is allowed to|are allowed to|has permission to|holds? the permission)\b.*",
        "say who holds one permission",
        many=True,
    ),
    _wish(r"api[- ]keys?|access tokens?", "list API keys"),
    _wish(
        r"new (?:customers|subscribers|clients|sign-?ups|connections|installations)|sign-?ups|"
        r"churn(?: rate)?|customers? (?:we )?(?:lost|gained)|"
        r"(?:customers|subscribers) (?:that|who) (?:left|joined)",
        "count customers who joined or left",
        many=True,
    ),
    _wish(
        r"(?:change|update|correct|edit|set|fix|replace|amend) .{0,40}\b"
        r"(?:phone|telephone|mobile|e-?mail|mail|contact|postal|street|home)\b ?"
        r"(?:number|address|details|data)?(?= .{0,40}\b(?:to|is|into|with)\b)|"
        r"(?:new|other|different) (?:phone|telephone|mobile)(?: number)? (?:of|for)|"
        r"(?:change|update|correct|edit|set) .{0,30}\b(?:address|name) (?:of|to)",
        "change the name, phone, e-mail or address of a customer",
    ),
    _wish(
        r"(?:reboot|restart|reload|power[- ]?cycle|reset) (?:the )?(?:whole |core )?"
        r"(?:(?:olt|bng|bras|nas|switch|core|pop|mikrotik|splitter|server)\b[\w-]*|"
        r"(?:ap|sw|rtr|cr)-[a-z]{2,5}(?:-[a-z0-9]+)+|access point\b)",
        "restart equipment of the network, only a customer's own",
    ),
    _wish(
        r"(?:tickets|cases|jobs|complaints) (?:per|by|for each|of each) "
        r"(?:agent|colleague|technician|engineer|person|team)",
        "count tickets per colleague",
    ),
    _wish(
        r"(?:set|change|reset|forgot|new|send|show|what is|tell me) .{0,30}"
        r"\b(?:password|passphrase|wi-?fi key|pin code)\b",
        "show or set passwords",
    ),
    _wish(
        r"(?:push|upload|apply|deploy|roll ?out|change|edit|back ?up|restore) .{0,30}"
        r"\b(?:config|configuration|firmware)",
        "change the configuration of equipment",
    ),
    _wish(
        r"factory[- ]reset|reset .{0,30}\bto factory|"
        r"reset .{0,20}\b(?:routers?|onts?|onus?|modems?|box)\b.{0,20}\bto default",
        "set equipment back to its factory settings",
    ),
    _wish(
        r"(?:delete|erase|wipe|purge) (?:the )?(?:customer|client|subscriber|account|data of|record of)",
        "delete customers, only end their contracts",
    ),
    _wish(
        r"(?:order|buy|purchase) .{0,40}\b(?:cables?|routers?|onts?|onus?|parts?|stock|material|modems?)",
        "order material",
    ),
    _wish(
        r"(?:stock|inventory|spare parts?)\b.{0,30}\b(?:left|of|list|level)|"
        r"how many .{0,20}\b(?:in stock|spares?)",
        "count stock",
    ),
    _wish(
        r"(?:freeze|(?:no|stop|all|freeze) changes (?:on|at|to|for)) (?:the |our )?"
        r"(?:[a-z]{2,}-[\w-]*\d|(?:site|olt|bng|pon|router|switch|device) \w)[\w-]*",
        "freeze one device or site, only all changes (“freeze changes until friday because of an audit”)",
    ),
    _wish(
        r"what time is it\b|what(?:'?s| is) the (?:local |current )?time (?:in|at)|(?:local|current) time in",
        "tell the time of other places",
    ),
    _wish(
        r"how far is it (?:to|from)|how (?:do|can) (?:i|we) get to|directions? to|distance (?:to|between)",
        "say how to get somewhere",
        many=True,
    ),
)
