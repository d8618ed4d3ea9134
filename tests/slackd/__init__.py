"""A strict Slack on loopback: Web API, Events API with retries, Socket Mode, and people to play.

    async with Slackd(manifest=make_manifest(), clock=VirtualClock()) as slack:
        slack.world.add_person("UANN", "ann", "ann@acme.example", is_admin=True)
        slack.world.add_channel("CNOC", "noc", "UANN", private=False)     # the bot is in it
        slack.world.add_usergroup("SNOC", "noc", "UANN")
        web = AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)
        ann = slack.seat("UANN")
        ts = await ann.say("CNOC", "<@UBOT> who is down?", thread=None)   # returns when acknowledged
        await slack.until(lambda: slack.world.replies("CNOC"))            # what the bot posted
        assert slack.violations == []

Time: `await slack.clock.advance(3600)`; `Clock` runs as time does, `VirtualClock` stands still.
World: `slack.admin().kick("CNOC", "UBOT")`, invite, archive, rename, delete_channel, hire, change, deactivate,
join_group, leave_group, set_group, disable_group, revoke, uninstall, withdraw(scope); each tells its events.
Faults: `slack.faults.plan("chat.postMessage", "429", "reset_after", times=2)`, also 500, 503, html, html_ok,
reset_before, internal_error, error:<code>, delay:<seconds>, hang_after, ok_500, ok_html; `latency`.
Pace: `Slackd(paced=False)`, `slack.pace.burst`, `slack.pace.is_limited_history`.
More than one: `world.add_workspace`, `add_enterprise`, `add_app`, `add_token`, `do_install(app, team, scopes=…)`.
What happened: `slack.calls` (method, args, at, status, error), `slack.count(method)`, `slack.delivery.acks`.
`with slack.expect("channel_not_found"): …` allows a refusal, and wants it to come.
`strict=False` leaves out what only a careful reader minds. Without a manifest an app hears all that people do
and nothing of its own deeds. The rules (R1 … A1) are numbered as in the specification of the emulator.
"""

from tests.slackd.server import Slackd

__all__ = ["Slackd"]
