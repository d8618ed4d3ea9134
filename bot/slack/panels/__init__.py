"""Panels for admins, as modals from the Home tab: every change goes through the core's own actions.

A panel is some screens. A screen takes a `Visit` (who, where they are, what they pressed or filled in) and
returns a `Page` to draw, a `Wish` (a call to the gate: its preview is shown, and it counts with a yes), or
`Faults` (what is wrong at the fields of a form). One modal changes in place from screen to screen; where
somebody is goes along in its private_metadata, sealed for this workspace and this person.
"""
