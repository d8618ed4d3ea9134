"""Words with which people begin a question, ask to be shown something, or wish for a change."""

from __future__ import annotations

from bot.understand.words import word_set

ASKS = word_set(
    """
    am any anybody anyone are arent can could did didnt do does doesnt had has hasnt have havent how
    hows is isnt may might shall should was wasnt were what whats when where wheres which who whom
    whos whose why whys will would
    """
)
SHOWS = word_set(
    """
    check checking compare count describe display explain fetch find list look lookup print pull search see
    show summarise summarize view
    """
)
DOES = word_set(
    """
    ack acknowledge activate allow apply book cancel change clear compose deactivate delete disable
    disconnect downgrade draft drop enable forbid give grant increase issue kick merge migrate
    move notify pay post reboot record reduce refund register remind remove rename replace reset
    restart revoke run schedule send set split stop swap switch terminate transfer undo unlock update upgrade
    waive write
    """
)
"""Words that wish for a change: no reading answers them."""
ALSO_DOES = word_set(
    "suspend close resume reopen assign touch call ring block credit disable open unlock ack"
)
"""Verbs of changes that may begin a question, too."""
